"""The console: all districts by health, for specialists and for nobody else."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from firstbell.store.connecting import Role, connected
from firstbell.store.console import Health, Wanted, count_by_health, standings
from firstbell.store.models import District, FeedSchool, SchoolRequest, Standing, Sync, SyncStatus
from firstbell.store.scope import is_specialist
from firstbell.web.nights_drawn import nights_drawn
from tests.web.conftest import Browser, Ended, Town
from tests.web.reading import main_of, words_of

_NOW = timezone.now()
_ERRORS: dict[str, Any] = {
    "status": SyncStatus.WITH_ERRORS,
    "findings": {"failure": 413, "warning": 2},
    "causes": {"total": 9, "new": 2},
}


def _text(page: str) -> str:
    return words_of(main_of(page))


def _rows(client: Client, query: str = "") -> list[str]:
    page = client.get(f"/console/districts/{query}").content.decode()
    rows = re.findall(r'<tr role="row">(.*?)</tr>', page, re.DOTALL)[1:]
    return [words_of(row) for row in rows]


@contextmanager
def _of(store: str, person: int) -> Iterator[None]:
    with connected(store, Role.WEB), transaction.atomic():
        is_specialist(person)
        yield


def test_a_specialist_starts_there(browser: Browser) -> None:
    assert browser("dana").get("/").headers["location"] == "/console/districts/"


def test_who_needs_somebody_comes_first_with_the_one_next_act(
    browser: Browser, ended: Ended, town: Town
) -> None:
    ended("south", _NOW - timedelta(days=1), **{**_ERRORS, "findings": {"failure": 409}})
    ended("south", _NOW - timedelta(hours=1), **_ERRORS)
    failed = ended("north", _NOW, status=SyncStatus.FAILED, reason="ClassLink could not be reached")
    district = town.districts["south"]
    FeedSchool.objects.create(
        district=district,
        sourced_id="S1",
        name="Maple",
        first_seen=_NOW,
        **dict.fromkeys(("students", "staff", "classes", "enrollments"), 1),
    )
    client = browser("dana")
    north, south = _rows(client)
    assert north.startswith("North Valley Failed ClassLink could not be reached")
    assert north.endswith("Look at the failure North Valley")
    assert re.fullmatch(
        r"South Valley 1 school Completed with Errors 9 causes, 2 new Last completed (To|Yester)day, .*m\."
        r" Failures 413 \+4 Onboard 1 school South Valley",
        south,
    )
    page = client.get("/console/districts/").content.decode()
    assert f'href="/districts/north/sync-reports/{failed.pk}/"' in page


_HEALTHS: dict[Health, dict[str, Any]] = {
    Health.FAILED: {"status": SyncStatus.FAILED, "held": {}, "hold_decision": "open"},
    Health.HELD: {**_ERRORS, "held": {"users": 312}, "hold_decision": "open"},
    Health.WITH_ERRORS: _ERRORS,
    Health.COMPLETED: {"findings": {"failure": 0}},
}


@pytest.mark.parametrize("health", _HEALTHS)
def test_a_district_is_in_exactly_one_state(
    health: Health, ended: Ended, town: Town, store: str
) -> None:
    ended("north", _NOW - timedelta(days=1))
    ended("north", _NOW, **_HEALTHS[health])
    with _of(store, town.people["dana"].pk):
        counts = count_by_health(_NOW, [])
        assert {one: number for one, number in counts.items() if number} == {
            health: 1,
            Health.NOT_STARTED: 1,
        }


def test_paused_comes_before_stale(ended: Ended, town: Town, store: str) -> None:
    ended("north", _NOW - timedelta(hours=61), **_ERRORS)
    ended("south", _NOW - timedelta(hours=61), **_ERRORS)
    District.objects.filter(slug="south").update(paused=True)
    with _of(store, town.people["dana"].pk):
        counts = count_by_health(_NOW, [])
        assert (counts[Health.STALE], counts[Health.PAUSED]) == (1, 1)
        north = town.districts["north"].pk
        assert count_by_health(_NOW, [north])[Health.WITH_ERRORS] == 1
    with connected(store, Role.WORKER):
        District.objects.filter(slug="south").update(paused_until=date(2000, 1, 1))
    with _of(store, town.people["dana"].pk):
        assert count_by_health(_NOW, [])[Health.STALE] == 2


def test_a_decision_on_a_hold_is_seen_at_once(ended: Ended, town: Town, store: str) -> None:
    sync = ended("north", _NOW, **_HEALTHS[Health.HELD])
    sync.hold_decision = "dismissed"
    sync.save()
    with _of(store, town.people["dana"].pk):
        assert count_by_health(_NOW, [])[Health.WITH_ERRORS] == 1


def test_counts_are_links_that_filter(browser: Browser, ended: Ended) -> None:
    ended("north", _NOW, **_ERRORS)
    client = browser("dana")
    page = client.get("/console/districts/").content.decode()
    assert '<a href="?health=errors"><strong>1</strong>' in page
    assert "1 to 2 of 2 districts" in _text(page)
    assert [row.split()[0] for row in _rows(client, "?health=errors")] == ["North"]
    assert [row.split()[0] for row in _rows(client, "?name=sOUT")] == ["South"]
    assert [row.split()[0] for row in _rows(client, "?order=name")] == ["North", "South"]
    assert len(_rows(client, "?health=nonsense&order=x&page=99999&name=%00")) == 2
    assert "No such district." in _text(client.get("/console/districts/?name=zz").content.decode())


def test_fifty_are_on_a_page_with_a_fixed_number_of_queries(
    browser: Browser, town: Town, store: str
) -> None:
    District.objects.bulk_create(
        District(slug=f"d{n}", name=f"District {n:03}", timezone="UTC") for n in range(120)
    )
    client = browser("dana")
    first = client.get("/console/districts/?order=name").content.decode()
    assert "1 to 50 of 122 districts" in first
    assert 'href="?order=name&amp;page=2">Next 50</a>' in first
    assert len(_rows(client)) == 50
    assert len(_rows(client, "?page=3")) == len(_rows(client, "?page=9")) == 22
    with CaptureQueriesContext(connection) as caught:
        client.get("/console/districts/")
    assert len(caught) <= 10


def test_who_is_no_specialist_sees_no_rows(ended: Ended, town: Town, store: str) -> None:
    ended("north", _NOW)
    for who, number in (("alice", 0), ("dana", 1)):
        with _of(store, town.people[who].pk):
            assert Standing.objects.count() == number
            assert not Sync.objects.exists()
            assert not SchoolRequest.objects.exists()
    with _of(store, town.people["bob"].pk):
        seen = standings(_NOW, [], Wanted(), most=50)
        assert [one.slug for one in seen] == ["south"]
        assert seen[0].ended is None


def test_nights_are_drawn_to_their_own_scale() -> None:
    today = date(2026, 11, 24)
    nights = {
        today: 4,
        today - timedelta(days=1): None,
        today - timedelta(days=2): 0,
        today - timedelta(days=13): 8,
        today - timedelta(days=14): 99,
    }
    drawn = nights_drawn(nights, today)
    assert drawn.bars == "M0 20v-19h7V20zM130 20v-10h7V20z"
    assert drawn.none.startswith("M110 20")
    assert drawn.failed.startswith("M120 20")
    assert [drawn.none.count("M"), drawn.failed.count("M"), drawn.no.count("M")] == [1, 1, 10]


def test_a_day_is_the_district_s(ended: Ended, town: Town, store: str) -> None:
    ended("south", datetime(2026, 11, 24, 5, tzinfo=UTC), findings={"failure": 3})
    assert Standing.objects.get().nights == [["2026-11-23", 3]]
