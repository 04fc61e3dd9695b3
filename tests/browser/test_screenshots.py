"""The command that takes the screenshots of the docs finds every page that it shows."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from docs.screenshots import Look, take
from tests.browser.portal import PASSWORD, Portal

pytestmark = pytest.mark.slow


def test_a_screenshot_is_taken_of_every_page_that_the_docs_show(
    browser: Browser, the_portal: Portal, tmp_path: Path
) -> None:
    person = the_portal.administrator(the_portal.held(tmp_path))
    taken = take(
        browser, the_portal.url, person.email, PASSWORD, tmp_path / "taken", [Look(320, dark=True)]
    )
    names = {file.name.removesuffix("-320-dark.webp") for file in taken}
    assert {"sync-reports", "sync-with-errors", "hold", "findings", "rule"} <= names
    assert all(file.read_bytes()[8:12] == b"WEBP" for file in taken)
