"""What is decided for districts and schools, and that it is written down."""

from collections.abc import Callable

import pytest

from firstbell.store.actions import district_add, schools_never, schools_onboard, schools_reset
from firstbell.store.errors import NoSuchDistrict, StoreError
from firstbell.store.models import AuditEntry, District, Org
from firstbell.store.queries import district_shown, districts

Decide = Callable[..., None]


def _add(name: str = "North", slug: str | None = None, **other: object) -> District:
    given: dict[str, object] = {"timezone": "UTC", "onboard_all": False, "who": "me"}
    return district_add(name=name, slug=slug, **(given | other))  # type: ignore[arg-type] # a mix


def _decided(slug: str = "north") -> tuple[bool, list[str], list[str]]:
    shown = district_shown(slug)
    return shown.row.onboard_all, list(shown.onboarded), list(shown.never)


def test_the_id_is_made_from_the_name(store: str) -> None:
    assert _add("San José Unified — North").slug == "san-jose-unified-north"
    assert [row.name for row in districts()] == ["San José Unified — North"]


@pytest.mark.parametrize("slug", ["", "North", "north valley", "-north", "n" * 61, "../north"])
def test_an_id_that_cannot_be_one_is_refused(store: str, slug: str) -> None:
    with pytest.raises(StoreError, match="cannot be a district’s id"):
        _add(slug=slug)


def test_a_name_that_gives_no_id_needs_one(store: str) -> None:
    with pytest.raises(StoreError, match="give one with --id"):
        _add("東京")
    assert _add("東京", slug="tokyo").slug == "tokyo"


def test_an_id_is_taken_once(store: str) -> None:
    _add()
    with pytest.raises(StoreError, match="there is a district north already"):
        _add()
    assert len(districts()) == 1


@pytest.mark.parametrize("timezone", ["", "America", "Mars/Olympus", "../../etc/passwd"])
def test_a_time_zone_that_is_none_is_refused(store: str, timezone: str) -> None:
    with pytest.raises(StoreError, match="there is no time zone"):
        _add(timezone=timezone)


def test_without_a_decision_no_school_is_onboarded(store: str) -> None:
    _add()
    assert _decided() == (False, [], [])


def test_schools_are_onboarded_marked_never_and_reset(store: str) -> None:
    _add()
    schools_onboard(district="north", schools=["S2", "S1", "S2"], who="me")
    assert _decided() == (False, ["S1", "S2"], [])
    schools_never(district="north", schools=["S2", "S3"], who="me")
    assert _decided() == (False, ["S1"], ["S2", "S3"])
    schools_reset(district="north", schools=["S1", "S3", "S9"], who="me")
    assert _decided() == (False, [], ["S2"])


def test_all_are_onboarded_but_those_marked_never(store: str) -> None:
    _add()
    schools_never(district="north", schools=["S2"], who="me")
    schools_onboard(district="north", schools=None, who="me")
    assert _decided() == (True, [], ["S2"])


def test_never_to_all_marks_the_schools_that_are_known(store: str) -> None:
    district = _add(onboard_all=True)
    for sourced_id, type_ in (("S1", "school"), ("D1", "district")):
        Org.objects.create(district=district, sourced_id=sourced_id, type=type_, created_by=1)
    schools_onboard(district="north", schools=["S2"], who="me")
    schools_never(district="north", schools=None, who="me")
    assert _decided() == (False, [], ["S1", "S2"])


def test_reset_of_all_takes_back_everything(store: str) -> None:
    _add(onboard_all=True)
    schools_never(district="north", schools=["S2"], who="me")
    schools_reset(district="north", schools=None, who="me")
    assert _decided() == (False, [], [])


def test_whatever_changes_the_onboarding_raises_the_version_and_is_audited(store: str) -> None:
    _add()
    schools_onboard(district="north", schools=["S2", "S1"], who="me")
    schools_onboard(district="north", schools=None, who="you")
    assert district_shown("north").version == 2
    told = AuditEntry.objects.order_by("id").values_list("who", "what", "details")
    assert list(told)[1:] == [
        ("me", "schools onboarded", {"schools": ["S1", "S2"]}),
        ("you", "schools onboarded", {"schools": "all"}),
    ]


def test_what_changes_nothing_is_not_written_down(store: str) -> None:
    _add()
    schools_onboard(district="north", schools=["S1"], who="me")
    schools_onboard(district="north", schools=["S1"], who="me")
    schools_reset(district="north", schools=["S9"], who="me")
    assert district_shown("north").version == 1
    assert AuditEntry.objects.count() == 2


def test_districts_do_not_touch_each_other(store: str) -> None:
    _add()
    _add("South")
    schools_onboard(district="north", schools=["S1"], who="me")
    schools_never(district="south", schools=None, who="me")
    assert _decided("north") == (False, ["S1"], [])
    assert _decided("south") == (False, [], [])


@pytest.mark.parametrize("decide", [schools_onboard, schools_never, schools_reset])
@pytest.mark.parametrize("schools", [None, ["S1"]])
def test_a_district_that_is_not_there_is_said(
    store: str, decide: Decide, schools: list[str] | None
) -> None:
    with pytest.raises(NoSuchDistrict, match="there is no district nowhere"):
        decide(district="nowhere", schools=schools, who="me")
