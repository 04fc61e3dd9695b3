"""Stories of an administrator who uploads a roster."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, WorkOff
from tests.browser.portal import FIRST_NIGHT, Portal

pytestmark = pytest.mark.slow


def _choose(page: Page, *files: Path) -> None:
    page.get_by_role("navigation", name="Manage").get_by_role("link", name="Upload").click()
    page.get_by_label("Choose a .zip, or the CSV files together").set_input_files(files)


def test_uploaded_files_are_checked_and_then_synced(
    the_portal: Portal, visit: Visit, work_off: WorkOff, script: bool, tmp_path: Path
) -> None:
    district = the_portal.of_uploads("1001")
    page = visit(district, script=script)
    _choose(page, *FIRST_NIGHT.glob("*.csv"))
    if script:
        chosen = page.get_by_role("table").filter(has_text="users.csv").first
        expect(chosen.get_by_role("row", name="users.csv")).to_contain_text("Users")
    page.get_by_role("button", name="Check only").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check of uploaded files")
    work_off(district)
    if not script:
        page.reload()
    expect(page.get_by_role("heading", name="What to fix, biggest first")).to_be_visible()
    expect(page.locator("dd.fix").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="users_sync_report.csv").click()
    download.value.save_as(tmp_path / "report.csv")
    assert b"1234" in (tmp_path / "report.csv").read_bytes()
    tabs = page.get_by_role("navigation", name="Manage")
    tabs.get_by_role("link", name="Sync Reports").click()
    expect(page.get_by_role("table", name="Syncs, the newest first")).to_have_count(0)
    page.go_back()
    page.get_by_role("button", name="Sync these files now").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sync of")
    work_off(district)
    page.get_by_role("navigation", name="Manage").get_by_role("link", name="Sync Reports").click()
    row = page.get_by_role("table", name="Syncs, the newest first").get_by_role("row").nth(1)
    expect(row.get_by_role("rowheader")).to_contain_text("Completed with Errors")


def test_an_upload_is_cancelled_while_it_runs(the_portal: Portal, visit: Visit) -> None:
    page = visit(the_portal.of_uploads("1001"))
    _choose(page, *FIRST_NIGHT.glob("*.csv"))
    page.route("**/upload/", lambda _: None)
    page.get_by_role("button", name="Sync now").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#said")).to_have_text("The upload was cancelled. Nothing was kept.")
    expect(page.get_by_role("button", name="Check only")).to_be_visible()
