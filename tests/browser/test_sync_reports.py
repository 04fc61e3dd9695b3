"""Stories of an administrator with the reports of a sync, each told with and without JavaScript."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from firstbell.store.models import District
from tests.browser.conftest import Visit, WorkOff
from tests.browser.portal import (
    FIRST_DAY,
    FIRST_NIGHT,
    NEXT_DAY,
    NEXT_NIGHT,
    PASSWORD,
    PRODUCT,
    Portal,
)
from tests.cli.command import firstbell

pytestmark = pytest.mark.slow

REPORTS = [f"{name}_sync_report.csv" for name in ("users", "classes", "orgs", "enrollments")]


def test_an_administrator_signs_in_and_finds_last_nights_reports_under_manage(
    seed: District, the_portal: Portal, visit: Visit, script: bool
) -> None:
    person = the_portal.administrator(seed)
    page = visit(script=script)
    page.get_by_label("Email").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Manage").click()
    tabs = page.get_by_role("navigation", name="Manage")
    tabs.get_by_role("link", name="Sync Reports").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sync Reports")
    table = page.get_by_role("table", name="Syncs, the newest first")
    heads = table.get_by_role("columnheader").all_inner_texts()
    assert [heads[n] for n in (0, 1, -1)] == ["Sync Status", "Completion Date", "Sync Reports"]
    row = table.get_by_role("row").nth(1)
    expect(row.get_by_role("rowheader")).to_contain_text("Completed with Errors")
    assert row.get_by_role("link", name="sync_report.csv").all_inner_texts() == REPORTS


def test_a_report_opens_as_the_file_that_check_writes_from_the_same_feed(
    seed: District, visit: Visit, script: bool, tmp_path: Path
) -> None:
    page = visit(seed, script=script)
    for name in REPORTS:
        with page.expect_download() as download:
            page.get_by_role("link", name=name).first.click()
        assert download.value.suggested_filename == name
        download.value.save_as(tmp_path / "portal" / name)
    onboarded = FIRST_NIGHT.parent / "onboarded.txt"
    firstbell(
        *("check", FIRST_NIGHT, "--onboarded", onboarded, "--as-of", FIRST_DAY.isoformat()),
        *("--product", PRODUCT, "--out", "check"),
        folder=tmp_path,
    )
    for name in REPORTS:
        of_portal = (tmp_path / "portal" / name).read_bytes()
        assert of_portal == (tmp_path / "check" / name).read_bytes()
        assert b"1234" in of_portal


def test_a_list_comes_without_the_page_and_the_place_is_kept(seed: District, visit: Visit) -> None:
    page = visit(seed, script=True)
    page.evaluate("document.body.dataset.same = 'page'")
    page.get_by_role("link", name="90 days").click()
    expect(page).to_have_url(re.compile(r"\?from="))
    expect(page.get_by_role("link", name="90 days")).to_be_focused()
    page.get_by_label("Sync Status").select_option("Failed")
    expect(page).to_have_url(re.compile("status=Failed"))
    expect(page.get_by_text("No such syncs between")).to_be_visible()
    assert page.evaluate("document.body.dataset.same") == "page"
    page.go_back()
    expect(page.get_by_label("Sync Status")).to_have_value("")


def test_a_list_says_that_it_is_coming_and_one_that_does_not_come_is_not_waited_for(
    seed: District, visit: Visit
) -> None:
    page, asked = visit(seed, script=True), []

    def broken(route: Route) -> None:
        asked.append(page.locator("#content").get_attribute("aria-busy"))
        route.fulfill(status=500, body="")

    page.route(re.compile("status=Failed"), broken, times=1)
    page.get_by_label("Sync Status").select_option("Failed")
    expect(page.get_by_text("No such syncs between")).to_be_visible()
    assert asked == ["true"]
    expect(page.locator("#content")).not_to_have_attribute("aria-busy", "true")


def test_the_days_of_the_filter_are_in_the_address(
    seed: District, visit: Visit, script: bool
) -> None:
    page = visit(seed, script=script)
    page.get_by_label("From").fill("2026-10-01")
    page.get_by_label("To", exact=True).fill("2026-10-05")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("No syncs between Oct 1, 2026 and Oct 5, 2026.")).to_be_visible()
    assert "from=2026-10-01&to=2026-10-05" in page.url
    page.reload()
    expect(page.get_by_label("From")).to_have_value("2026-10-01")
    page.get_by_role("link", name="Show the last 30 days").click()
    expect(page.get_by_role("rowheader", name="Completed with Errors")).to_be_visible()


def test_one_click_leads_to_how_the_biggest_problem_is_fixed(
    seed: District, visit: Visit, script: bool
) -> None:
    page = visit(seed, script=script)
    page.get_by_role("link", name="How to fix").first.click()
    expect(page.locator("dt", has_text="How to fix").first).to_be_visible()
    expect(page.locator("dd.fix").first).to_be_visible()


def test_what_is_fixed_in_the_sis_comes_in_with_the_next_night(
    the_portal: Portal, visit: Visit, script: bool
) -> None:
    district = the_portal.after_seed()
    page = visit(district, script=script)
    expect(page.get_by_role("heading", name="Fix first")).to_be_visible()
    the_portal.onboard(district, "1234")
    the_portal.night(district, NEXT_NIGHT, NEXT_DAY)
    page.reload()
    expect(page.get_by_role("heading", name="Fix first")).to_be_hidden()
    first = page.get_by_role("table", name="Syncs, the newest first").get_by_role("row").nth(1)
    expect(first).to_contain_text("None: no errors")
    first.get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Resolved since the sync before")).to_be_visible()
    expect(page.locator("p.lead").first).to_contain_text("Completed")


def test_a_hold_is_applied_by_typing_its_number_and_the_reason_is_kept(
    the_portal: Portal, visit: Visit, work_off: WorkOff, script: bool, tmp_path: Path
) -> None:
    district = the_portal.held(tmp_path)
    page = visit(district, script=script)
    page.get_by_role("link", name="for you to decide").click()
    expect(page.get_by_role("heading", name="would lose access")).to_be_visible()
    letting_in = page.get_by_role("region", name="They really left")
    letting_in.get_by_label("Reason").fill("They moved to another district.")
    letting_in.get_by_label("Type 4 to confirm").fill("5")
    letting_in.get_by_role("button", name="Apply anyway").click()
    expect(page.get_by_role("alert")).to_contain_text("There is a problem")
    expect(letting_in.get_by_label("Reason")).to_have_value("They moved to another district.")
    letting_in.get_by_label("Type 4 to confirm").fill("4")
    letting_in.get_by_role("button", name="Apply anyway").click()
    work_off(district)
    page.reload()
    expect(page.get_by_text("They moved to another district.")).to_be_visible()
    page.get_by_role("navigation", name="Manage").get_by_role("link", name="Sync Reports").click()
    expect(page.get_by_role("row", name="Hold applied")).to_contain_text("Completed")
