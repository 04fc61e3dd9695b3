"""A district's people set its nights on a page: pauses, days without a sync, times of day."""

import re
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from firstbell.store.connecting import Role, connected
from firstbell.store.models import AuditEntry, District
from tests.web.conftest import Browser, Ended, Town

_PAGE = "/districts/north/settings/"


def _in(days: int) -> date:
    """A day in so many days, in New York as good as here."""
    return timezone.localdate() + timedelta(days=days)


def _shown(client: Client, address: str = _PAGE) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def _sent(client: Client, **given: Any) -> str:
    """Where a form leads that was filled in rightly."""
    answer = client.post(_PAGE, given)
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["location"]


def _refused(client: Client, **given: Any) -> str:
    """The page again, for a form that was filled in wrongly."""
    answer = client.post(_PAGE, given)
    assert answer.status_code == 200
    shown = answer.content.decode()
    assert "<title>Error: Settings" in " ".join(shown.split())
    assert "There is a problem" in shown
    return shown


def _north(store: str) -> District:
    with connected(store, Role.WORKER):
        return District.objects.get(slug="north")


def _logged(store: str) -> list[tuple[str, str, dict[str, Any]]]:
    with connected(store, Role.WORKER):
        return list(AuditEntry.objects.order_by("pk").values_list("who", "what", "details"))


def test_nights_are_paused_until_a_day_and_resumed(browser: Browser, store: str) -> None:
    alice, until = browser("alice"), _in(9)
    assert "Your roster is synced every night." in _shown(alice)
    to = _sent(alice, **{"pause-until": until.isoformat(), "pause": "1"})
    assert to == f"{_PAGE}?done=pause#nights"
    shown = _shown(alice, to)
    assert "Nightly syncs are paused." in shown
    assert f"Paused until {until:%a, %b} {until.day}, {until.year}" in shown
    assert f'value="{until.isoformat()}"' in shown
    assert (_north(store).paused, _north(store).paused_until) == (True, until)
    with connected(store, Role.WEB):
        to = _sent(alice, resume="1")
        assert "Nightly syncs are resumed, from the next night on." in _shown(alice, to)
    north = _north(store)
    assert (north.paused, north.paused_until) == (False, None)
    assert north.resumed_at is not None
    assert _logged(store) == [
        ("Alice", "paused", {"until": until.isoformat()}),
        ("Alice", "resumed", {}),
    ]


def test_nights_are_paused_until_somebody_resumes_also_from_the_strip(
    browser: Browser, ended: Ended, store: str
) -> None:
    alice = browser("alice")
    strip = '<button type="submit" form="resume" name="resume" value="1">Resume</button>'
    assert strip not in _shown(alice, "/districts/north/sync-reports/")
    _sent(alice, pause="1", **{"pause-until": ""})
    assert "Paused until somebody resumes" in _shown(alice)
    shown = _shown(alice, "/districts/north/sync-reports/")
    assert strip in shown
    assert f'<form id="resume" method="post" action="{_PAGE}">' in shown
    assert _north(store).paused_until is None


@pytest.mark.parametrize("until", ["2026-01-01", "someday", "9999-01-01"])
def test_a_wrong_day_to_pause_until_is_refused_and_kept(browser: Browser, until: str) -> None:
    shown = _refused(browser("alice"), **{"pause-until": until, "pause": "1"})
    assert f'value="{until}"' in shown
    assert '<a href="#id_pause-until">First day with a sync again: ' in shown
    assert 'aria-describedby="id_pause-until_helptext id_pause-until_error"' in shown
    assert "Paused until" not in shown


def test_days_without_a_sync_are_added_and_removed(browser: Browser, store: str) -> None:
    alice, first = browser("alice"), _in(20)
    assert "There is a sync every day from today on." in _shown(alice)
    last = first + timedelta(days=2)
    to = _sent(alice, add="1", **{"add-first": first.isoformat(), "add-last": last.isoformat()})
    assert to == f"{_PAGE}?done=add#days"
    _sent(alice, add="1", **{"add-first": first.isoformat(), "add-last": ""})
    shown = _shown(alice, to)
    assert "The days are added." in shown
    days = [first + timedelta(days=number) for number in range(3)]
    assert re.findall(r'name="remove-days" value="([^"]+)"', shown) == [
        day.isoformat() for day in days
    ]
    assert f"{first:%a, %b} {first.day}, {first.year}</label>" in shown
    assert _north(store).blackout == days
    with connected(store, Role.WEB):
        given = [day.isoformat() for day in days[:2]]
        to = _sent(alice, remove="1", **{"remove-days": given})
        assert "There is a sync on these days after all." in _shown(alice, to)
    assert _north(store).blackout == days[2:]
    assert [what for _, what, _ in _logged(store)] == [
        *["blackout added"] * 2,
        "blackout removed",
    ]


def test_past_days_without_a_sync_are_shown_apart(browser: Browser, town: Town) -> None:
    north = town.districts["north"]
    north.blackout = [date(2026, 9, 7), _in(5)]
    north.save()
    shown = _shown(browser("alice"))
    assert "<summary>1 past day</summary>" in shown
    assert "<li>Mon, Sep 7, 2026</li>" in shown
    assert shown.count('name="remove-days"') == 1


@pytest.mark.parametrize(
    ("first", "last", "wrong"),
    [
        ("", "", "first"),
        ("2020-12-25", "", "first"),
        ("2026-13-45", "", "first"),
        (_in(9).isoformat(), _in(8).isoformat(), "last"),
        (_in(9).isoformat(), _in(9 + 366).isoformat(), "last"),
        ("2020-12-25", "2020-12-25", "first"),
    ],
)
def test_wrong_days_are_refused_and_kept(
    browser: Browser, first: str, last: str, wrong: str, store: str
) -> None:
    given = {"add-first": first, "add-last": last}
    shown = _refused(browser("alice"), add="1", **given)
    assert f'<a href="#id_add-{wrong}">' in shown
    for typed in filter(None, (first, last)):
        assert f'value="{typed}"' in shown
    assert _north(store).blackout == []


def test_to_remove_no_day_or_another_one_is_refused(browser: Browser, town: Town) -> None:
    north = town.districts["north"]
    north.blackout = [_in(5)]
    north.save()
    alice = browser("alice")
    nothing = _refused(alice, remove="1")
    assert '<a href="#id_remove-days">' in nothing
    assert "Choose the days that are to have a sync after all." in nothing
    assert "Choose days of the list" in _refused(
        alice, remove="1", **{"remove-days": _in(6).isoformat()}
    )


def test_the_times_of_the_night_are_set(browser: Browser, store: str) -> None:
    alice = browser("alice")
    shown = _shown(alice)
    assert 'value="01:00"' in shown
    assert "Times of day are Eastern Time (America/New_York)." in shown
    times = {"times-starts_from": "23:00", "times-starts_until": "02:30", "times-ready_by": "05:15"}
    to = _sent(alice, times="1", **times)
    assert "The times are saved." in _shown(alice, to)
    north = _north(store)
    assert (north.starts_from, north.starts_until, north.ready_by) == (
        time(23),
        time(2, 30),
        time(5, 15),
    )
    assert [what for _, what, _ in _logged(store)] == ["night scheduled"]


@pytest.mark.parametrize(
    ("times", "said"),
    [
        (("01:00", "06:00", "05:00"), "cannot be ready by 5 a.m."),
        (("01:00", "25:00", "06:00"), "Write a time of day, such as 01:00."),
        (("", "04:00", "06:00"), "Write a time of day, such as 01:00."),
    ],
)
def test_times_that_do_not_follow_each_other_are_refused_and_kept(
    browser: Browser, times: tuple[str, str, str], said: str, store: str
) -> None:
    names = ("starts_from", "starts_until", "ready_by")
    given = {f"times-{name}": at for name, at in zip(names, times, strict=True)}
    shown = _refused(browser("alice"), times="1", **given)
    assert said in shown
    for at in filter(None, times):
        assert f'value="{at}"' in shown
    assert _north(store).ready_by == time(6)


def test_the_limits_of_the_guard_are_told_in_sentences(browser: Browser, town: Town) -> None:
    town.districts["north"].limits = {"gone": 15, "least": 1200}
    town.districts["north"].save()
    shown = _shown(browser("alice"))
    assert (
        "A sync that would remove more than 15 % of your schools, users, classes or enrollments, and"
        " more than 1,200 of them, is held for you to decide."
    ) in shown
    assert "more than 50 % of the students of a school with 50 students or more" in shown
    assert "more than 25 % of them" in shown


def test_a_specialist_sets_the_same_with_a_name_in_the_audit_log(
    browser: Browser, store: str
) -> None:
    dana = browser("dana")
    dana.post("/console/districts/north/open/", {"reason": "They asked us to pause."})
    _sent(dana, pause="1", **{"pause-until": ""})
    assert _logged(store)[-1][:2] == ("Dana", "paused")


def test_nothing_asked_for_changes_nothing(browser: Browser, store: str) -> None:
    answer = browser("alice").post(_PAGE, {"limits": "1"})
    assert answer.status_code == 200
    assert _logged(store) == []
