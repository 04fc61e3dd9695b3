"""How far a sync is that has not ended: on the list, on its own page, and when it is asked for."""

import re

import pytest
from django.test import Client

from firstbell.reports.order import Step
from firstbell.store.connecting import Role, connected
from firstbell.store.models import Sync, SyncStatus, Trigger
from tests.web.conftest import Browser, Ended, Town

_LIST = "/districts/north/sync-reports/"


def _begun(town: Town, step: Step | None = Step.CHECKING, **more: object) -> Sync:
    said = {"status": SyncStatus.RUNNING, "trigger": Trigger.NOW, "step": step, **more}
    return Sync.objects.create(district=town.districts["north"], **said)


def _asked_for(page: str) -> list[str]:
    return [
        address.replace("&amp;", "&")
        for address in re.findall(r'hx-get="([^"]*)" hx-trigger="every', page)
    ]


def _again(client: Client, address: str) -> tuple[int, str, str]:
    answer = client.get(address, headers={"hx-request": "true"})
    return answer.status_code, answer.headers.get("HX-Refresh", ""), answer.content.decode()


@pytest.mark.parametrize("where", ["", "{}/"])
def test_a_running_sync_says_its_step_and_asks_again(
    where: str, browser: Browser, town: Town
) -> None:
    sync = _begun(town)
    page = browser("alice").get(f"{_LIST}{where.format(sync.pk)}").content.decode()
    assert '<progress max="6" value="2" aria-hidden="true">' in page
    assert "Checking records, step 3 of 6" in page
    assert 'hx-trigger="every 2s"' in page
    assert '<noscript> <a href="">Refresh to see progress</a></noscript>' in page
    listed = "" if where else "&list"
    assert _asked_for(page) == [f"{_LIST}{sync.pk}/progress/?known=checking{listed}"]


def test_nothing_is_answered_until_the_next_step_has_begun(
    browser: Browser, town: Town, store: str
) -> None:
    sync = _begun(town)
    person = browser("alice")
    address = f"{_LIST}{sync.pk}/progress/?known=checking&list"
    assert _again(person, address)[0] == 204
    with connected(store, Role.WORKER):
        Sync.objects.filter(pk=sync.pk).update(step=Step.APPLYING)
    with connected(store, Role.WEB):
        status, refresh, piece = _again(person, address)
    assert (status, refresh) == (200, "")
    assert "Applying, step 6 of 6" in piece
    assert _asked_for(piece) == [f"{_LIST}{sync.pk}/progress/?known=applying&list"]


@pytest.mark.parametrize(("where", "refresh"), [("&list", "true"), ("", "")])
def test_the_end_is_said_and_the_list_is_asked_for_anew(
    where: str, refresh: str, browser: Browser, ended: Ended
) -> None:
    sync = ended("north")
    address = f"{_LIST}{sync.pk}/progress/?known=applying{where}"
    status, told, piece = _again(browser("alice"), address)
    assert (status, told) == (286, refresh)
    assert "It has ended: Completed." in re.sub(r"<[^>]+>|\s+(?=:)", "", piece)
    assert f'<a href="{_LIST}{sync.pk}/">Show what came of it</a>' in piece
    assert _asked_for(piece) == []


def test_a_sync_that_waits_has_no_step_until_it_begins(
    browser: Browser, town: Town, store: str
) -> None:
    sync = _begun(town, None, status=SyncStatus.QUEUED)
    person = browser("alice")
    page = person.get(_LIST).content.decode()
    assert "Starts when the syncs before it have ended" in page
    assert "<progress" not in page
    (address,) = _asked_for(page)
    assert _again(person, address)[0] == 204
    with connected(store, Role.WORKER):
        Sync.objects.filter(pk=sync.pk).update(status=SyncStatus.RUNNING)
    with connected(store, Role.WEB):
        piece = _again(person, address)[2]
    assert "Receiving files, step 1 of 6" in piece
    assert f'<span id="status-{sync.pk}" hx-swap-oob="true">' in piece


def test_a_page_without_unfinished_syncs_asks_for_nothing(browser: Browser, ended: Ended) -> None:
    sync = ended("north")
    for page in (f"{_LIST}?to=2026-11-24", f"{_LIST}{sync.pk}/"):
        assert _asked_for(browser("alice").get(page).content.decode()) == []
