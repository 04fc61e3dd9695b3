"""A portal with all that its pages may show, and the people who see them."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from django.utils import timezone

from firstbell.jobs.checking import run_check
from firstbell.store.checks import check_create
from firstbell.store.models import (
    Check,
    District,
    Person,
    RecordCheck,
    RecordOutcome,
    Source,
    Sync,
    Trigger,
)
from firstbell.store.retention import uploads_folder
from firstbell.store.school_requests import school_ask
from firstbell.store.syncs import sync_create
from tests.browser.addresses import PAGES, addresses_of
from tests.browser.portal import FIRST_NIGHT, Portal


@dataclass(frozen=True)
class Standing:
    """What may stand in addresses, and the cookies of those who see the pages."""

    districts: Sequence[Mapping[str, Sequence[object]]]
    #: Nobody comes first; None is the cookie of nobody.
    sessions: Sequence[str | None]

    def addresses_of(self, name: str) -> list[str]:
        """All addresses of a page."""
        of_all = self.districts if "slug" in PAGES[name] else self.districts[:1]
        return [address for values in of_all for address in addresses_of(name, values)]


def standing_in(portal: Portal, room: Path) -> Standing:
    """Lets a portal have a sync and a check in every state, a request, and invitations.

    Args:
        portal: gets districts and people of its own.
        room: an empty folder, for deliveries.
    """
    held, waiting, asked = portal.held(room), portal.of_uploads("1001"), portal.after_seed()
    one, other = portal.administrator(held, waiting), portal.administrator(waiting)
    specialist = portal.specialist()
    for person in (other, specialist):
        portal.second_factor(person)
    portal.open(specialist, asked)
    with portal.at_work():
        school_ask(district=asked.slug, school="1234", who=other.name)
        sync_create(district=waiting, trigger=Trigger.NOW)
        _ask_again(asked)
        _check(waiting)
        (room / "nothing").mkdir()
        _check(waiting, room / "nothing")
        _check(waiting, ended=False)
    tokens = [portal.invite(one, held, email) for email in ("erin@example.org", other.email)]
    districts = [{**_of(portal, each), "token": tokens} for each in (held, waiting, asked)]
    return Standing(districts, [None, *_sessions(portal, one, other, specialist)])


def _sessions(portal: Portal, *people: Person) -> list[str]:
    half = portal.session_after_password(people[-1])
    return [*(portal.session(person) for person in people), half]


def _of(portal: Portal, district: District) -> Mapping[str, Sequence[object]]:
    """By name, what may stand in the address of a page."""
    with portal.at_work():
        syncs = Sync.objects.filter(district=district).values_list("pk", flat=True)
        records = RecordCheck.objects.filter(district=district).values_list("pk", flat=True)
        checks = Check.objects.filter(district=district).values_list("pk", flat=True)
        return {
            "slug": [district.slug],
            "sync": list(syncs),
            "check": list(checks) or [0],
            "asked": list(records) or [0],
            "name": ["users_sync_report.csv"],
            "code": ["users.email_required", "users.row_unreadable"],
            "table": ["users"],
            "row": ["5"],
            "uidb36": ["1"],
            "key": ["no-such-key"],
            "provider_id": ["no-such-provider"],
        }


def _check(district: District, files: Path = FIRST_NIGHT, *, ended: bool = True) -> None:
    uploads_folder().mkdir(parents=True, exist_ok=True)
    delivery = Path(mkdtemp(dir=uploads_folder()))
    shutil.copytree(files, delivery, dirs_exist_ok=True)
    check = check_create(district=district.pk, delivery=delivery, who="Dana Ortiz")
    if ended:
        run_check(check_id=check.pk)


def _ask_again(district: District) -> None:
    """Lets a record have been asked for, with each outcome."""
    Source.objects.create(district=district, kind="classlink", settings={})
    said = [
        {"field": "email", "severity": severity, "code": code, "message": "email is wrong"}
        for severity, code in (
            ("failure", "users.email_required"),
            ("warning", "users.other_email_invalid"),
        )
    ]
    for outcome in (None, *RecordOutcome):
        RecordCheck.objects.create(
            district=district,
            sync=Sync.objects.filter(district=district).latest("pk"),
            table="users",
            sourced_id="a/b " * 20,
            source="classlink",
            who="Dana Ortiz",
            ended_at=timezone.now() if outcome else None,
            outcome=outcome,
            said=said if outcome in (RecordOutcome.FAILED, RecordOutcome.ACCEPTED) else [],
            reason="1 user is not enabled",
        )
