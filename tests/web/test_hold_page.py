"""What the guard held back: its page, and the decision on it."""

import csv
import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from firstbell.generate import District as Generated
from firstbell.generate import generate
from firstbell.jobs.run import run_sync
from firstbell.oneroster.dictionary import Version
from firstbell.reports.order import COMPUTED
from firstbell.store.artefacts import folder_of
from firstbell.store.connecting import Role, connected
from firstbell.store.errors import StoreError
from firstbell.store.holds import hold_dismiss
from firstbell.store.models import AuditEntry, HoldDecision, Sync, SyncStatus, Trigger
from firstbell.store.syncs import sync_create
from tests.web.conftest import Browser, Ended, Town
from tests.web.reading import main_of, words_of
from tests.web.uploading import SEED, files_of

_HELD = {"users": 312, "classes": 14, "enrollments": 1630}


@pytest.fixture
def hold(ended: Ended) -> Sync:
    """Removals on which nobody has decided."""
    return ended(
        "north",
        status=SyncStatus.WITH_ERRORS,
        held=_HELD,
        hold_decision=HoldDecision.OPEN,
        as_of="2026-11-24",
        reports=["held_removals.csv"],
    )


def _address(sync: Sync) -> str:
    return f"/districts/north/sync-reports/{sync.pk}/hold/"


def _text(answer: object) -> str:
    page = getattr(answer, "content", b"").decode()
    return words_of(main_of(page))


def _decide(client: Client, sync: Sync, **typed: str) -> str:
    return _text(client.post(_address(sync), typed, follow=True))


def _as_the_worker(store: str, sync: Sync) -> Sync:
    with connected(store, Role.WORKER):
        return Sync.objects.get(pk=sync.pk)


def test_who_would_go_is_told_in_the_words_of_the_source_that_was_read(
    browser: Browser, hold: Sync
) -> None:
    file = folder_of(hold) / "reports" / "held_removals.csv"
    file.write_text("File,SourcedId,Reason\nusers.csv,7,not in the data\n", encoding="utf-8")
    Sync.objects.update(read_from={"kind": "classlink"})
    page = _text(browser("alice").get(_address(hold)))
    assert "SourcedId 7 It is no longer shared in ClassLink" in page


def test_the_page_says_who_would_lose_access_and_what_each_choice_does(
    browser: Browser, hold: Sync
) -> None:
    page = _text(browser("alice").get(_address(hold)))
    assert "312 users would lose access. We held their removal until you decide." in page
    assert "New and changed records are in. None of these was removed by this sync." in page
    assert "They should stay" in page
    assert "deactivates 312 users, 14 classes and 1,630 enrollments" in page
    assert "Type 312 to confirm" in page
    synced = _text(browser("alice").get(f"/districts/north/sync-reports/{hold.pk}/"))
    assert "312 users would lose access" in synced


def test_dismissing_changes_nothing_and_is_written_down(
    browser: Browser, hold: Sync, store: str
) -> None:
    page = _decide(browser("alice"), hold, dismiss="1", **{"dismiss-reason": "a broken export"})
    assert "Dismissed by Alice: a broken export" in page
    assert "Apply anyway" not in page
    with connected(store, Role.WORKER):
        (entry,) = AuditEntry.objects.all()
        assert (entry.who, entry.what) == ("Alice", "hold dismissed")
        assert Sync.objects.get().hold_decision == HoldDecision.DISMISSED


def test_applying_needs_a_reason_and_the_number_and_keeps_what_was_typed(
    browser: Browser, hold: Sync, store: str
) -> None:
    typed = {"apply-reason": "they graduated", "apply-number": "31"}
    page = _text(browser("alice").post(_address(hold), {"apply": "1", **typed}))
    assert "You typed 31. Type 312." in page
    answer = browser("alice").post(_address(hold), {"apply": "1", **typed})
    assert "<title>Error: " in answer.content.decode()
    assert 'value="they graduated"' in answer.content.decode()
    nothing = _text(browser("alice").post(_address(hold), {"apply": "1"}))
    assert "Say why; it is kept in the audit log." in nothing
    assert "Type 312." in nothing
    assert _as_the_worker(store, hold).hold_decided_at is None


def test_applying_queues_the_sync_that_lets_it_in(browser: Browser, hold: Sync, store: str) -> None:
    typed = {"apply-reason": "they graduated", "apply-number": "312"}
    page = _decide(browser("alice"), hold, apply="1", **typed)
    assert "To be applied, decided by Alice: they graduated" in page
    with connected(store, Role.WORKER), connection.cursor() as cursor:
        sync = Sync.objects.get(trigger=Trigger.HOLD_APPLIED)
        assert (sync.from_feed_of_id, sync.status) == (hold.pk, SyncStatus.QUEUED)
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE id = %s", [sync.job])
        assert cursor.fetchone() == (json.dumps({"sync_id": sync.pk}),)


def test_who_comes_second_sees_what_was_decided(browser: Browser, hold: Sync, store: str) -> None:
    _decide(browser("carol"), hold, dismiss="1")
    page = _decide(
        browser("alice"), hold, apply="1", **{"apply-reason": "x", "apply-number": "312"}
    )
    assert "Dismissed by Carol" in page
    with connected(store, Role.WORKER):
        assert Sync.objects.count() == 1


def test_a_hold_that_a_newer_sync_has_passed_cannot_be_decided(
    browser: Browser, hold: Sync, town: Town
) -> None:
    Sync.objects.create(district=town.districts["north"], trigger=Trigger.NIGHTLY)
    page = _decide(browser("alice"), hold, dismiss="1")
    assert "A newer sync has begun, which judges afresh" in page


def test_nobody_decides_for_another_district(browser: Browser, hold: Sync, store: str) -> None:
    assert browser("bob").post(_address(hold), {"dismiss": "1"}).status_code == 404
    assert _as_the_worker(store, hold).hold_decision == HoldDecision.OPEN


def test_a_sync_without_a_hold_has_no_such_page(browser: Browser, ended: Ended) -> None:
    sync = ended("north")
    assert browser("alice").get(_address(sync)).status_code == 404


def test_a_refused_delivery_can_be_let_in_too(browser: Browser, ended: Ended) -> None:
    sync = ended(
        "north",
        status=SyncStatus.FAILED,
        reason="the delivery would deactivate 86 % of your users",
        held={},
        hold_decision=HoldDecision.OPEN,
        as_of="2026-11-24",
    )
    page = _text(browser("alice").get(_address(sync)))
    assert (
        "Failed: the delivery would deactivate 86 % of your users, so we applied nothing." in page
    )
    assert "It is the wrong roster" in page
    assert "Apply anyway lets the whole delivery in." in page
    assert "Type north to confirm" in page
    synced = _text(browser("alice").get(f"/districts/north/sync-reports/{sync.pk}/"))
    assert "Look at what would change, and decide" in synced
    assert "Start the sync again" not in synced


def test_an_old_hold_whose_numbers_are_no_longer_kept_is_still_a_hold(
    browser: Browser, ended: Ended
) -> None:
    sync = ended(
        "north", status=SyncStatus.WITH_ERRORS, held=None, hold_decision=HoldDecision.ENDED
    )
    page = _text(browser("alice").get(_address(sync)))
    assert "Failed" not in page
    assert "Nobody decided, and the next sync judged afresh; nothing was removed" in page


def test_a_newer_hold_is_not_decided_from_the_page_of_an_older_one(
    browser: Browser, hold: Sync, ended: Ended
) -> None:
    held = {"held": {"users": 9}, "hold_decision": HoldDecision.OPEN, "as_of": "2026-11-25"}
    ended("north", status=SyncStatus.WITH_ERRORS, **held)
    with pytest.raises(StoreError, match="look at it first"):
        hold_dismiss(district="north", reason="", who="Alice", sync=hold.pk)


def _without_students_of(school: str, delivery: Path) -> int:
    """How many there were."""
    with (delivery / "users.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    role, orgs = rows[0].index("role"), rows[0].index("orgSourcedIds")
    kept = [row for row in rows if row[role] != "student" or school not in row[orgs].split(",")]
    with (delivery / "users.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(kept)
    return len(rows) - len(kept)


@dataclass(frozen=True, slots=True)
class _Gone:
    """A sync in which the students of a school are gone."""

    sync: Sync
    name: str
    sourced_id: str
    students: int


@pytest.fixture
def gone(town: Town, tmp_path: Path) -> _Gone:
    """What is held when one of several schools loses all of its students."""
    district, day = town.districts["north"], date(2026, 11, 24)
    district.onboard_all, district.limits = True, {"gone": 60, "gone_of_school": 40}
    district.save()
    delivery = tmp_path / "delivery"
    generate(Generated(3, 600, 0, 1, Version.V1_1), delivery)
    run_sync(sync_create(district=district, trigger=Trigger.NOW, as_of=day), delivery)
    with (delivery / "orgs.csv").open(encoding="utf-8", newline="") as file:
        school = next(row for row in csv.DictReader(file) if row["type"] == "school")
    students = _without_students_of(school["sourcedId"], delivery)
    sync = sync_create(district=district, trigger=Trigger.NOW, as_of=day)
    run_sync(sync, delivery)
    district.limits = {}
    district.save()
    return _Gone(sync, school["name"], school["sourcedId"], students)


def _why(page: str) -> str:
    return page.partition("Why it was held")[2].partition("Where most would go")[0]


def test_it_says_at_which_school_most_would_go(browser: Browser, gone: _Gone) -> None:
    page = _text(browser("alice").get(_address(gone.sync)))
    where = page.partition("Where most would go")[2].partition("Who would be removed")[0]
    assert where.split()[:8] == [
        "School",
        "Users",
        "there",
        "Would",
        "go",
        "Share",
        *gone.name.split()[:2],
    ]
    assert f"{gone.sourced_id} " in where
    assert f" {gone.students} " in where


def test_beside_each_number_stands_the_limit_of_that_night_and_which_is_over_it(
    browser: Browser, gone: _Gone
) -> None:
    answer = browser("alice").get(_address(gone.sync))
    why, number = _why(_text(answer)), f"{gone.students:,}"
    assert (
        f"Students of {gone.name} {gone.sourced_id} {number} {number} 100 % over 40 % Schools 3 0"
        " 0 % 60 % Users "
    ) in why
    assert why.count("over ") == 1
    assert "Up to 50 of a kind may go, whatever their share." in why
    assert "more than 40 % of them are too many" in why
    assert answer.content.decode().count('<td class="errors"><svg class="mark-of"') == 1


def test_a_hold_of_which_the_limits_were_not_kept_has_its_numbers_without_them(
    browser: Browser, gone: _Gone
) -> None:
    kept = folder_of(gone.sync) / COMPUTED
    computed = json.loads(kept.read_bytes())
    del computed["limits"], computed["emptied"]
    kept.write_text(json.dumps(computed), encoding="utf-8")
    why = _why(_text(browser("alice").get(_address(gone.sync))))
    assert "Would go Share Schools 3 0 0 % Users " in why
    assert "Limit" not in why and "over " not in why


def test_of_a_refused_delivery_it_is_told_what_would_have_been_replaced(
    browser: Browser, town: Town, tmp_path: Path
) -> None:
    district, day = town.districts["north"], date(2026, 11, 24)
    district.onboard_all, district.limits = True, {"least": 2}
    district.save()
    first = sync_create(district=district, trigger=Trigger.NOW, as_of=day)
    run_sync(first, SEED)
    for name, content in files_of(SEED):
        renamed = re.sub(rb"(?m)^(\d)", rb"9\1", content) if name == "users.csv" else content
        (tmp_path / name).write_bytes(renamed)
    sync = sync_create(district=district, trigger=Trigger.NOW, as_of=day)
    run_sync(sync, tmp_path)
    why = _why(_text(browser("alice").get(_address(sync))))
    assert re.search(r"Users \d+ \d+ \d+ % over 25 % ", why)
    assert "All is refused when more than 25 % and more than 2 of a kind would go" in why
