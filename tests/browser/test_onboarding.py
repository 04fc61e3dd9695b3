"""The story of a school that an administrator asks for and a specialist onboards."""

import pytest
from playwright.sync_api import expect

from tests.browser.codes import sign_in, type_code
from tests.browser.conftest import Visit, WorkOff
from tests.browser.fit import assert_fit
from tests.browser.portal import NEXT_DAY, NEXT_NIGHT, Portal

pytestmark = pytest.mark.slow


def test_a_school_is_asked_for_and_onboarded_and_comes_in_from_the_last_feed(
    the_portal: Portal, visit: Visit, work_off: WorkOff, script: bool
) -> None:
    district = the_portal.district("1001")
    the_portal.night(district, NEXT_NIGHT, NEXT_DAY)
    asking = visit(district, script=script)
    asking.get_by_role("link", name="Completed with Errors").click()
    cause = asking.locator("details.cause", has_text="Cedar Elementary")
    if cause.get_attribute("open") is None:
        cause.locator("summary").click()
    cause.get_by_role("button", name="Ask for this school").click()
    expect(asking.get_by_text("by Dana Ortiz")).to_be_visible()
    work_off(district)

    specialist = the_portal.specialist()
    secret = the_portal.second_factor(specialist)
    page = visit(script=script)
    sign_in(page, specialist.email)
    type_code(page, "Code", "Sign in", secret)
    page.get_by_role("navigation", name="Console").get_by_role("link", name="Requests").click()
    request = page.get_by_role("row", name=district.name).filter(has_text="Cedar Elementary").last
    expect(request).not_to_contain_text("not judged yet")
    request.get_by_role("link", name="Look, and onboard").click()
    page.get_by_role("button", name="Open the district").click()
    page.get_by_label("Why do you open this district?").fill("They asked for Cedar Elementary.")
    page.get_by_role("button", name="Open the district").click()
    page.get_by_role("checkbox", name="Cedar Elementary").check()
    if script:
        expect(page.get_by_text("1 selected:")).to_be_visible()
    page.get_by_role("button", name="Onboard selected").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Onboard 1 school")
    if script:
        assert_fit(page)
    page.get_by_role("button", name="Onboard", exact=True).click()
    work_off(district)

    asking.get_by_role("navigation", name="Manage").get_by_role("link", name="Sync Reports").click()
    syncs = asking.get_by_role("table", name="Syncs, the newest first").get_by_role("row")
    expect(syncs).to_have_count(3)
    expect(syncs.nth(2)).to_contain_text("Completed with Errors")
    expect(syncs.nth(1)).to_contain_text("None: no errors")
    asking.get_by_role("navigation", name="Manage").get_by_role("link", name="Schools").click()
    school = asking.get_by_role("row", name="Cedar Elementary")
    expect(school).to_contain_text("Onboarded")
