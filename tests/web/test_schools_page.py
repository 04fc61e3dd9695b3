"""The schools of a district: who decides, what a decision says before it is done, and what follows."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from firstbell.jobs.run import run_sync
from firstbell.store.actions import schools_onboard
from firstbell.store.connecting import Role, connected
from firstbell.store.models import (
    AuditEntry,
    Org,
    School,
    SchoolState,
    Sync,
    SyncStatus,
    Trigger,
    User,
)
from firstbell.store.syncs import sync_create
from tests.jobs.workers import until, worker
from tests.web.conftest import Browser, Town
from tests.web.reading import main_of, words_of

_SEED = Path(__file__).parents[2] / "examples" / "seed-district"
_PAGE = "/districts/north/schools/"
_DECIDE = f"{_PAGE}decide/"
_OPEN = "/console/districts/north/open/"
_MAPLE, _CEDAR = "1001", "1234"

#: A feed of North has been read, and its two schools wait.
Fed = Callable[..., Sync]


@pytest.fixture
def fed(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fed:
    """Reads the feed of the seed for North; before a browser is opened."""
    monkeypatch.setattr(settings, "FIRSTBELL_STORAGE", tmp_path / "storage")

    def feed(*onboarded: str) -> Sync:
        schools_onboard(district="north", schools=onboarded, who="me")
        sync = sync_create(district=town.districts["north"], trigger=Trigger.NOW, delivery=_SEED)
        run_sync(sync, _SEED)
        sync.refresh_from_db()
        return sync

    return feed


def _text(answer: object) -> str:
    page = getattr(answer, "content", b"").decode()
    return words_of(main_of(page))


def _dana(browser: Browser) -> Client:
    client = browser("dana")
    client.post(_OPEN, {"reason": "Onboarding"})
    return client


def _states(store: str) -> dict[str, str]:
    with connected(store, Role.WORKER):
        return dict(School.objects.values_list("sourced_id", "state"))


def _syncs(store: str) -> list[str]:
    with connected(store, Role.WORKER):
        return list(Sync.objects.order_by("pk").values_list("trigger", flat=True))


def test_it_says_which_schools_wait_and_what_they_hold_back(browser: Browser, fed: Fed) -> None:
    fed()
    page = _text(_dana(browser).get(_PAGE))
    assert "2 schools in the feed wait for you They hold back 12 users, 4 classes" in page
    assert "All 2 Waiting 2 Onboarded 0 Never 0" in page
    seen = r"First seen \w+ \d+, \d+ Students 5 Staff 4 Classes 3 Enrollments 8"
    assert re.search(f"Maple Elementary 1001 Not onboarded {seen}", page)
    assert "Cedar" not in _text(_dana(browser).get(f"{_PAGE}?show=all&name=mapl"))


def test_before_a_feed_was_read_it_says_so(browser: Browser) -> None:
    assert "No feed has been read yet." in _text(_dana(browser).get(_PAGE))


def test_a_decision_is_shown_before_it_is_done(browser: Browser, fed: Fed, store: str) -> None:
    fed()
    client = _dana(browser)
    page = _text(client.post(_DECIDE, {"action": "onboard", "school": [_MAPLE, _CEDAR]}))
    assert "Onboard 2 schools The last feed has 12 users, 4 classes and 11 enrollments" in page
    assert _states(store) == {}
    assert _syncs(store) == [Trigger.NOW]


def test_an_onboarded_school_comes_in_at_once_from_the_last_feed(
    browser: Browser, fed: Fed, store: str, tmp_path: Path
) -> None:
    fed(_CEDAR)
    client = _dana(browser)
    done = {"action": "onboard", "confirmed": "1"}
    answer = client.post(_DECIDE, {**done, "school": _MAPLE})
    assert answer.headers["location"] == _PAGE
    with connected(store, Role.WORKER):
        assert not Org.objects.filter(sourced_id=_MAPLE).exists()
        sync = Sync.objects.get(trigger=Trigger.SCHOOL_ONBOARDED)
        with worker(store, tmp_path):
            until(lambda: Sync.objects.filter(pk=sync.pk, completed_at__isnull=False).exists())
        sync.refresh_from_db()
        assert sync.status == SyncStatus.WITH_ERRORS, sync.reason
        assert sync.changes and sync.changes["orgs"]["created"] == 1
        assert Org.objects.filter(sourced_id=_MAPLE, deactivated_at=None).exists()
        assert User.objects.filter(org_sourced_ids__contains=[_MAPLE]).count() == sum(
            sync.changes["users"][one] for one in ("created", "updated")
        )
        entry = AuditEntry.objects.filter(what="schools onboarded").latest("pk")
        assert (entry.who, entry.details) == ("Dana", {"schools": [_MAPLE]})


def test_onboardings_in_a_row_wait_for_one_sync(browser: Browser, fed: Fed, store: str) -> None:
    fed()
    client = _dana(browser)
    for school in (_MAPLE, _CEDAR):
        client.post(_DECIDE, {"action": "onboard", "confirmed": "1", "school": school})
    assert _states(store) == dict.fromkeys((_MAPLE, _CEDAR), SchoolState.ONBOARDED)
    assert _syncs(store) == [Trigger.NOW, Trigger.SCHOOL_ONBOARDED]


@pytest.mark.parametrize(("action", "left"), [("never", {_MAPLE: "never"}), ("reset", {})])
def test_who_loses_access_is_said_before(
    action: str, left: dict[str, str], browser: Browser, fed: Fed, store: str
) -> None:
    fed(_MAPLE)
    client = _dana(browser)
    page = _text(client.post(_DECIDE, {"action": action, "school": _MAPLE}))
    with connected(store, Role.WORKER):
        people = User.objects.filter(deactivated_at=None).count()
        assert people > 1
    assert f"{people} people lose access with the next sync." in page
    assert _states(store) == {_MAPLE: SchoolState.ONBOARDED}
    with connected(store, Role.WEB):
        client.post(_DECIDE, {"action": action, "school": _MAPLE, "confirmed": "1"})
    assert _states(store) == left
    assert _syncs(store) == [Trigger.NOW]


def test_pasted_ids_that_no_school_has_are_named(browser: Browser, fed: Fed, store: str) -> None:
    fed()
    client = _dana(browser)
    answer = client.post(
        _DECIDE, {"action": "onboard", "ids": f" {_MAPLE} \r\n\r\n0999\r\n<b>\r\n"}
    )
    page = _text(answer)
    assert "Onboard 1 school " in page
    assert "2 ids were not found No school of the last feed has them" in page
    assert "0999 <b>" in page
    assert "No school is chosen" in _text(client.post(_DECIDE, {"action": "never", "ids": "0999"}))


def test_as_many_as_a_large_district_has_are_decided_on_at_once(
    browser: Browser, fed: Fed, store: str
) -> None:
    fed()
    many = [_MAPLE, *(str(number) for number in range(10_000, 14_900))]
    chosen = {"action": "onboard", "school": many, "confirmed": "1"}
    assert _dana(browser).post(_DECIDE, chosen).status_code == 302
    assert _states(store) == {_MAPLE: "onboarded"}


def test_administrators_look_and_do_not_decide(browser: Browser, fed: Fed, store: str) -> None:
    fed(_CEDAR)
    client = browser("alice")
    page = client.get(_PAGE).content.decode()
    assert "1 school in the feed is not onboarded" in page
    assert 'type="checkbox"' not in page
    asked = client.post(_DECIDE, {"action": "onboard", "school": _MAPLE, "confirmed": "1"})
    assert asked.status_code == 404
    assert _states(store) == {_CEDAR: SchoolState.ONBOARDED}


def test_a_specialist_is_told_whose_eyes_these_are(browser: Browser) -> None:
    page = _dana(browser).get(_PAGE).content.decode()
    assert "You see North Valley as its administrator does." in page
    assert "as its administrator does" not in browser("alice").get(_PAGE).content.decode()
