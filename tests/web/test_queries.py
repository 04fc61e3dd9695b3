"""How many queries each page takes, however much there is to show."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from firstbell.store.models import (
    Check,
    District,
    FeedSchool,
    Membership,
    MembershipRole,
    Person,
    RecordCheck,
    SchoolRequest,
    Sync,
    SyncStatus,
)
from tests.web.addresses import CLOSED, OF_ACCOUNTS
from tests.web.conftest import Browser, Ended, Town

_FIRST = datetime(2026, 11, 24, 8, tzinfo=UTC)
_SYNC = "/districts/north/sync-reports/{sync}"
_UPLOAD = "/districts/north/upload/"
#: Who asks, and whether they may (5), how the district stands (2), and what the page is about.
_OF_DISTRICTS = {
    "sync_reports": ("/districts/north/sync-reports/", 8),
    "sync": (f"{_SYNC}/", 12),
    "findings": (f"{_SYNC}/findings/", 9),
    "changes": (f"{_SYNC}/changes/", 9),
    "record": (f"{_SYNC}/rows/users/2/", 9),
    "hold": (f"{_SYNC}/hold/", 9),
    "progress": (f"{_SYNC}/progress/", 6),
    "schools": ("/districts/north/schools/", 12),
    "upload": (_UPLOAD, 9),
    "checks": (f"{_UPLOAD}checks/", 8),
    "check": (f"{_UPLOAD}checks/{{check}}/", 8),
    "check_findings": (f"{_UPLOAD}checks/{{check}}/findings/", 8),
    "record_check": ("/districts/north/record-checks/{record}/", 10),
    "people": ("/districts/north/people/", 11),
    "settings": ("/districts/north/settings/", 8),
}
_OF_SPECIALISTS = {
    "console": ("/console/districts/", 7),
    "requests": ("/console/requests/", 6),
    "specialists": ("/console/people/", 6),
    "new_district": ("/console/districts/new/", 4),
    "open_district": ("/console/districts/north/open/", 4),
}
_OF_ALL = {
    "home": ("/", 4),
    "help": ("/help/", 2),
    "rules": ("/help/rules/", 2),
    "rule": ("/help/rules/users.email_required/", 2),
}
#: Files, what is only posted or asked in between.
_OTHERS = {
    *("report", "all_reports", "check_report", "check_reports"),
    *("sync_now", "sync_checked", "ask_for_school", "decide_schools"),
    *("source", "source_preview", "check_source", "check_tested", "check_record"),
}


def test_every_page_is_counted() -> None:
    counted = {*_OF_DISTRICTS, *_OF_SPECIALISTS, *_OF_ALL}
    assert counted | _OTHERS == set(CLOSED) - OF_ACCOUNTS


@pytest.fixture(params=[1, 60])
def addresses(request: pytest.FixtureRequest, ended: Ended, town: Town) -> dict[str, int]:
    """A town with so many of everything; the numbers that stand in addresses."""
    north, hold = town.districts["north"], {"held": {"users": 9}, "hold_decision": "open"}
    number: int = request.param
    for n in range(number):
        at = _FIRST + timedelta(minutes=n)
        ended("north", at, status=SyncStatus.WITH_ERRORS, **hold)
        Check.objects.create(
            district=north, status=SyncStatus.COMPLETED, completed_at=at, reports=[], who="Alice"
        )
        FeedSchool.objects.create(
            district=north,
            sourced_id=f"S{n}",
            name=f"School {n}",
            first_seen=at,
            **dict.fromkeys(("students", "staff", "classes", "enrollments"), 9),
        )
        SchoolRequest.objects.create(district=north, sourced_id=f"S{n}", who="Alice")
        person = Person.objects.create(email=f"{n}@example.org", name=f"Person {n}")
        role = MembershipRole.ADMINISTRATOR
        Membership.objects.create(district=north, person=person, role=role)
        District.objects.create(slug=f"d{n}", name=f"District {n}", timezone="America/Denver")
    newest = Sync.objects.latest("pk")
    north.applied_sync = newest
    north.save()
    asked = {"table": "users", "sourced_id": "T1", "source": "classlink", "who": "Alice"}
    record = RecordCheck.objects.create(district=north, sync=newest, **asked)
    return {"sync": newest.pk, "check": Check.objects.latest("pk").pk, "record": record.pk}


def _asked(who: str, address: str, most: int, browser: Browser) -> None:
    person = browser(who)
    with CaptureQueriesContext(connection) as queries:
        answer = person.get(address)
    assert answer.status_code in (200, 302)
    asked = [one["sql"].strip() for one in queries]
    asked = [sql for sql in asked if sql.startswith(("SELECT", "WITH"))]
    assert len(asked) == most, "\n".join([str(len(asked)), *(one[:200] for one in asked)])


@pytest.mark.parametrize("page", [*_OF_DISTRICTS, *_OF_ALL])
def test_a_page_of_a_district_takes_as_many_queries_whatever_there_is(
    page: str, addresses: dict[str, int], browser: Browser
) -> None:
    address, most = {**_OF_DISTRICTS, **_OF_ALL}[page]
    _asked("alice", address.format(**addresses), most, browser)


@pytest.mark.parametrize("page", _OF_SPECIALISTS)
def test_a_page_of_the_vendor_takes_as_many_queries_whatever_there_is(
    page: str, addresses: dict[str, int], browser: Browser
) -> None:
    _asked("dana", _OF_SPECIALISTS[page][0], _OF_SPECIALISTS[page][1], browser)
