"""Takes the screenshots of docs/screenshots from a portal that runs.

`python -m docs.screenshots http://localhost:8000 EMAIL PASSWORD` signs in as an administrator of one
district, whose last 30 days should have a sync of each status and a hold. With a CODE behind them it
signs in as a specialist, whose second factor it is, and takes the pages that only specialists have.
`firstbell demo` prints all of that.
"""

import argparse
import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser.chromium import chromium

FOLDER = Path(__file__).parent / "screenshots"
#: Nobody looks at more of a page than this.
_TALLEST = 1800

#: Where a specialist adds a district.
_NEW = "/console/districts/new/"

#: PNG of a page is four times as large. The browser that drew the page also writes this.
_AS_WEBP = """async (png) => {
    const image = new Image();
    image.src = "data:image/png;base64," + png;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.width, image.height];
    canvas.getContext("2d").drawImage(image, 0, 0);
    return canvas.toDataURL("image/webp", 0.6).split(",")[1];
}"""


@dataclass(frozen=True, slots=True)
class Look:
    """How a page is looked at."""

    width: int
    dark: bool

    @property
    def name(self) -> str:
        """As the files are called behind the name of the page."""
        return f"{self.width}-{'dark' if self.dark else 'light'}"


LOOKS = tuple(Look(width, dark) for width in (1280, 320) for dark in (False, True))


def take(
    browser: Browser,
    portal: str,
    email: str,
    password: str,
    folder: Path,
    looks: Sequence[Look] = LOOKS,
    code: str = "",
) -> list[Path]:
    """Takes a screenshot of each page in each look.

    Args:
        browser: draws them.
        portal: the address of the portal.
        email: of the person who signs in.
        password: of that person.
        folder: where the files go.
        looks: how each page is looked at.
        code: of the second factor of a specialist; empty: the person is an administrator.

    Returns:
        The files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(base_url=portal)
    page, writer = context.new_page(), context.new_page()
    _sign_in(page, email, password, code)
    taken = []
    for name, address in list(_specialists_pages(page) if code else _pages(page)):
        for look in looks:
            page.set_viewport_size({"width": look.width, "height": 800})
            page.emulate_media(color_scheme="dark" if look.dark else "light")
            page.goto(address)
            page.evaluate("document.fonts.ready.then(() => null)")
            file = folder / f"{name}-{look.name}.webp"
            png = base64.b64encode(_drawn(page, look.width)).decode()
            file.write_bytes(base64.b64decode(writer.evaluate(_AS_WEBP, png)))
            taken.append(file)
    context.close()
    return taken


def _sign_in(page: Page, email: str, password: str, code: str) -> None:
    page.goto("/sign-in/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    if code:
        page.get_by_label("Code").fill(code)
        page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("heading", name="Districts" if code else "Sync Reports").first.wait_for()


def _pages(page: Page) -> Iterator[tuple[str, str]]:
    """The name and the address of each page: those of a district's tabs, of its syncs, and a rule."""
    tabs = page.get_by_role("navigation", name="Manage").get_by_role("link").all()
    for tab, address in [(tab.inner_text(), _address(tab.get_attribute("href"))) for tab in tabs]:
        yield tab.lower().replace(" ", "-"), address
    listed = page.url
    for name, status in (
        ("sync-completed", "Completed"),
        ("sync-with-errors", "Completed with Errors"),
        ("sync-failed", "Failed"),
    ):
        page.goto(f"{listed}?status={status}")
        of_sync = _address(page.locator(".syncs a.tosync").first.get_attribute("href"))
        yield name, of_sync
        if name == "sync-with-errors":
            yield "findings", f"{of_sync}findings/"
    page.goto(listed)
    held = page.locator(".syncs tr", has_text="held").first.locator("a.tosync")
    page.goto(_address(held.get_attribute("href")))
    yield "sync-held", page.url
    yield "hold", _address(page.locator('main a[href$="/hold/"]').first.get_attribute("href"))
    yield "rule", "/help/rules/users.email_required/"


def _specialists_pages(page: Page) -> Iterator[tuple[str, str]]:
    """The name and the address of each page of the console, and of pages of its districts."""
    yield "console-districts", page.url
    district = _address(page.locator(".console tbody a").first.get_attribute("href"))
    _open(page, district)
    page.get_by_role("link", name="Schools", exact=True).click()
    yield "console-schools", page.url
    yield "console-new-district", _NEW
    yield "before-first-sync", _syncs_of_new_district(page)


def _syncs_of_new_district(page: Page) -> str:
    """The address of a district without a sync; the district is added unless it is there."""
    page.goto(_NEW)
    page.get_by_label("Name").fill("Sandpiper Bay Schools")
    page.get_by_label("Time zone").select_option("America/Los_Angeles")
    page.get_by_label("Source").select_option("upload")
    page.get_by_role("button", name="Add the district").click()
    syncs = "/districts/sandpiper-bay-schools/sync-reports/"
    _open(page, syncs)
    return syncs


def _open(page: Page, address: str) -> None:
    """Goes to a page of a district, and says why if that is asked."""
    page.goto(address)
    if "/open/" in page.url:
        page.locator("main").get_by_role("textbox").fill("To take screenshots")
        page.get_by_role("button", name="Open the district").click()


def _address(found: str | None) -> str:
    assert found, "the portal has no such page"  # noqa: S101
    return found


def _drawn(page: Page, width: int) -> bytes:
    tall = int(page.evaluate("document.documentElement.scrollHeight"))
    clip = {"x": 0, "y": 0, "width": width, "height": min(tall, _TALLEST)}
    return page.screenshot(full_page=True, clip=clip)  # type: ignore[arg-type]


def main() -> None:
    """Take them all."""
    asked = argparse.ArgumentParser(description="Takes the screenshots of docs/screenshots.")
    for name in ("address", "email", "password"):
        asked.add_argument(name)
    asked.add_argument("code", nargs="?", default="")
    given = asked.parse_args()
    with chromium() as browser:
        take(browser, given.address, given.email, given.password, FOLDER, code=given.code)


if __name__ == "__main__":
    main()
