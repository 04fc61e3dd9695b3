"""The page of one sync: what came in, what changed, and what to fix first."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from firstbell.engine.result import Status
from firstbell.jobs.run import run_sync
from firstbell.reports.order import Computed, keep
from firstbell.reports.summary import Summary
from firstbell.store.artefacts import folder_of
from firstbell.store.models import School, SchoolState, Sync, SyncStatus, Trigger
from firstbell.store.syncs import sync_create
from tests.reports.delivered import table
from tests.web.conftest import Browser, Ended, Town
from tests.web.reading import main_of, words_of

_SEED = Path("examples/seed-district")


def _synced(town: Town, delivery: Path, day: date = date(2026, 11, 24)) -> Sync:
    district = town.districts["north"]
    School.objects.get_or_create(
        district=district, sourced_id="1001", defaults={"state": SchoolState.ONBOARDED}
    )
    sync = sync_create(district=district, trigger=Trigger.NOW, delivery=delivery, as_of=day)
    run_sync(sync, delivery)
    return sync


def _text(browser: Browser, sync: Sync) -> str:
    answer = browser("alice").get(f"/districts/north/sync-reports/{sync.pk}/")
    assert answer.status_code == 200
    return words_of(main_of(answer.content.decode()))


def test_the_seeds_district_reads_what_to_fix_and_who_must_act(
    browser: Browser, town: Town
) -> None:
    page = _text(browser, _synced(town, _SEED))
    assert (
        "3 causes keep 4 records out, and a school that is not onboarded keeps out 7 more." in page
    )
    assert "Fixing 2 and 3 brings in 3 of the 4." in page
    assert "School is not onboarded: Cedar Elementary (1234) Your specialist acts" in page
    assert "users.csv row" in page
    assert "id 1234 , field “email”: email is required for users with “teacher” or" in page
    assert "Add the email address to the user’s record in your SIS" in page
    assert "Records that wait for this one users.csv row" in page
    assert "and 2 more" in page
    assert "Users 8 0 0 Classes 2 0 0 Enrollments 7 0 0" in page
    assert "New" not in page


def test_reports_tell_how_many_rows_they_have_unless_that_is_not_known(
    browser: Browser, town: Town, ended: Ended
) -> None:
    sync = _synced(town, _SEED)
    older = ended("north", reports=["users_sync_report.csv", "findings.csv"])
    rows = {
        name: len(table((folder_of(sync) / "reports" / name).read_bytes())) - 1
        for name in ("users_sync_report.csv", "users_to_fix.csv", "findings.csv")
    }
    page = _text(browser, sync)
    for name in ("users_sync_report.csv", "users_to_fix.csv"):
        assert f"{name} {rows[name]} row" in page
    assert f"Warnings too: findings.csv ({rows['findings.csv']} rows)" in page
    assert "All files together: one .zip" in page
    assert "users_sync_report.csv Warnings too: findings.csv . All files" in _text(browser, older)


def test_a_sync_of_the_same_delivery_tells_the_same_rows(browser: Browser, town: Town) -> None:
    first = _synced(town, _SEED)
    again = _synced(town, _SEED, date(2026, 11, 25))
    counted = re.compile(r"\.csv \(?\d+ rows?")
    first_page = _text(browser, first)
    assert counted.search(first_page)
    assert counted.findall(first_page) == counted.findall(_text(browser, again))


def test_a_sync_of_before_waiting_records_were_kept_reads_as_it_did(
    browser: Browser, town: Town
) -> None:
    sync = _synced(town, _SEED)
    file = folder_of(sync) / "computed.json"
    computed = json.loads(file.read_bytes())
    del computed["rows"]
    for cause in computed["causes"]["shown"]:
        del cause["findings"], cause["waits"]
    file.write_text(json.dumps(computed))
    page = _text(browser, sync)
    assert "3 causes keep 4 records out" in page
    assert "Records that wait" not in page
    assert not re.search(r"\d+ rows?\b", page)


def test_what_is_new_what_stays_and_what_is_gone_is_told_from_the_sync_before(
    browser: Browser, town: Town, tmp_path: Path
) -> None:
    _synced(town, _SEED)
    _synced(town, _SEED, date(2026, 11, 25))
    before = _synced(town, Path("examples/seed-district-next-night"), date(2026, 11, 26))
    page = _text(browser, before)
    assert "Your specialist acts · Open since Tue, Nov 24 (3 syncs)" in page
    gone = page.partition("Resolved since the sync before")[2]
    assert "Teacher or administrator has no email address" in gone


def test_a_sync_that_failed_says_why_what_still_works_and_what_to_do(
    browser: Browser, town: Town, tmp_path: Path
) -> None:
    applied = _synced(town, _SEED)
    page = _text(browser, _synced(town, tmp_path))
    assert "holds no OneRoster file" in page
    assert "so nothing was applied." in page
    assert applied.completed_at
    there = applied.completed_at.astimezone(ZoneInfo(applied.district.timezone))
    assert f"{there:%A, %B}" in page
    assert "Everyone who could sign in before can sign in now." in page
    assert "What to do" in page
    assert "tried again" not in page
    assert "None: nothing was applied" in page


def test_a_sync_without_errors_says_so(browser: Browser, ended: Ended) -> None:
    tables = {"users": {"read": 1204, "accepted": 1204, "failed": 0, "skipped": 0, "removed": 0}}
    sync = ended("north", tables=tables, changes={})
    summary = Summary(Status.COMPLETED, date(2026, 11, 24))
    keep(Computed(summary, {}), folder_of(sync))
    page = _text(browser, sync)
    assert "All 1,204 records are in First Bell, or out of scope for a known reason." in page
    assert "None: no errors" in page
    assert "Nothing to fix." in page


def test_nothing_is_said_of_what_is_no_longer_kept(browser: Browser, ended: Ended) -> None:
    tables = {"users": {"read": 1000, "accepted": 700, "failed": 300}}
    page = _text(browser, ended("north", tables=tables, status=SyncStatus.WITH_ERRORS))
    assert "What this sync found is no longer kept." in page
    assert "All 1,000 records" not in page


def test_syncs_lead_to_the_one_before_and_after_and_tell_the_time_when_there_are_two_on_a_day(
    browser: Browser, ended: Ended
) -> None:
    at = datetime(2026, 11, 24, 8, 14, tzinfo=UTC)
    first, second, third = (ended("north", at + timedelta(hours=hours)) for hours in (0, 3, 24))
    page = browser("alice").get(f"/districts/north/sync-reports/{second.pk}/").content.decode()
    assert f"/sync-reports/{first.pk}/" in page
    assert f"/sync-reports/{third.pk}/" in page
    assert "<h1>Sync of Tuesday, November 24, 2026, 6:14 a.m.</h1>" in page
    assert (
        "<h1>Sync of Wednesday, November 25, 2026</h1>"
        in browser("alice").get(f"/districts/north/sync-reports/{third.pk}/").content.decode()
    )


def test_a_sync_under_way_says_since_when(browser: Browser, town: Town) -> None:
    sync = Sync.objects.create(
        district=town.districts["north"],
        trigger=Trigger.NIGHTLY,
        status=SyncStatus.RUNNING,
        started_at=datetime(2026, 11, 24, 8, 14, tzinfo=UTC),
    )
    assert "Running since 3:14 a.m." in _text(browser, sync)


def test_the_list_leads_to_the_words_that_say_how_to_fix_the_biggest_problem(
    browser: Browser, town: Town
) -> None:
    sync = _synced(town, _SEED)
    page = browser("alice").get("/districts/north/sync-reports/").content.decode()
    first = page.partition("Fix first")[2].partition("</section>")[0]
    assert "Cedar Elementary (1234)" in first
    assert f"/sync-reports/{sync.pk}/?cause=1#fix-1" in first
    assert "All 3 causes" in first
    assert (
        'id="fix-1"'
        in browser("alice").get(f"/districts/north/sync-reports/{sync.pk}/").content.decode()
    )


def test_what_an_api_took_is_told_in_all_and_by_collection(browser: Browser, ended: Ended) -> None:
    took = {"requests": 2, "again": 0, "size": 2048, "seconds": 0.5}
    users = {"requests": 39, "again": 2, "size": 9 << 20, "seconds": 70.0}
    fetched = ended("north", fetched=[{"part": "orgs"} | took, {"part": "users"} | users])
    delivered = ended("north")
    page = _text(browser, fetched)
    assert "Fetched 41 requests, 2 of them made again: 9.0 MB in 1 min 10 s" in page
    assert "orgs 2 0 2.0 KB 0.5 s users 39 2 9.0 MB 1 min 10 s" in page
    assert "Fetched" not in _text(browser, delivered)
