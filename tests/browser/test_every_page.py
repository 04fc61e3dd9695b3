"""What holds for every page of the URLconf, in every state of a sync: it is fit for everybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.template.loader import render_to_string
from playwright.sync_api import APIResponse, Page, Route

from firstbell.store.models import District, Person, Sync, Trigger
from firstbell.store.syncs import sync_create
from tests.browser.addresses import PAGES, addresses_of
from tests.browser.conftest import Visit
from tests.browser.portal import (
    Portal,
)
from tests.servers import new_folder

pytestmark = pytest.mark.slow

_ALL = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
_CONTRAST = {"resultTypes": ["violations"], "runOnly": ["color-contrast"]}
_OPEN = "document.querySelectorAll('details').forEach(one => one.open = true)"
_TOO_WIDE = """() => {
    const wide = document.documentElement.clientWidth;
    return document.documentElement.scrollWidth <= wide ? [] :
        [...document.querySelectorAll("body *")]
            .filter(one => one.getBoundingClientRect().right > wide)
            .map(one => one.outerHTML.slice(0, 100));
}"""
#: They have no address of their own.
_WRONG = ("400", "403", "403_csrf", "404", "429", "500")


@dataclass(frozen=True)
class Standing:
    """Districts with a sync in every state, and those who see them."""

    districts: Mapping[District, Sequence[Sync]]
    people: Sequence[Person]

    def addresses_of(self, name: str) -> list[str]:
        """All addresses of a page."""
        return list(
            chain.from_iterable(
                addresses_of(name, _values(district, syncs))
                for district, syncs in self.districts.items()
            )
        )


def _values(district: District, syncs: Sequence[Sync]) -> Mapping[str, Sequence[object]]:
    """By name, what may stand in the address of a page."""
    return {
        "slug": [district.slug],
        "sync": [sync.pk for sync in syncs],
        "name": ["users_sync_report.csv"],
        "code": ["users.email_required", "users.row_unreadable"],
        "table": ["users"],
        "row": ["5"],
        "uidb36": ["1"],
        "key": ["no-such-key"],
    }


@pytest.fixture(scope="session")
def standing(the_portal: Portal, seed: District) -> Standing:
    waiting = the_portal.district("1001")
    with new_folder() as room:
        held = the_portal.held(room)
    with the_portal.at_work():
        syncs = {one: list(Sync.objects.filter(district=one)) for one in (seed, held)}
        queued = sync_create(district=waiting, trigger=Trigger.NOW)
    people = (the_portal.administrator(seed, held, waiting), the_portal.specialist())
    return Standing({**syncs, waiting: [queued]}, people)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_fit_for_everybody(name: str, standing: Standing, visit: Visit) -> None:
    seen = 0
    open_for = standing.addresses_of(name)
    for whose in (*standing.people, None):
        page = visit(whose)
        for address in list(open_for):
            answer = page.request.get(address, max_redirects=0)
            if answer.status not in (302, 404):
                open_for.remove(address)
                seen += 1
            if answer.status == 200 and _is_page(answer):
                page.goto(address)
                _check(page)
    assert seen or name in _LEADS_ON, f"nobody sees “{name}”: say who in test_every_page.py"


#: Pages that only lead to others.
_LEADS_ON: frozenset[str] = frozenset()


@pytest.mark.parametrize("name", _WRONG)
def test_pages_for_what_goes_wrong_are_fit_for_everybody(name: str, visit: Visit) -> None:
    page = visit()
    body = render_to_string(f"{name}.html")

    def answer(route: Route) -> None:
        route.fulfill(body=body, content_type="text/html")

    page.route("**/wrong/", answer)
    page.goto("/wrong/")
    _check(page)


def _is_page(answer: APIResponse) -> bool:
    """Whether it is neither a file nor a piece that htmx puts into a page."""
    return answer.body().startswith(b"<!doctype html>")


def _check(page: Page) -> None:
    """No violation that axe finds in light and dark, and nothing to scroll sideways at 320 px."""
    page.evaluate(_OPEN)
    assert _violations(page, _ALL) == []
    page.emulate_media(color_scheme="dark")
    assert _violations(page, _CONTRAST) == []
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate(_TOO_WIDE) == []
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 800})


def _violations(page: Page, options: dict[str, Any]) -> list[str]:
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{page.url}: {one['id']} at {node['target']}: {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
    ]
