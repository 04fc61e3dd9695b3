"""What a mail says: enough to act on, and nothing of the machine or of people."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from firstbell.jobs.letter import Matter, letter
from firstbell.reports.kinds import Kind
from firstbell.store.models import About, SyncStatus

_FAILED = Matter(
    about=About.ENDED,
    district="Maple County Schools",
    zone=ZoneInfo("America/New_York"),
    status=SyncStatus.FAILED,
    nightly=True,
    reason="users.csv has no column email",
    solution="Add the column email to the export of users.csv.",
    held=None,
    failures=0,
    causes=None,
    new=0,
    kinds=(),
    ended_at=datetime(2026, 11, 24, 8, 14, tzinfo=UTC),
    applied_at=datetime(2026, 11, 23, 7, 14, tzinfo=UTC),
    now=datetime(2026, 11, 24, 11, tzinfo=UTC),
    ready_by=datetime(2026, 11, 24, 11, tzinfo=UTC),
    page="https://roster.example.org/districts/maple/sync-reports/7/",
    choice="https://roster.example.org/account/",
    product="First Bell",
)
_HELD = replace(
    _FAILED,
    status=SyncStatus.WITH_ERRORS,
    reason=None,
    solution=None,
    held={"enrollments": 1200, "orgs": 1, "users": 60},
    failures=3,
)


def test_a_failed_sync() -> None:
    said = letter(_FAILED)
    assert said.subject == "Maple County Schools: last night's sync did not go through"
    assert said.text == (
        "Last night's sync did not go through. Nothing was changed. The roster of Monday, November 23,"
        " 2026, 2:14 a.m. stays in use.\n\n"
        "Why: users.csv has no column email.\n\n"
        "What to do: Add the column email to the export of users.csv.\n\n"
        "Sync status: Failed\n\n"
        "All about it:\nhttps://roster.example.org/districts/maple/sync-reports/7/\n\n"
        "Choose which mails you get:\nhttps://roster.example.org/account/\n\n"
        "First Bell sends this to the administrators of Maple County Schools."
        " Times are America/New_York.\n"
    )


def test_what_is_held_back_is_counted() -> None:
    said = letter(_HELD)
    assert said.subject == "Maple County Schools: last night's sync held back 1,261 removals"
    assert (
        "Not removed, until somebody decides: 1 school, 60 users and 1,200 enrollments."
        in said.text
    )
    assert "The reports list 3 errors." in said.text
    assert "What to do: If all of it is to be removed, apply it on the page below." in said.text
    assert "See and decide:\nhttps://roster.example.org/" in said.text
    assert "Sync status: Completed with Errors" in said.text
    one = letter(replace(_HELD, held={"classes": 1}, failures=1))
    assert one.subject.endswith("held back 1 removal")
    assert "until somebody decides: 1 class." in one.text
    assert "The reports list 1 error." in one.text


_COMPLETED = replace(
    _HELD,
    held=None,
    causes=9,
    new=2,
    kinds=(
        Kind("Teacher or administrator has no email address", 57, is_new=True),
        Kind("Class is not in the data", 1, is_new=False),
    ),
)


def test_a_sync_with_causes_to_fix() -> None:
    said = letter(_COMPLETED)
    assert said.subject == "Maple County Schools: completed, 9 causes to fix, 2 new"
    assert said.text.startswith(
        "On Tuesday, November 24, 2026, 3:14 a.m., last night's sync completed: 9 causes to fix, 2 new."
        " Everything else is up to date.\n\n"
        "To fix, biggest first:\n"
        "- Teacher or administrator has no email address (new): 57 records wait\n"
        "- Class is not in the data: 1 record waits\n\n"
        "Sync status: Completed with Errors\n\n"
    )
    assert letter(replace(_COMPLETED, causes=1, new=0)).subject.endswith(
        ": completed, 1 cause to fix"
    )


def test_a_sync_with_nothing_to_fix_or_of_which_that_is_not_kept() -> None:
    done = replace(_COMPLETED, status=SyncStatus.COMPLETED, causes=0, new=0, kinds=())
    said = letter(done)
    assert said.subject == "Maple County Schools: completed, nothing to fix"
    assert "completed: everything is up to date.\n\nSync status: Completed\n" in said.text
    unknown = letter(replace(done, causes=None))
    assert unknown.subject == "Maple County Schools: completed"
    assert "sync completed.\n\nSync status: Completed\n" in unknown.text


def test_a_roster_that_is_stale() -> None:
    said = letter(
        replace(_COMPLETED, about=About.STALE, now=datetime(2026, 11, 25, 20, 20, tzinfo=UTC))
    )
    assert said.subject == "Maple County Schools: no completed sync for 61 hours"
    assert said.text.startswith(
        "No completed sync for 61 hours. The roster of Monday, November 23, 2026, 2:14 a.m. stays in"
        " use.\n\nWhat to do: Look at the page below"
    )
    assert "Sync status" not in said.text


@pytest.mark.parametrize(
    ("status", "said"),
    [(SyncStatus.RUNNING, "is still running"), (SyncStatus.QUEUED, "has not started yet")],
)
def test_a_roster_that_is_late(status: SyncStatus, said: str) -> None:
    late = letter(replace(_FAILED, about=About.LATE, status=status, reason=None, solution=None))
    assert late.subject == "Maple County Schools: the roster is not ready yet"
    assert "ready by Tuesday, November 24, 2026, 6 a.m., and is not" in late.text
    assert f"last night's sync {said}." in late.text
    assert f"Sync status: {status.value}" in late.text


def test_a_sync_of_the_day_and_a_district_without_a_roster() -> None:
    said = letter(replace(_FAILED, nightly=False, ready_by=None, applied_at=None))
    assert said.subject == "Maple County Schools: a sync did not go through"
    assert "A sync did not go through. Nothing was changed. There is no roster yet." in said.text


def test_what_the_guard_refused_is_for_people_to_decide() -> None:
    reason = "would deactivate 400 of 420 users (95 %) and create 410"
    said = letter(replace(_FAILED, reason=reason, solution=None, held={})).text
    assert f"Why: the delivery {reason}." in said
    assert "If the delivery is right, apply it on the page below." in said


def test_what_only_we_can_mend_is_for_the_specialist() -> None:
    said = letter(replace(_FAILED, reason="it went wrong", solution=None)).text
    assert "Why: it went wrong.\n\nWhat to do: Ask your specialist" in said


def test_a_name_over_two_lines_is_one_subject() -> None:
    assert letter(replace(_FAILED, district="Maple\r\nBcc: x")).subject.startswith("Maple Bcc: x:")
