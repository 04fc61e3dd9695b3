"""The browser that the tests drive: Debian's Chromium, or else Playwright's own."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Error, sync_playwright

_NONE = (
    "There is no Chromium: let make test install it, install Debian's package chromium or run"
    " playwright install chromium, or name one in FIRSTBELL_CHROMIUM."
)


class NoChromium(Exception):
    """There is none on this machine."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser that runs while the block does; raises NoChromium when there is none."""
    named = os.environ.get("FIRSTBELL_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=named)
        except Error as error:
            if "doesn't exist" in error.message or "ENOENT" in error.message:
                raise NoChromium(_NONE) from None
            raise
        with browser:
            yield browser
