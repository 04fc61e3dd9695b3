"""How pages look: as the person wants it, in type from our own server, and on paper."""

import pytest
from playwright.sync_api import Page, expect

from firstbell.store.models import District
from tests.browser.conftest import Visit
from tests.browser.portal import Portal

pytestmark = pytest.mark.slow

_WHITE, _NIGHT = "rgb(255, 255, 255)", "rgb(15, 22, 34)"


def _ground(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def _controls(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.documentElement).colorScheme"))


@pytest.mark.parametrize(
    ("wants", "dark", "ground", "controls"),
    [
        ("", False, _WHITE, "light"),
        ("", True, _NIGHT, "dark"),
        ("dark", False, _NIGHT, "dark"),
        ("light", True, _WHITE, "light"),
    ],
)
def test_a_page_is_light_or_dark_as_the_person_wants_it_or_else_as_the_system_is(
    seed: District,
    the_portal: Portal,
    visit: Visit,
    wants: str,
    dark: bool,
    ground: str,
    controls: str,
) -> None:
    person = the_portal.administrator(seed)
    with the_portal.at_work():
        person.theme = wants
        person.save(update_fields=["theme"])
    page = visit(person, dark=dark)
    assert (_ground(page), _controls(page)) == (ground, controls)
    page.emulate_media(media="print")
    assert _ground(page) == _WHITE


def test_all_that_a_page_needs_comes_from_our_own_server(
    seed: District, the_portal: Portal, visit: Visit
) -> None:
    page = visit(seed)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("rowheader").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sync of")
    page.evaluate("document.fonts.ready.then(() => null)")
    assert all(address.startswith(the_portal.url) for address in asked)
    for font in ("Hanken Grotesk", "Atkinson Hyperlegible Mono"):
        loaded = (
            "[...document.fonts].some(one => one.family.includes(name) && one.status === 'loaded')"
        )
        assert page.evaluate(f"name => {loaded}", font), font


def test_on_paper_all_causes_are_open_and_nothing_is_to_be_pressed(
    seed: District, visit: Visit
) -> None:
    page = visit(seed)
    page.get_by_role("rowheader").get_by_role("link").first.click()
    expect(page.locator("dd.fix").nth(1)).to_be_hidden()
    page.emulate_media(media="print", color_scheme="dark")
    for cause in page.locator("dd.fix").all():
        expect(cause).to_be_visible()
    expect(page.get_by_role("button")).to_have_count(0)
    expect(page.get_by_role("navigation", name="Manage")).to_be_hidden()
    expect(page.get_by_text("Maple County Schools")).to_be_visible()
    assert _ground(page) == _WHITE
