"""The story of an administrator who invites another one."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.fit import assert_fit
from tests.browser.portal import PASSWORD, Portal

pytestmark = pytest.mark.slow


def test_who_is_invited_chooses_a_password_and_sees_the_district(
    the_portal: Portal, visit: Visit, script: bool
) -> None:
    email = f"erin-{'with' if script else 'without'}@example.org"
    page = visit(the_portal.after_seed(), script=script)
    page.get_by_role("navigation", name="Manage").get_by_role("link", name="People").click()
    page.get_by_label("Email").fill(email)
    page.get_by_role("button", name="Invite", exact=True).click()
    sent = page.get_by_role("status")
    expect(sent).to_contain_text(f"{email} is invited")
    if script:
        assert_fit(page)
    link = sent.get_by_role("code").inner_text()

    joining = visit(script=script)
    joining.goto(link)
    expect(joining.get_by_text("You are invited to Maple County Schools")).to_be_visible()
    joining.get_by_label("New password", exact=True).fill(PASSWORD)
    joining.get_by_label("New password, again").fill("some other horse")
    joining.get_by_role("button", name="Save and join").click()
    expect(joining.get_by_role("alert")).to_contain_text("There is a problem")
    joining.get_by_label("New password", exact=True).fill(PASSWORD)
    joining.get_by_label("New password, again").fill(PASSWORD)
    joining.get_by_role("button", name="Save and join").click()
    expect(joining.get_by_role("heading", level=1)).to_have_text("Sync Reports")
    expect(joining.get_by_text("Maple County Schools").first).to_be_visible()
    page.reload()
    joining.goto(link)
    expect(joining.get_by_role("heading", level=1)).to_have_text(
        "This invitation does not work any more"
    )
    page.get_by_role("navigation", name="Manage").get_by_role("link", name="People").click()
    expect(page.get_by_role("row", name=email)).to_contain_text("Take out of the district")
