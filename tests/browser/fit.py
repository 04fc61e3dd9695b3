"""What makes a page fit for everybody: axe, in light and dark, and the narrowest screen."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

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


def assert_fit(page: Page) -> None:
    """No violation that axe finds in light and dark, and nothing to scroll sideways at 320 px.

    All that can be folded is open behind it.
    """
    page.evaluate(_OPEN)
    assert _violations(page, _ALL) == []
    page.emulate_media(color_scheme="dark")
    assert _violations(page, _CONTRAST) == []
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate(_TOO_WIDE) == [], page.url
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 800})


def _violations(page: Page, options: dict[str, Any]) -> list[str]:
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{page.url}: {one['id']} at {node['target']}: {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
    ]
