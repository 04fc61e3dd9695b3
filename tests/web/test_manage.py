"""What every Manage page has: the district's tabs, and how it stands."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from firstbell.store.models import Sync, SyncStatus, Trigger
from firstbell.web.moments import day_and_time
from tests.web.conftest import Browser, Ended, Town

_HOLD = {"held": {"users": 312, "classes": 14}, "hold_decision": "open"}


@pytest.mark.parametrize(
    ("page", "current"),
    [("", "page"), ("{}/", "true"), ("{}/findings/", "true"), ("{}/hold/", "true")],
)
def test_every_page_has_tabs_and_strip(
    page: str, current: str, browser: Browser, ended: Ended, town: Town
) -> None:
    sync = ended("north", status=SyncStatus.WITH_ERRORS, **_HOLD)
    town.districts["north"].applied_sync = sync
    town.districts["north"].save()
    address = f"/districts/north/sync-reports/{page.format(sync.pk)}"
    shown = browser("alice").get(address).content.decode()
    tab = f'<a href="/districts/north/sync-reports/" aria-current="{current}">Sync Reports</a>'
    assert tab in shown
    assert '<section class="strip" aria-label="How North Valley stands">' in shown
    assert "312 users are held, for you to decide</a>" in shown


def test_what_is_to_come_is_said_beside_the_next_sync(
    browser: Browser, ended: Ended, town: Town
) -> None:
    north = town.districts["north"]
    north.nights_since = timezone.now() - timedelta(days=3)
    north.blackout = [(timezone.now() + timedelta(days=days)).date() for days in range(-1, 3)]
    north.save()
    upload = ended("north", status=SyncStatus.RUNNING, trigger=Trigger.UPLOAD)
    Sync.objects.filter(pk=upload.pk).update(completed_at=None)
    south = town.districts["south"]
    south.nights_since, south.blackout = north.nights_since, north.blackout
    south.save()
    page = "/districts/{}/sync-reports/"
    assert "an upload is running now" in browser("alice").get(page.format("north")).content.decode()
    shown = browser("bob").get(page.format("south")).content.decode()
    assert re.search(r"No sync on \w{3}, \w{3} \d+ \(blackout date\)", shown)


@pytest.mark.parametrize(
    ("days", "said"), [(-1, "Yesterday, "), (0, "Today, "), (1, "Tomorrow, "), (-2, "")]
)
def test_days_that_are_close_have_names(days: int, said: str) -> None:
    moment = timezone.now() + timedelta(days=days)
    assert day_and_time(moment).startswith(said or f"{moment:%a}, {moment:%b} {moment.day}, ")


def test_a_moment_is_of_the_time_zone_that_is_in_force() -> None:
    with timezone.override("America/New_York"):
        assert day_and_time(datetime(2026, 3, 9, 3, 5, tzinfo=UTC)) == "Sun, Mar 8, 11:05 p.m."
