"""What test_every_page.py does not come by: pages as they are for some people, or for some time."""

import re
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from firstbell.jobs.run import run_sync
from firstbell.reports.order import Step
from firstbell.store.attempts import attempt_begin, attempt_is_at
from firstbell.store.holds import hold_apply, hold_dismiss
from firstbell.store.models import District, Sync, Trigger
from firstbell.store.syncs import sync_create
from tests.browser.conftest import Visit
from tests.browser.fit import assert_fit
from tests.browser.portal import HELD_DAY, NEXT_DAY, NEXT_NIGHT, Portal

pytestmark = pytest.mark.slow


def test_the_steps_before_the_first_sync_are_fit_for_everybody(
    the_portal: Portal, visit: Visit
) -> None:
    page = visit(the_portal.of_uploads("1001"))
    expect(page.get_by_text("2 of 4 steps done")).to_be_visible()
    assert_fit(page)


def test_a_sync_that_runs_and_one_that_waits_for_it_are_fit_for_everybody(
    the_portal: Portal, visit: Visit
) -> None:
    district = the_portal.after_seed()
    with the_portal.at_work():
        running = sync_create(district=district, trigger=Trigger.NOW)
        attempt_begin(running)
        attempt_is_at(running, Step.CHECKING)
        sync_create(district=district, trigger=Trigger.NOW)
    page = visit(district)
    expect(page.get_by_text("Starts when the syncs before it have ended")).to_be_visible()
    assert_fit(page)
    page.goto(reverse("sync", args=[district.slug, running.pk]))
    expect(page.get_by_text("Checking records, step 3 of 6")).to_be_visible()
    assert_fit(page)


def test_a_hold_that_is_over_is_fit_for_everybody_whatever_ended_it(
    the_portal: Portal, visit: Visit, tmp_path: Path
) -> None:
    district = the_portal.held(tmp_path)
    with the_portal.at_work():
        ended = Sync.objects.filter(district=district).latest("pk")
    dismissed = _held_again(the_portal, district, tmp_path)
    with the_portal.at_work():
        hold_dismiss(district=district.slug, reason="A broken export.", who="Dana Ortiz")
    applied = _held_again(the_portal, district, tmp_path)
    with the_portal.at_work():
        run_sync(hold_apply(district=district.slug, reason="", who="Dana Ortiz"), None)
    page = visit(district)
    for sync, said in (
        (ended, "Nobody decided"),
        (dismissed, "Dismissed by Dana Ortiz: A broken export."),
        (applied, "Applied by Dana Ortiz"),
    ):
        page.goto(reverse("hold", args=[district.slug, sync.pk]))
        expect(page.get_by_text(said)).to_be_visible()
        assert_fit(page)


def test_a_refused_sync_and_the_decision_on_it_are_fit_for_everybody(
    the_portal: Portal, visit: Visit, tmp_path: Path
) -> None:
    district = the_portal.district("1001", "1234", least=1)
    the_portal.night(district, NEXT_NIGHT, NEXT_DAY)
    for file in NEXT_NIGHT.glob("*.csv"):
        renumbered = re.sub(r"(^|,)1(?=[2-4]0\d,)", r"\g<1>9", file.read_text("utf-8"), flags=re.M)
        (tmp_path / file.name).write_text(renumbered, "utf-8")
    refused = the_portal.night(district, tmp_path, HELD_DAY)
    page = visit(district)
    for name, said in (("sync", "What to do"), ("hold", "It is the wrong roster")):
        page.goto(reverse(name, args=[district.slug, refused.pk]))
        expect(page.get_by_role("heading", name=said)).to_be_visible()
        assert_fit(page)


def _held_again(portal: Portal, district: District, room: Path) -> Sync:
    """Lets one more night deliver what `Portal.held` has put into a room."""
    return portal.night(district, room / "held", HELD_DAY)


def test_an_invitation_is_fit_for_whoever_is_signed_in(
    seed: District, the_portal: Portal, visit: Visit
) -> None:
    host, guest = the_portal.administrator(seed), the_portal.administrator(the_portal.district())
    address = reverse("invitation", args=[the_portal.invite(host, seed, guest.email)])
    for person, button in ((guest, "Join"), (host, "Sign out")):
        page = visit(person)
        page.goto(address)
        expect(page.get_by_role("button", name=button, exact=True)).to_be_visible()
        assert_fit(page)
