"""Whatever a page asks for, the database shows a request its person's district, and no other."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.db import ProgrammingError, transaction

from firstbell.store.connecting import Role, connected
from firstbell.store.history import Days, has_synced, report_of, syncs_of
from firstbell.store.models import District, Membership, Sync
from firstbell.store.scope import DistrictSeen, districts_of, enter
from tests.web.conftest import Ended, Town

_DAYS = Days(date(2026, 11, 1), date(2026, 11, 30))


@pytest.fixture
def syncs(store: str, town: Town, ended: Ended) -> Iterator[dict[str, Sync]]:
    """A sync in each district, made before Django works as the web."""
    made = {slug: ended(slug, reports=["findings.csv"]) for slug in town.districts}
    with connected(store, Role.WEB):
        yield made


def _seen(town: Town, slug: str) -> DistrictSeen:
    """A district as a faulty page might come by it: without asking whether it may."""
    row = town.districts[slug]
    return DistrictSeen(row.pk, row.slug, row.name, row.timezone)


def test_a_request_that_entered_sees_its_district(town: Town, syncs: dict[str, Sync]) -> None:
    with transaction.atomic():
        north = enter(town.people["alice"].pk, "north")
        assert north is not None
        assert north == _seen(town, "north")
        rows = syncs_of(north, _DAYS, unfinished=False, most=9)
        assert [row.pk for row in rows] == [syncs["north"].pk]
        assert report_of(north, syncs["north"].pk, "findings.csv")


def test_the_policies_refuse_what_a_faulty_page_asks_for(
    town: Town, syncs: dict[str, Sync]
) -> None:
    with transaction.atomic():
        assert enter(town.people["alice"].pk, "north")
        south = _seen(town, "south")
        assert syncs_of(south, _DAYS, unfinished=True, most=9) == []
        assert report_of(south, syncs["south"].pk, "findings.csv") is None
        assert not has_synced(south)


def test_without_a_district_there_are_no_rows(town: Town, syncs: dict[str, Sync]) -> None:
    with transaction.atomic():
        assert not has_synced(_seen(town, "north"))
        assert not Sync.objects.exists()
        assert not Membership.objects.exists()
        assert not District.objects.exists()


@pytest.mark.parametrize(("who", "slug"), [("bob", "north"), ("alice", "nowhere")])
def test_a_district_of_others_is_not_entered(
    town: Town, syncs: dict[str, Sync], who: str, slug: str
) -> None:
    with transaction.atomic():
        assert enter(town.people[who].pk, slug) is None
        assert not Sync.objects.exists()


def test_outside_a_transaction_nothing_is_entered(town: Town, syncs: dict[str, Sync]) -> None:
    assert enter(town.people["alice"].pk, "north") is None
    assert districts_of(town.people["alice"].pk) == []


def test_what_was_entered_is_left_with_the_transaction(town: Town, syncs: dict[str, Sync]) -> None:
    with transaction.atomic():
        assert enter(town.people["alice"].pk, "north")
    assert not has_synced(_seen(town, "north"))


@pytest.mark.parametrize(
    ("who", "slugs"), [("alice", ["north"]), ("bob", ["south"]), ("carol", ["north", "south"])]
)
def test_a_person_sees_where_to_go(
    town: Town, syncs: dict[str, Sync], who: str, slugs: list[str]
) -> None:
    with transaction.atomic():
        assert [one.slug for one in districts_of(town.people[who].pk)] == slugs
        assert not Sync.objects.exists()


def test_a_district_that_is_only_seen_is_not_changed(town: Town, syncs: dict[str, Sync]) -> None:
    with transaction.atomic():
        districts_of(town.people["carol"].pk)
        assert District.objects.update(version=9) == 0
        assert enter(town.people["carol"].pk, "south")
        assert District.objects.update(version=9) == 1


def test_the_web_gives_nobody_a_district(town: Town, syncs: dict[str, Sync]) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied for table memberships"),
        transaction.atomic(),
    ):
        enter(town.people["alice"].pk, "north")
        Membership.objects.create(
            district=town.districts["south"], person=town.people["alice"], role="administrator"
        )
