"""Manage › Sync Reports: the page of the seed, the list and the date filter of the contract."""

import re
from datetime import UTC, date, datetime, time, timedelta
from html import escape
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from firstbell.store.models import HoldDecision, Sync, SyncStatus, Trigger
from firstbell.store.policies import today_in
from tests.web.conftest import Browser, Ended, Town
from tests.web.reading import words_of

_REFRESH = "Refresh to see progress"
_PAGE = "/districts/north/sync-reports/"
_NEW_YORK = ZoneInfo("America/New_York")


def _rows(page: str) -> list[tuple[str, ...]]:
    """The text of the table's cells, row by row."""
    body = page.partition("<tbody")[2].partition("</tbody>")[0]
    body = body.replace('</span><span class="rest">', "")
    return [
        tuple(words_of(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL))
        for row in body.split("</tr>")[:-1]
    ]


def _seen(person: Client, asked: str = "") -> str:
    answer = person.get(f"{_PAGE}{asked}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_of_the_seed(browser: Browser, ended: Ended) -> None:
    day = timedelta(days=1)
    at = datetime(2026, 11, 24, 8, 14, tzinfo=UTC)
    ended("north", at, findings={"failure": 0, "warning": 12}, causes={"total": 0, "new": 0})
    ended(
        "north",
        at - day,
        status=SyncStatus.WITH_ERRORS,
        findings={"failure": 1413, "warning": 0},
        causes={"total": 9, "new": 2},
        held={"users": 312},
        hold_decision=HoldDecision.OPEN,
        reports=["users_sync_report.csv", "enrollments_sync_report.csv", "findings.csv"],
    )
    ended("north", at - 2 * day, status=SyncStatus.FAILED, reason="users.csv is missing")
    page = _seen(browser("alice"), "?from=2026-11-01&to=2026-11-30")
    heads = re.findall(r'<th scope="col"[^>]*>([^<]*)<', page)
    assert heads == [
        *("Sync Status", "Completion Date", "Source", "Failures", "Warnings", "Sync Reports")
    ]
    assert _rows(page) == [
        (
            *("Completed", "Tue, Nov 24, 2026, 3:14 a.m.", "Nightly"),
            *("Failures 0", "Warnings 12", "None: no errors"),
        ),
        (
            "Completed with Errors 9 causes to fix, 2 new; removals are held",
            *("Mon, Nov 23, 2026, 3:14 a.m.", "Nightly", "Failures 1,413", "Warnings 0"),
            "users_sync_report.csv enrollments_sync_report.csv",
        ),
        (
            "Failed users.csv is missing",
            *("Sun, Nov 22, 2026, 3:14 a.m.", "Nightly", "not counted", "not counted"),
            "None: nothing was applied",
        ),
    ]
    assert "Times are Eastern Time (America/New_York), your district’s." in page


def test_each_sync_names_what_it_was_started_by(browser: Browser, ended: Ended) -> None:
    for trigger in Trigger:
        ended("north", trigger=trigger)
    said = {source for _, _, source, *_ in _rows(_seen(browser("alice"), "?to=2026-11-24"))}
    assert said == {
        *("Nightly", "Sync now", "Upload", "School onboarded", "Hold applied", "Retried"),
    }


def test_unfinished_syncs_come_first_and_have_no_completion_date(
    browser: Browser, ended: Ended, town: Town
) -> None:
    ended("north", timezone.now())
    north = town.districts["north"]
    Sync.objects.create(district=north, trigger=Trigger.UPLOAD)
    Sync.objects.create(
        district=north,
        trigger=Trigger.NOW,
        status=SyncStatus.RUNNING,
        started_at=timezone.now(),
    )
    person = browser("alice")
    running, queued, completed = _rows(_seen(person))
    step = "Receiving files, step 1 of 6"
    assert (running[0], running[2]) == (f"Running {step} {_REFRESH}", "Sync now")
    assert running[1].startswith("Started ")
    assert queued[0] == "Queued Starts when the syncs before it have ended Refresh to see progress"
    assert queued[1].startswith("Queued ")
    assert running[-1] == queued[-1] == "Ready when the sync ends"
    assert completed[0] == "Completed"
    assert _rows(_seen(person, "?to=2026-11-01")) == []


@pytest.mark.parametrize(
    ("moment", "is_shown"),
    [
        ("2026-11-01T03:59:59.999999Z", False),  # still October 31 in New York
        ("2026-11-01T04:00:00Z", True),
        ("2026-11-03T04:59:59.999999Z", True),  # November 1 has 25 hours there
        ("2026-11-03T05:00:00Z", False),
    ],
)
def test_both_ends_of_the_dates_are_included_in_the_districts_zone(
    browser: Browser, ended: Ended, moment: str, is_shown: bool
) -> None:
    ended("north", datetime.fromisoformat(moment))
    page = _seen(browser("alice"), "?from=2026-11-01&to=2026-11-02")
    assert len(_rows(page)) == is_shown


def test_left_out_dates_are_today_and_the_29_days_before(browser: Browser, ended: Ended) -> None:
    today = datetime.now(_NEW_YORK).date()
    first = datetime.combine(today - timedelta(days=29), time(), _NEW_YORK)
    ended("north", first)
    ended("north", first - timedelta(microseconds=1))
    page = _seen(browser("alice"))
    assert len(_rows(page)) == 1
    assert f'name="from" value="{first.date()}"' in page
    assert f'name="to" value="{today}"' in page


@pytest.mark.parametrize(
    ("asked", "since", "until"),
    [
        ("?from=2026-01-05&to=2026-01-07", "2026-01-05", "2026-01-07"),
        ("?to=2026-03-30", "2026-03-01", "2026-03-30"),
        ("?from=2026-01-05", "2026-01-05", str(datetime.now(_NEW_YORK).date())),
        ("?from=&to=2026-03-30", "2026-03-01", "2026-03-30"),
        ("?to=2000-01-02", "2000-01-01", "2000-01-02"),
    ],
)
def test_the_dates_in_force_stand_in_the_form(
    browser: Browser, ended: Ended, asked: str, since: str, until: str
) -> None:
    ended("north")
    page = _seen(browser("alice"), asked)
    assert re.findall(r'type="date" name="(\w+)" value="([^"]*)"', page) == [
        ("from", since),
        ("to", until),
    ]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("?from=soon", "From: Write a date between 2000-01-01 and 2100-12-31"),
        ("?to=2026-02-30", "To: Write a date between"),
        ("?to=9999-12-31", "To: Write a date between"),
        ("?from=0001-01-01", "From: Write a date between"),
        ("?from=2026-11-24&to=2026-11-23", "From: From is after To. Choose an earlier day."),
        ("?from=%00", "From: Write a date between"),
    ],
)
def test_dates_that_are_none_are_said_beside_the_field(
    browser: Browser, ended: Ended, asked: str, said: str
) -> None:
    ended("north")
    page = _seen(browser("alice"), asked)
    assert said in page
    assert "<title>Error: Sync Reports" in page
    assert 'aria-invalid="true"' in page
    assert _rows(page) == []


def test_before_the_first_sync_the_page_says_so(browser: Browser, ended: Ended) -> None:
    ended("south")
    page = _seen(browser("alice"))
    assert "No sync has run yet." in page
    assert "<table" not in page


def test_days_without_a_sync_are_said_and_lead_back(browser: Browser, ended: Ended) -> None:
    ended("north")
    page = _seen(browser("alice"), "?from=2026-10-01&to=2026-10-05")
    assert "No syncs between Oct 1, 2026 and Oct 5, 2026." in page
    assert f'<a href="{_PAGE}">Show the last 30 days</a>' in page


def test_reports_that_are_no_longer_kept_are_said(browser: Browser, ended: Ended) -> None:
    ended("north", status=SyncStatus.WITH_ERRORS, reports=None)
    (row,) = _rows(_seen(browser("alice"), "?to=2026-11-24"))
    assert row[-1] == "None: no longer kept"


def test_syncs_are_shown_fifty_at_a_time(browser: Browser, town: Town, ended: Ended) -> None:
    at = datetime(2026, 11, 1, 12, tzinfo=UTC)
    ended("north", at)
    Sync.objects.bulk_create(
        Sync(
            district=town.districts["north"],
            trigger=Trigger.NOW,
            status=SyncStatus.COMPLETED,
            completed_at=at + timedelta(seconds=number),
            reports=[],
        )
        for number in range(1, 201)
    )
    person, days = browser("alice"), "?from=2026-11-01&to=2026-11-02"
    first = _seen(person, days)
    assert len(_rows(first)) == 50
    assert f'href="{escape(days)}&amp;page=2">Next 50</a>' in first
    assert "Previous" not in first
    last = _seen(person, f"{days}&page=5")
    assert [row[2] for row in _rows(last)] == ["Nightly"]
    assert "Previous" in last
    assert "Next 50" not in last
    for nonsense in ("0", "-1", "x", "²", "9" * 5000):
        _seen(person, f"{days}&page={nonsense}")


def test_a_list_of_any_length_takes_as_many_queries(browser: Browser, ended: Ended) -> None:
    for number in range(12):
        ended("north", datetime(2026, 11, 1 + number, 12, tzinfo=UTC), reports=["findings.csv"])
    person = browser("alice")
    counts = []
    for asked in ("?from=2026-11-01&to=2026-11-01", "?from=2026-11-01&to=2026-11-30"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            _seen(person, asked)
        counts.append(len([one for one in queries if "SAVEPOINT" not in one["sql"]]))
    assert counts[0] == counts[1]


def test_what_a_sync_says_is_text_and_no_markup(browser: Browser, ended: Ended) -> None:
    ended("north", status=SyncStatus.FAILED, reason="<b>users.csv</b> is missing")
    page = _seen(browser("alice"), "?to=2026-11-24")
    assert "&lt;b&gt;users.csv&lt;/b&gt; is missing" in page


def test_one_district_is_the_start_and_several_are_a_choice(browser: Browser) -> None:
    answer = browser("alice").get("/")
    assert (answer.status_code, answer.headers["location"]) == (302, _PAGE)
    page = browser("carol").get("/").content.decode()
    links = re.findall(r'<a href="(/districts/[^"]*)">([^<]*)<', page)
    assert links == [
        ("/districts/north/sync-reports/", "North Valley"),
        ("/districts/south/sync-reports/", "South Valley"),
    ]


def test_every_date_has_its_machine_readable_form(browser: Browser, ended: Ended) -> None:
    ended("north", datetime(2026, 3, 8, 7, 30, tzinfo=UTC))  # the hour that New York skips
    page = _seen(browser("alice"), "?from=2026-03-08&to=2026-03-08")
    assert '<time datetime="2026-03-08T03:30:00-04:00">Sun, Mar 8, 2026, 3:30 a.m.</time>' in page
    assert date(2026, 3, 8).isoformat() in page


def test_the_list_is_filtered_by_status_and_by_ranges_that_people_ask_for(
    browser: Browser, ended: Ended
) -> None:
    ended("north", timezone.now(), status=SyncStatus.FAILED, reason="users.csv is missing")
    ended("north", timezone.now())
    page = _seen(browser("alice"), "?status=Failed")
    assert [row[0] for row in _rows(page)] == ["Failed users.csv is missing"]
    assert '<option value="Failed" selected>Failed</option>' in page
    assert re.search(r'aria-current="true">30 days</a>', page)
    today = datetime.now(_NEW_YORK).date()
    week = f"?from={today - timedelta(days=6)}&amp;to={today}"
    assert f'href="{week}&amp;status=Failed">7 days</a>' in page
    assert "Sync Status: Select a valid choice" in _seen(browser("alice"), "?status=Great")


def _strip(page: str) -> str:
    strip = page.partition('<section class="strip"')[2].partition("</section>")[0]
    return words_of(strip.partition(">")[2])


def test_the_strip_says_whether_all_is_well_of_when_and_what_comes_next(
    browser: Browser, ended: Ended, town: Town
) -> None:
    at = datetime(2026, 11, 24, 8, 14, tzinfo=UTC)
    applied = ended(
        "north",
        at,
        started_at=at - timedelta(minutes=16),
        status=SyncStatus.WITH_ERRORS,
        causes={"total": 9, "new": 2},
        tables={"users": {"read": 13167, "failed": 23}},
        roster={"users": 12754},
    )
    north = town.districts["north"]
    north.applied_sync, north.nights_since = applied, at
    north.save()
    strip = _strip(_seen(browser("alice")))
    assert strip.startswith("Last completed sync Completed with Errors Tue, Nov 24, 3:14 a.m.")
    assert "Everything else is up to date. 9 causes to fix" in strip
    assert "Data as of Tue, Nov 24, 2:58 a.m. read from files of your SIS Next sync" in strip
    assert re.search(r"Next sync (Today|Tomorrow), \d+(:\d\d)? [ap]\.m\. nightly", strip)
    assert "In the source not counted 13,167" in strip
    assert "In First Bell not counted 12,754" in strip
    assert "To fix not counted 23" in strip


@pytest.mark.parametrize("again", [Trigger.SCHOOL_ONBOARDED, Trigger.HOLD_APPLIED])
def test_data_that_were_judged_again_are_as_of_when_they_were_read(
    browser: Browser, ended: Ended, town: Town, again: Trigger
) -> None:
    at, hour = datetime(2026, 11, 24, 8, 14, tzinfo=UTC), timedelta(hours=1)
    ended("north", at - hour, started_at=at - hour, digest="a")
    ended("north", at, started_at=at, digest="b", trigger=Trigger.UPLOAD)
    failed = {"status": SyncStatus.FAILED, "reason": "users.csv is missing"}
    ended("north", at + hour, started_at=at + hour, **failed)
    north = town.districts["north"]
    judged_again = {"started_at": at + 2 * hour, "trigger": again}
    north.applied_sync = ended("north", at + 2 * hour, **judged_again)
    north.save()
    ended("north", at + 3 * hour, started_at=at + 3 * hour, digest="c", **failed)
    strip = _strip(_seen(browser("alice")))
    assert "Data as of Tue, Nov 24, 3:14 a.m. read from an upload Next sync" in strip


def test_when_data_were_read_is_not_made_up_once_their_sync_is_forgotten(
    browser: Browser, ended: Ended, town: Town
) -> None:
    north, now = town.districts["north"], timezone.now()
    north.applied_sync = ended("north", now, started_at=now, trigger=Trigger.SCHOOL_ONBOARDED)
    north.save()
    assert "Data as of Not known any more" in _strip(_seen(browser("alice")))


def test_a_newer_sync_that_failed_leads_the_strip(
    browser: Browser, ended: Ended, town: Town
) -> None:
    applied = ended("north", timezone.now() - timedelta(hours=60))
    ended("north", timezone.now(), status=SyncStatus.FAILED, reason="users.csv is missing")
    north = town.districts["north"]
    north.applied_sync, north.paused = applied, True
    north.save()
    strip = _strip(_seen(browser("alice")))
    assert strip.startswith("Last night’s sync Failed Today, ")
    assert "Nothing was applied. Last completed: " in strip
    assert "Next sync Paused" in strip
    assert "Stale" not in strip


def test_a_roster_that_nothing_was_applied_to_for_days_is_stale(
    browser: Browser, ended: Ended, town: Town
) -> None:
    north = town.districts["north"]
    now = timezone.now()
    north.applied_sync = ended("north", now - timedelta(hours=121, minutes=5))
    north.paused, north.paused_until = True, today_in(north, now) - timedelta(days=2)  # is over
    north.save()
    strip = _strip(_seen(browser("alice")))
    assert "Stale: no completed sync for 121 hours" in strip
    assert "No source is connected yet" in strip


def test_a_sync_can_be_started_where_there_is_a_source(browser: Browser, town: Town) -> None:
    north = town.districts["north"]
    north.nights_since = timezone.now()
    north.save()
    person = browser("alice")
    assert "Sync now</button>" in _seen(person)
    for _ in range(2):  # the second finds the one that waits
        answer = person.post("/districts/north/sync-now/")
        assert (answer.status_code, answer.headers["location"]) == (302, _PAGE)
    (row,) = _rows(_seen(person))
    assert (row[0], row[2]) == (
        f"Queued Starts when the syncs before it have ended {_REFRESH}",
        "Sync now",
    )


def test_without_a_source_there_is_nothing_to_start(browser: Browser, ended: Ended) -> None:
    ended("north")
    person = browser("alice")
    assert "Sync now</button>" not in _seen(person)
    person.post("/districts/north/sync-now/")
    assert len(_rows(_seen(person, "?to=2026-11-30"))) == 1


def test_what_is_not_known_of_an_old_sync_is_not_told_as_if_all_were_well(
    browser: Browser, ended: Ended, town: Town
) -> None:
    north = town.districts["north"]
    old = {"status": SyncStatus.WITH_ERRORS, "reports": None, "findings": None}
    north.applied_sync = ended("north", timezone.now(), **old)
    ended("north", timezone.now() - timedelta(hours=1), **old)
    north.save()
    page = _seen(browser("alice"))
    assert "up to date" not in _strip(page)
    chart = page.partition('<figure class="chart">')[2].partition("</figure>")[0]
    assert chart.count('class="shape completed"') == 1  # that of the key
