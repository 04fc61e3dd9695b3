"""A specialist opens a district: for a stated reason, for some hours, and that is kept."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction

from firstbell.store.connecting import Role, connected
from firstbell.store.models import AuditEntry, District, Opening, Sync
from firstbell.store.scope import enter
from tests.web.conftest import Browser, Ended, Town

_OPEN = "/console/districts/north/open/"


def test_the_reason_is_asked_for_and_kept(browser: Browser, town: Town, store: str) -> None:
    client = browser("dana")
    asked = client.get("/districts/north/sync-reports/?status=Failed", follow=True)
    assert "Open North Valley" in asked.content.decode()
    answer = client.post(
        asked.request["PATH_INFO"] + "?" + asked.request["QUERY_STRING"], {"reason": "Alice called"}
    )
    assert answer.headers["location"] == "/districts/north/sync-reports/?status=Failed"
    assert client.get(answer.headers["location"]).status_code == 200
    with connected(store, Role.WORKER):
        entry = AuditEntry.objects.get(what="opened")
        assert (entry.district, entry.who) == (town.districts["north"], "Dana")
        assert entry.details == {"person": town.people["dana"].pk, "reason": "Alice called"}


def test_without_a_reason_it_stays_closed(browser: Browser, store: str) -> None:
    client = browser("dana")
    page = client.post(_OPEN, {"reason": "  "}).content.decode()
    assert "Say why; it is kept in the audit log." in page
    assert client.get("/districts/north/sync-reports/").status_code == 302
    with connected(store, Role.WORKER):
        assert not Opening.objects.exists()


def test_one_district_is_opened_and_no_other(browser: Browser) -> None:
    client = browser("dana")
    client.post(_OPEN, {"reason": "Alice called"})
    assert client.get("/districts/south/sync-reports/").status_code == 302
    assert client.get("/districts/nowhere/sync-reports/").status_code == 404


def test_after_half_a_day_it_is_asked_again(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser("dana")
    client.post(_OPEN, {"reason": "Alice called"})
    assert client.get("/districts/north/sync-reports/").status_code == 200
    monkeypatch.setattr("firstbell.store.scope.OPEN_FOR", timedelta(0))
    assert client.get("/districts/north/sync-reports/").status_code == 302


@pytest.mark.parametrize("leads_to", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_it_leads_to_no_other_site(browser: Browser, leads_to: str) -> None:
    answer = browser("dana").post(f"{_OPEN}?next={leads_to}", {"reason": "Alice called"})
    assert answer.headers["location"] == "/districts/north/sync-reports/"


def test_a_person_who_is_none_any_more_sees_nothing(
    browser: Browser, town: Town, store: str
) -> None:
    client = browser("dana")
    client.post(_OPEN, {"reason": "Alice called"})
    with connected(store, Role.WORKER):
        town.people["dana"].is_specialist = False
        town.people["dana"].save()
    with connected(store, Role.WEB):
        assert client.get("/districts/north/sync-reports/").status_code == 404


def test_the_policies_open_nothing_for_others(town: Town, ended: Ended, store: str) -> None:
    ended("north")
    with connected(store, Role.WEB):
        with transaction.atomic():
            assert enter(town.people["bob"].pk, "north") is None
            assert not District.objects.filter(slug="north").exists()
            assert not Sync.objects.exists()
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            enter(town.people["bob"].pk, "south")
            Opening.objects.create(
                district=town.districts["north"], person=town.people["bob"], reason="x"
            )


def test_a_specialist_sees_names_of_districts_and_no_rows(
    town: Town, ended: Ended, store: str
) -> None:
    ended("north")
    with connected(store, Role.WEB), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('firstbell.person', %s, true)", [str(town.people["dana"].pk)]
        )
        assert District.objects.count() == 2
        assert not Sync.objects.exists()
