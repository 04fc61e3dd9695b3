"""What a mail says: enough to act on, and nothing of the machine or of people."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from firstbell.jobs.letter import News, letter
from firstbell.store.models import SyncStatus

_FAILED = News(
    district="Maple County Schools",
    zone=ZoneInfo("America/New_York"),
    status=SyncStatus.FAILED,
    nightly=True,
    reason="users.csv has no column email",
    solution="Add the column email to the export of users.csv.",
    held=None,
    failures=0,
    applied_at=datetime(2026, 11, 23, 7, 14, tzinfo=UTC),
    ready_by=datetime(2026, 11, 24, 11, tzinfo=UTC),
    page="https://roster.example.org/districts/maple/sync-reports/",
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
        "All syncs and their reports:\nhttps://roster.example.org/districts/maple/sync-reports/\n\n"
        "First Bell sends this to the administrators and specialists of Maple County Schools."
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
    assert "Sync status: Completed with Errors" in said.text
    one = letter(replace(_HELD, held={"classes": 1}, failures=1))
    assert one.subject.endswith("held back 1 removal")
    assert "until somebody decides: 1 class." in one.text
    assert "The reports list 1 error." in one.text


@pytest.mark.parametrize(
    ("status", "said"),
    [(SyncStatus.RUNNING, "is still running"), (SyncStatus.QUEUED, "has not started yet")],
)
def test_a_roster_that_is_late(status: SyncStatus, said: str) -> None:
    late = letter(replace(_FAILED, status=status, reason=None, solution=None))
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
    assert "ask your specialist to let it in" in said


def test_what_only_we_can_mend_is_for_the_specialist() -> None:
    said = letter(replace(_FAILED, reason="it went wrong", solution=None)).text
    assert "Why: it went wrong.\n\nWhat to do: Ask your specialist" in said


def test_a_name_over_two_lines_is_one_subject() -> None:
    assert letter(replace(_FAILED, district="Maple\r\nBcc: x")).subject.startswith("Maple Bcc: x:")
