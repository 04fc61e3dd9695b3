"""A district without errors: how big it is, what is in it, and that nothing is wrong with it."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from firstbell.generate import District, generate
from firstbell.oneroster.dictionary import GRADES, Required, Version, tables
from tests.generate.conftest import CLEAN
from tests.generate.reading import by_id, contents, record, table

TABLES = ("orgs", "academicSessions", "courses", "users", "classes", "enrollments")


def test_it_has_the_schools_and_students_asked_for(clean: Path) -> None:
    schools = [org for org in table(clean, "orgs") if org["type"] == "school"]
    students = [user for user in table(clean, "users") if user["role"] == "student"]
    assert (len(schools), len(students)) == (6, 1500)


def test_about_six_of_a_hundred_users_are_staff(clean: Path) -> None:
    roles = Counter(user["role"] for user in table(clean, "users"))
    assert 0.05 < 1 - roles["student"] / roles.total() < 0.08


def test_students_have_about_six_classes_of_ordinary_size(clean: Path) -> None:
    seats = [row for row in table(clean, "enrollments") if row["role"] == "student"]
    assert 5.7 < len(seats) / 1500 < 6.3
    sizes = Counter(row["classSourcedId"] for row in seats).values()
    assert 17 < sum(sizes) / len(sizes) < 27
    assert max(sizes) < 45


def test_class_size_and_classes_per_student_can_be_set(tmp_path: Path) -> None:
    generate(replace(CLEAN, class_size=50.0, classes_per_student=4.0), tmp_path)
    seats = [row for row in table(tmp_path, "enrollments") if row["role"] == "student"]
    assert 3.7 < len(seats) / 1500 < 4.3
    assert len(seats) / len(table(tmp_path, "classes")) > 30


@pytest.mark.parametrize("version", Version)
def test_headers_are_the_standard_s_columns_in_order(version: Version, tmp_path: Path) -> None:
    generate(District(schools=1, students=20, errors=0, seed=1, version=version), tmp_path)
    names = (*TABLES, "roles") if version is Version.V1_2 else TABLES
    for name in names:
        header = (tmp_path / f"{name}.csv").read_bytes().split(b"\r\n")[0].decode()
        assert header.split(",") == [field.name for field in tables(version)[name].fields]


def test_required_cells_are_filled_and_vocabularies_kept(clean: Path, clean_1_2: Path) -> None:
    for folder, version, names in (
        (clean, Version.V1_1, TABLES),
        (clean_1_2, Version.V1_2, (*TABLES, "roles")),
    ):
        for name in names:
            fields = tables(version)[name].fields
            for row in table(folder, name):
                for field in fields:
                    cell = row[field.name]
                    assert cell or field.required is not Required.YES, (name, field.name)
                    assert not cell or not field.vocabulary or cell in field.vocabulary


def test_references_lead_somewhere(clean: Path, clean_1_2: Path) -> None:
    for folder, version, names in (
        (clean, Version.V1_1, TABLES),
        (clean_1_2, Version.V1_2, (*TABLES, "roles")),
    ):
        ids = {name: set(by_id(folder, name)) for name in names}
        for name in names:
            assert len(ids[name]) == len(table(folder, name))
            for field in tables(version)[name].fields:
                if field.target in names:
                    cells = {row[field.name] for row in table(folder, name)}
                    named = {item for cell in cells for item in cell.split(",") if item}
                    assert named <= ids[field.target], (name, field.name)


def test_accounts_are_unique_and_well_formed(clean: Path) -> None:
    users = table(clean, "users")
    assert len({user["username"].lower() for user in users}) == len(users)
    assert len({user["email"].lower() for user in users}) == len(users)
    address = re.compile(r"[a-z0-9.]+@(student\.)?[a-z]+\.example")
    assert all(address.fullmatch(user["email"]) for user in users)
    assert all(user["grades"] in ("", *GRADES) for user in users)


def test_every_class_has_one_primary_teacher_and_some_have_helpers(clean: Path) -> None:
    teaching = [row for row in table(clean, "enrollments") if row["role"] == "teacher"]
    primary = Counter(row["classSourcedId"] for row in teaching if row["primary"] == "true")
    assert primary == Counter(by_id(clean, "classes").keys())
    assert len(teaching) > len(primary)


def test_enrollments_fit_their_class_and_user(clean: Path) -> None:
    classes, users = by_id(clean, "classes"), by_id(clean, "users")
    pairs = set()
    for row in table(clean, "enrollments"):
        assert row["schoolSourcedId"] == classes[row["classSourcedId"]]["schoolSourcedId"]
        assert row["role"] == users[row["userSourcedId"]]["role"]
        pairs.add((row["classSourcedId"], row["userSourcedId"]))
    assert len(pairs) == len(table(clean, "enrollments"))


def test_some_teacher_is_lent_and_some_student_has_two_schools(clean: Path) -> None:
    users = by_id(clean, "users")
    lent = [
        row
        for row in table(clean, "enrollments")
        if row["schoolSourcedId"] not in users[row["userSourcedId"]]["orgSourcedIds"].split(",")
    ]
    assert lent
    assert {row["role"] for row in lent} == {"teacher"}
    assert any("," in user["orgSourcedIds"] for user in users.values())


def test_version_1_2_has_roles_with_one_primary_each(clean_1_2: Path) -> None:
    roles = table(clean_1_2, "roles")
    primary = Counter(row["userSourcedId"] for row in roles if row["roleType"] == "primary")
    assert primary == Counter(by_id(clean_1_2, "users").keys())
    assert len(roles) > len(primary)
    assert "role" not in table(clean_1_2, "users")[0]


def test_the_record_says_how_many_records_there_are(clean: Path) -> None:
    counts = {f"{name}.csv": len(table(clean, name)) for name in TABLES}
    assert record(clean)["records"] == counts
    assert record(clean)["planted"] == []


def test_the_manifest_names_what_is_there(clean: Path, clean_1_2: Path) -> None:
    for folder, version, files in ((clean, "1.1", 13), (clean_1_2, "1.2", 21)):
        manifest = {row["propertyName"]: row["value"] for row in table(folder, "manifest")}
        assert manifest["oneroster.version"] == version
        modes = {key[5:]: value for key, value in manifest.items() if key.startswith("file.")}
        assert len(modes) == files
        there = {name.removesuffix(".csv") for name in contents(folder) if name.endswith(".csv")}
        assert {name for name, mode in modes.items() if mode == "bulk"} == there - {"manifest"}


@pytest.mark.parametrize(
    "wrong",
    [{"schools": 0}, {"students": 5}, {"errors": 1.5}, {"staff_share": 1.0}, {"class_size": 0.0}],
)
def test_impossible_districts_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        replace(CLEAN, **wrong)  # type: ignore[arg-type]
