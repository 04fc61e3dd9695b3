"""The story of a new specialist, from the command that adds one to the second sign-in."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.codes import sign_in, type_code
from tests.browser.conftest import Visit
from tests.browser.fit import assert_fit
from tests.browser.portal import PASSWORD, Portal
from tests.cli.command import firstbell

pytestmark = pytest.mark.slow


def test_a_new_specialist_sets_up_a_second_factor_and_sees_nothing_before(
    the_portal: Portal, visit: Visit, script: bool, tmp_path: Path
) -> None:
    email = f"sam-{'with' if script else 'without'}@example.org"
    added = firstbell(
        *("person", "add", email, "--specialist", "--data-dir", the_portal.data),
        folder=tmp_path,
        **the_portal.environment,
    )
    page = visit(script=script)
    page.goto(added.out.strip())
    if script:
        assert_fit(page)
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password, again").fill(PASSWORD)
    page.get_by_role("button", name="Save and sign in").click()

    set_up = page.get_by_role("heading", level=1, name="Set up a second factor")
    expect(set_up).to_be_visible()
    for closed in ("/", "/console/districts/", "/console/requests/", "/account/", "/help/"):
        page.goto(closed)
        expect(set_up).to_be_visible()
    expect(page.get_by_role("img", name="Picture for the app").locator("svg")).to_be_visible()
    secret = page.locator("code.key-of").inner_text().replace(" ", "")
    type_code(page, "Code of the app", "Set up", secret)
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    expect(page.locator("ul.codes li")).to_have_count(10)
    spare = page.locator("ul.codes li").first.inner_text()
    page.get_by_role("link", name="I have kept them; go on").click()
    expect(page.get_by_role("navigation", name="Console")).to_be_visible()

    for code in ("of the app", "spare"):
        page.goto("/account/")
        page.get_by_role("button", name="Sign out").click()
        sign_in(page, email)
        page.goto("/console/districts/")
        expect(page.get_by_role("heading", level=1)).to_have_text("Sign in with a code")
        if code == "spare":
            page.get_by_label("Code").fill(spare)
            page.get_by_role("button", name="Sign in", exact=True).click()
        else:
            type_code(page, "Code", "Sign in", secret)
        expect(page.get_by_role("navigation", name="Console")).to_be_visible()
