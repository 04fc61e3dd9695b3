"""The seed's story: a district that ClassLink shares finds out what is wrong, mends it, and is done."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from firstbell.jobs.night import next_night
from firstbell.jobs.tasks import queue_due
from firstbell.sources.kind import settings_from, values_of
from firstbell.sources.rest.kinds import CLASSLINK
from firstbell.store.models import Class, District, Org, Sync, User
from firstbell.store.schedules import schedule_of
from firstbell.store.sources import source_set
from simulator import Roster, Simulator, classlink, simulated
from tests.browser.conftest import Visit, WorkOff
from tests.browser.portal import FIRST_DAY, FIRST_NIGHT, NEXT_DAY, NEXT_NIGHT, PRODUCT, Portal

pytestmark = pytest.mark.slow

#: The one row of each report. The teacher has no email and so is not known in the class; nobody
#: teaches the other class; the school is not onboarded.
_REPORTS = {
    "users": "1234,email,Failure,email is required for users with “teacher” or “administrator” roles",
    "classes": "1234,subject,Failure,primary teacher is required",
    "orgs": f'1234,school,Failure,"school is not onboarded in {PRODUCT}, school and all associated '
    'records will not be synced"',
    "enrollments": "1234,userSourcedId,Failure,userSourcedId not found in our system",
}


def test_what_the_first_night_could_not_create_is_created_the_next_night(
    the_portal: Portal, visit: Visit, work_off: WorkOff, tmp_path: Path
) -> None:
    district = the_portal.district("1001")
    with simulated(Roster.read(FIRST_NIGHT), classlink(FIRST_DAY)) as server:
        _connect(the_portal, district, server)
        _night(the_portal, work_off, district, FIRST_DAY)

        page = visit(district)
        page.get_by_role("link", name="Manage").click()
        _sync_reports(page)
        newest = page.get_by_role("table", name="Syncs, the newest first").get_by_role("row").nth(1)
        expect(newest.get_by_role("rowheader")).to_contain_text("Completed with Errors")
        for name, row in _REPORTS.items():
            assert _report(page, f"{name}_sync_report.csv", tmp_path) == [row]

        newest.get_by_role("link", name="Completed with Errors").click()
        expect(page.get_by_text("read from ClassLink").first).to_be_visible()
        expect(page.get_by_text("Your specialist acts").first).to_be_visible()

        server.become(Roster.read(NEXT_NIGHT))
        the_portal.onboard(district, "1234")
        work_off(district)
        _night(the_portal, work_off, district, NEXT_DAY)

    _sync_reports(page)
    newest = page.get_by_role("table", name="Syncs, the newest first").get_by_role("row").nth(1)
    expect(newest.get_by_role("rowheader")).to_contain_text("Completed")
    expect(newest).not_to_contain_text("with Errors")
    expect(newest).to_contain_text("None: no errors")
    newest.get_by_role("link", name="Completed").click()
    page.get_by_role("link", name="See all").click()
    changes = page.get_by_role("table", name="Changes, table by table and by id")
    for what in ("User", "Class", "Enrollment"):
        expect(changes.get_by_role("row", name=what).filter(has_text="Created")).not_to_have_count(
            0
        )
    page.get_by_role("navigation", name="Manage").get_by_role("link", name="Schools").click()
    expect(page.get_by_role("row", name="Cedar Elementary")).to_contain_text("Onboarded")
    with the_portal.at_work():
        for kind in (User, Class, Org):
            its = kind.objects.filter(district=district, sourced_id="1234", deactivated_at=None)
            assert its.exists(), kind


def _connect(the_portal: Portal, district: District, server: Simulator) -> None:
    values = {"address": server.base, "key": server.account.key}
    with the_portal.at_work():
        source_set(
            district=district.slug,
            kind=CLASSLINK.name,
            settings=values_of(settings_from(CLASSLINK, values)),
            secret=server.account.secret,
            who="tests",
        )


def _night(the_portal: Portal, work_off: WorkOff, district: District, day: date) -> None:
    """The next night of the district comes, and is judged as of a day of the example."""
    with the_portal.at_work():
        found = District.objects.get(pk=district.pk)
        last = Sync.objects.filter(district=found).exclude(night=None).order_by("night").last()
        after = timezone.now() + timedelta(days=1 if last else 0)
        night = next_night(schedule_of(found), after, found.pk)
        assert night
        queue_due(night.starts_at)
        Sync.objects.filter(district=found, night=night.day).update(as_of=day)
    work_off(district)


def _sync_reports(page: Page) -> None:
    page.get_by_role("navigation", name="Manage").get_by_role("link", name="Sync Reports").click()


def _report(page: Page, name: str, folder: Path) -> list[str]:
    """The rows of a report, without its header."""
    with page.expect_download() as download:
        page.get_by_role("link", name=name).first.click()
    download.value.save_as(folder / name)
    header, *rows = (folder / name).read_text("utf-8-sig").splitlines()
    assert header == "SourcedId,Field,Status,Error Message"
    return rows
