"""What holds after every night, whatever was delivered."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.made_up_nights import MadeUpNight, make_up_nights
from tests.naive import check

from . import District, Night

_PARENTS = {
    "classes": {"schoolSourcedId": "orgs"},
    "enrollments": {
        "classSourcedId": "classes",
        "schoolSourcedId": "orgs",
        "userSourcedId": "users",
    },
}


def _sync(district: District, night: MadeUpNight) -> Night:
    district.onboarded = None if night.onboarded is None else set(night.onboarded)
    district.never = set(night.never)
    return district.night(night.files, night.as_of)


def _left_something(night: Night) -> bool:
    """Whether objects stay without their parents: absence proved nothing, or the guard held."""
    unproven = any(finding.code.endswith("absence_unproven") for finding in night.findings)
    return unproven or bool(night.held_removals)


def _dangling(district: District) -> set[tuple[str, str, str]]:
    """The references of active objects to objects that are not active."""
    active = {key for key, known in district.objects.items() if known.active}
    found: set[tuple[str, str, str]] = set()
    for table, sourced_id in active:
        values = district.objects[table, sourced_id].values
        for column, parents in _PARENTS.get(table, {}).items():
            if (parents, values[column]) not in active:
                found.add((table, sourced_id, column))
    return found


@given(seed=st.integers(0, 2**32))
@settings(max_examples=40)
def test_the_same_delivery_again_changes_nothing(seed: int) -> None:
    district = District()
    for night in make_up_nights(Random(seed)):
        first = _sync(district, night)
        again = _sync(district, night)
        if first.status != "Failed" and not first.held_removals:
            assert again.events == {}


@given(seed=st.integers(0, 2**32))
@settings(max_examples=40)
def test_what_is_active_refers_only_to_what_is_active(seed: int) -> None:
    district = District()
    for night in make_up_nights(Random(seed)):
        if _left_something(_sync(district, night)):
            return
        assert _dangling(district) == set()


@given(seed=st.integers(0, 2**32))
@settings(max_examples=40)
def test_a_check_of_an_export_finds_no_failure_when_nothing_is_held(seed: int) -> None:
    district = District()
    for night in make_up_nights(Random(seed)):
        synced = _sync(district, night)
        if _left_something(synced):
            return
        if synced.status != "Failed" and synced.held == set():
            checked = check(district.export(), as_of=night.as_of)
            assert [f for f in checked.findings if f.severity == "failure"] == []


@given(seed=st.integers(0, 2**32))
@settings(max_examples=40)
def test_changes_are_the_difference_between_two_nights(seed: int) -> None:
    district = District()
    for night in make_up_nights(Random(seed)):
        before = {key for key, known in district.objects.items() if known.active}
        synced = _sync(district, night)
        after = {key for key, known in district.objects.items() if known.active}
        kinds = {
            kind: {key for key, event in synced.events.items() if event.kind == kind}
            for kind in ("created", "deactivated", "reactivated", "updated")
        }
        assert after - before == kinds["created"] | kinds["reactivated"]
        assert before - after == kinds["deactivated"]
        assert kinds["updated"] <= before & after
