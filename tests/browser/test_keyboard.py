"""The pages by keyboard alone: where one is can be seen, and all that can be pressed is reached."""

import pytest
from playwright.sync_api import Page, expect

from firstbell.store.models import District
from tests.browser.conftest import Visit

pytestmark = pytest.mark.slow

_FOCUSED = "document.activeElement"
_LOOKS = f"""() => {{
    const style = getComputedStyle({_FOCUSED});
    const box = {_FOCUSED}.getBoundingClientRect();
    return {{
        outline: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
        ground: style.backgroundColor,
        seen: box.width > 0 && box.left >= 0 && box.top >= 0,
    }};
}}"""
_YELLOW = "rgb(255, 201, 51)"
_NAME = f"{_FOCUSED}.labels?.[0]?.innerText || {_FOCUSED}.innerText || {_FOCUSED}.ariaLabel || ''"


def _tabs(page: Page) -> list[str]:
    """Goes through a page with the Tab key; the names of what is reached, in order."""
    names: list[str] = []
    while True:
        page.keyboard.press("Tab")
        if page.evaluate(f"{_FOCUSED} === document.body"):
            return names
        names.append(page.evaluate(_NAME).split("\n")[0].strip())
        looks = page.evaluate(_LOOKS)
        assert looks["seen"], f"“{names[-1]}” has the focus and is not to be seen"
        assert looks["outline"] >= 3 or looks["ground"] == _YELLOW, f"“{names[-1]}” looks as before"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_tab_leads_through_the_page_in_its_order_and_shows_where_it_is(
    seed: District, visit: Visit, dark: bool
) -> None:
    names = _tabs(visit(seed, dark=dark))
    assert names[:2] == ["Skip to content", "First Bell"]
    in_order = [
        "Sync Reports",
        "How to fix The",
        "30 days",
        "From",
        "Show",
        "users_sync_report.csv",
    ]
    in_order[1] = next(name for name in names if name.startswith("How to fix"))
    places = [names.index(name) for name in in_order]
    assert places == sorted(places)


def test_the_skip_link_leads_over_the_bar_to_the_content(seed: District, visit: Visit) -> None:
    page = visit(seed)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate(f"document.querySelector('main').contains({_FOCUSED})")


def test_a_cause_is_opened_and_read_by_keyboard(seed: District, visit: Visit) -> None:
    page = visit(seed)
    page.get_by_role("link", name="How to fix").nth(1).focus()
    page.keyboard.press("Enter")
    cause = page.locator("details.cause").nth(2)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sync of")
    cause.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(cause.locator("dd.fix")).to_be_visible()
