"""Objects have what the standard's schemas require."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from firstbell.generate import District, generate
from firstbell.oneroster.dictionary import Version
from simulator import Roster, write
from simulator.objects import COLLECTIONS

_EVERY = ("sourcedId", "status", "dateLastModified")
_BOTH = {
    "academicSessions": ("title", "startDate", "endDate", "type", "schoolYear"),
    "orgs": ("name", "type"),
    "courses": ("title",),
    "classes": ("title", "school"),
    "users": ("enabledUser", "givenName", "familyName"),
    "enrollments": ("user", "class", "school", "role"),
}
_ONLY: Mapping[Version, Mapping[str, tuple[str, ...]]] = {
    Version.V1_1: {"users": ("username", "role", "orgs")},
    Version.V1_2: {
        "orgs": ("identifier",),
        "courses": ("courseCode",),
        "classes": ("course", "terms"),
        "users": ("roles",),
    },
}


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_required_members_are_there(roster: Roster, collection: str) -> None:
    required = {*_EVERY, *_BOTH[collection], *_ONLY[roster.version].get(collection, ())}
    objects = roster.objects(collection)
    assert objects
    for told in objects:
        assert required <= told.keys()


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_references_have_a_href_of_another_host_an_id_and_a_type(
    roster: Roster, collection: str
) -> None:
    found = [
        part
        for told in roster.objects(collection)
        for member in told.values()
        for part in (member if isinstance(member, list) else [member])
        if isinstance(part, dict) and "href" in part
    ]
    assert all(part.keys() == {"href", "sourcedId", "type"} for part in found)
    assert all(part["href"].startswith("https://sis.district.example/") for part in found)


def test_missing_values_are_empty_in_1_1_and_left_out_in_1_2(roster: Roster) -> None:
    students = roster.objects("students")
    old = roster.version is Version.V1_1
    assert all(student.get("phone") == ("" if old else None) for student in students)
    assert any("middleName" not in student for student in students)


def test_parts_hold_what_is_of_their_kind(roster: Roster) -> None:
    assert {org["type"] for org in roster.objects("schools")} == {"school"}
    assert {term["type"] for term in roster.objects("gradingPeriods")} == {"gradingPeriod"}
    assert roster.objects("terms") == []
    people = len(roster.records("users"))
    assert 0 < len(roster.records("teachers")) < len(roster.records("students")) < people


@pytest.mark.parametrize("version", Version)
def test_a_roster_written_and_read_is_the_same_whatever_was_planted(
    version: Version, tmp_path: Path
) -> None:
    district = District(schools=3, students=500, errors=0.2, seed=8, version=version)
    generate(district, tmp_path / "planted")
    roster = Roster.read(tmp_path / "planted")
    write(roster, tmp_path / "written")
    again = Roster.read(tmp_path / "written")
    assert len(roster.records("users")) > 450
    for collection in COLLECTIONS:
        assert again.objects(collection) == roster.objects(collection)
