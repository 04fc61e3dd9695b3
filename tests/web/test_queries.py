"""How many queries each page of a district takes, however much there is to show."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from firstbell.store.models import SyncStatus
from tests.web.conftest import Browser, Ended, Town

#: Who asks, and whether they may (5), how the district stands (4), and what the page is about.
_QUERIES = {
    "": 11,
    "{}/": 14,
    "{}/findings/": 11,
    "{}/changes/": 11,
    "{}/rows/users/2/": 11,
    "{}/hold/": 11,
    "{}/progress/": 6,
}


@pytest.mark.parametrize(("page", "most"), _QUERIES.items())
@pytest.mark.parametrize("number", [1, 60])
def test_a_page_takes_as_many_queries_whatever_there_is(
    number: int, page: str, most: int, browser: Browser, ended: Ended, town: Town
) -> None:
    first = datetime(2026, 11, 24, 8, tzinfo=UTC)
    hold = {"held": {"users": 9}, "hold_decision": "open"}
    for minute in range(number):
        sync = ended(
            "north", first + timedelta(minutes=minute), status=SyncStatus.WITH_ERRORS, **hold
        )
    north = town.districts["north"]
    north.applied_sync = sync
    north.save()
    person = browser("alice")
    with CaptureQueriesContext(connection) as queries:
        answer = person.get(f"/districts/north/sync-reports/{page.format(sync.pk)}")
    assert answer.status_code == 200
    asked = [one["sql"] for one in queries if one["sql"].startswith("SELECT")]
    assert len(asked) == most, "\n".join([str(len(asked)), *(one[:200] for one in asked)])
