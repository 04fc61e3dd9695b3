"""The story of a specialist who moves a district from its folder to ClassLink."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from firstbell.store.models import District
from firstbell.store.sources import source_set
from simulator import Roster, simulated
from tests.browser.conftest import Visit, WorkOff
from tests.browser.fit import assert_fit
from tests.browser.portal import FIRST_NIGHT, Portal

pytestmark = pytest.mark.slow


def test_a_source_is_tested_previewed_saved_checked_and_its_first_sync_let_in(
    the_portal: Portal, visit: Visit, work_off: WorkOff, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(FIRST_NIGHT, tmp_path / "folder"))
    district = the_portal.district("1001")
    with the_portal.at_work():
        settings = {"path": str(folder)}
        source_set(district=district.slug, kind="folder", settings=settings, who="tests")
    specialist = the_portal.specialist()
    the_portal.second_factor(specialist)
    the_portal.open(specialist, district)
    page = visit(specialist)
    page.goto(f"{the_portal.url}/districts/{district.slug}/sync-reports/")
    _sync_now(page, work_off, district)
    page.get_by_role("navigation", name="Manage").get_by_role("link", name="Source").click()
    assert_fit(page)
    with simulated(Roster.read(folder)) as server:
        page.get_by_role("radio", name="ClassLink Roster Server").check()
        page.get_by_role("button", name="Go on").click()
        page.get_by_label("Address", exact=True).fill(server.base)
        page.get_by_label("Key", exact=True).fill(server.account.key)
        page.get_by_role("textbox", name="Secret").fill("wrong")
        page.get_by_role("button", name="Test and preview").click()
        expect(page.get_by_role("alert")).to_contain_text("the key or secret is wrong")
        assert_fit(page)
        page.get_by_role("textbox", name="Secret").fill(server.account.secret)
        page.get_by_role("button", name="Test and preview").click()
        expect(page.get_by_text("is held for review, whatever its numbers")).to_be_visible()
        assert_fit(page)
        page.get_by_role("button", name="Check the delivery first").click()
        work_off(district)
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_have_text("Check of the source")
        page.get_by_role("link", name="Preview of the source").click()
        page.get_by_role("button", name="Save this source").click()
        page.get_by_role("button", name="Check the delivery").click()
        work_off(district)
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_have_text("Check of the source")
        assert_fit(page)
        page.get_by_role("navigation", name="Manage").get_by_role(
            "link", name="Sync Reports"
        ).click()
        _sync_now(page, work_off, district)
    page.get_by_role("link", name="The first sync from another source waits").click()
    assert_fit(page)
    page.get_by_label("Reason").last.fill("Their records are the same.")
    page.get_by_label(f"Type {district.slug} to confirm").fill(district.slug)
    page.get_by_role("button", name="Apply anyway").click()
    work_off(district)
    page.get_by_role("navigation", name="Manage").get_by_role("link", name="Sync Reports").click()
    expect(
        page.get_by_role("table", name="Syncs, the newest first").get_by_role("row").nth(1)
    ).to_contain_text("Hold applied")


def _sync_now(page: Page, work_off: WorkOff, district: District) -> None:
    page.get_by_role("button", name="Sync now").click()
    work_off(district)
    page.get_by_role("navigation", name="Manage").get_by_role("link", name="Sync Reports").click()
