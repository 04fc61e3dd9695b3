"""Stories of an administrator who sets the nights of a district."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.fit import assert_fit
from tests.browser.portal import Portal

pytestmark = pytest.mark.slow

_STANDS_BETWEEN = """error => {
    const [field, label] = [error.parentElement.querySelector("input"), error.parentElement.querySelector("label")];
    const top = one => one.getBoundingClientRect().top;
    return top(label) < top(error) && top(error) < top(field);
}"""


def _part(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def test_the_nights_are_paused_and_resumed_and_a_day_is_taken_off(
    the_portal: Portal, visit: Visit, script: bool
) -> None:
    page = visit(the_portal.after_seed(), script=script)
    page.get_by_role("navigation", name="Manage").get_by_role("link", name="Settings").click()
    nights, days = _part(page, "Nightly sync"), _part(page, "Days without a sync")
    nights.get_by_label("First day with a sync again").fill("2028-08-14")
    nights.get_by_role("button", name="Pause").click()
    expect(nights.get_by_role("status")).to_have_text("Nightly syncs are paused.")
    expect(nights.get_by_text("Paused until Mon, Aug 14, 2028")).to_be_visible()
    nights.get_by_role("button", name="Resume").click()
    expect(nights.get_by_role("status")).to_contain_text("Nightly syncs are resumed")
    days.get_by_label("First day").fill("2027-12-24")
    days.get_by_label("Last day").fill("2027-12-25")
    days.get_by_role("button", name="Add").click()
    expect(days.get_by_role("status")).to_have_text("The days are added.")
    days.get_by_role("checkbox", name="Fri, Dec 24, 2027").check()
    days.get_by_role("button", name="Remove the chosen days").click()
    expect(days.get_by_role("checkbox")).to_have_count(1)
    expect(days.get_by_role("checkbox", name="Sat, Dec 25, 2027")).to_be_visible()


def test_times_that_cannot_be_are_told_between_the_label_and_the_field(
    the_portal: Portal, visit: Visit, script: bool
) -> None:
    page = visit(the_portal.after_seed(), script=script)
    page.get_by_role("navigation", name="Manage").get_by_role("link", name="Settings").click()
    times = _part(page, "When the sync runs")
    times.get_by_label("Starts at the earliest").fill("01:00")
    times.get_by_label("Starts at the latest").fill("03:00")
    times.get_by_label("Ready by").fill("02:00")
    times.get_by_role("button", name="Save the times").click()
    expect(page.get_by_role("alert")).to_contain_text("There is a problem")
    assert page.title().startswith("Error:")
    error = times.get_by_text("cannot be ready by 2 a.m.")
    expect(error).to_be_visible()
    assert error.locator("xpath=ancestor::div[1]").evaluate(_STANDS_BETWEEN)
    if script:
        assert_fit(page)
    page.get_by_role("alert").get_by_role("link").click()
    expect(times.get_by_label("Ready by")).to_be_focused()
    times.get_by_label("Ready by").fill("06:30")
    times.get_by_role("button", name="Save the times").click()
    expect(times.get_by_role("status")).to_have_text("The times are saved.")
    expect(times.get_by_label("Ready by")).to_have_value("06:30")
