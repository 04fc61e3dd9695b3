"""The standard as data: both versions, held against what is known of them."""

import pytest

from firstbell.oneroster.dictionary import (
    FEED_TABLES,
    GRADES,
    OPTIONAL_TABLES,
    ROLES_IN_SCOPE,
    STANDARD_FILES,
    Kind,
    Required,
    Version,
    tables,
)

_HEAD = ("sourcedId", "status", "dateLastModified")
_1_1, _1_2 = Version.V1_1, Version.V1_2

#: By table and version: how many fields it has.
_FIELDS = {
    ("orgs", _1_1): 7,
    ("orgs", _1_2): 7,
    ("academicSessions", _1_1): 9,
    ("academicSessions", _1_2): 9,
    ("courses", _1_1): 10,
    ("courses", _1_2): 10,
    ("classes", _1_1): 14,
    ("classes", _1_2): 14,
    ("users", _1_1): 18,
    ("users", _1_2): 22,
    ("enrollments", _1_1): 10,
    ("enrollments", _1_2): 10,
    ("roles", _1_2): 10,
}


@pytest.mark.parametrize("version", Version)
def test_every_table_of_the_feed_is_there(version: Version) -> None:
    assert set(FEED_TABLES) <= set(tables(version))
    assert ("roles" in tables(version)) == (version is _1_2)
    assert set(tables(version)) <= set(STANDARD_FILES)
    assert set(FEED_TABLES) > OPTIONAL_TABLES


@pytest.mark.parametrize(("table", "version"), _FIELDS)
def test_how_many_fields_a_table_has(table: str, version: Version) -> None:
    fields = tables(version)[table].fields
    assert len(fields) == _FIELDS[table, version]
    assert tuple(field.name for field in fields[:3]) == _HEAD
    assert len({field.name.lower() for field in fields}) == len(fields)


def test_the_columns_of_users_are_in_the_order_of_each_version() -> None:
    names = {
        version: [field.name for field in tables(version)["users"].fields] for version in Version
    }
    assert names[_1_1] == [
        *_HEAD,
        *("enabledUser", "orgSourcedIds", "role", "username", "userIds", "givenName"),
        *("familyName", "middleName", "identifier", "email", "sms", "phone", "agentSourcedIds"),
        *("grades", "password"),
    ]
    assert names[_1_2] == [
        *_HEAD,
        *("enabledUser", "username", "userIds", "givenName", "familyName", "middleName"),
        *("identifier", "email", "sms", "phone", "agentSourcedIds", "grades", "password"),
        *("userMasterIdentifier", "preferredGivenName", "preferredMiddleName"),
        *("preferredFamilyName", "primaryOrgSourcedId", "pronouns"),
    ]


@pytest.mark.parametrize(
    ("table", "required"),
    [
        ("orgs", {"sourcedId", "name", "type"}),
        (
            "users",
            {
                *("sourcedId", "enabledUser", "orgSourcedIds", "role", "username", "givenName"),
                "familyName",
            },
        ),
        (
            "enrollments",
            {"sourcedId", "classSourcedId", "schoolSourcedId", "userSourcedId", "role"},
        ),
        (
            "classes",
            {
                *("sourcedId", "title", "courseSourcedId", "classType", "schoolSourcedId"),
                "termSourcedIds",
            },
        ),
        ("courses", {"sourcedId", "title", "orgSourcedId"}),
        (
            "academicSessions",
            {"sourcedId", "title", "type", "startDate", "endDate", "schoolYear"},
        ),
    ],
)
def test_what_1_1_requires(table: str, required: set[str]) -> None:
    fields = tables(_1_1)[table].fields
    assert {field.name for field in fields if field.required is Required.YES} == required
    changes_only = {field.name for field in fields if field.required is Required.DELTA}
    assert changes_only == {"status", "dateLastModified"}


@pytest.mark.parametrize(
    ("version", "table", "field", "vocabulary"),
    [
        (
            *(_1_1, "orgs", "type"),
            ("department", "school", "district", "local", "state", "national"),
        ),
        (_1_1, "classes", "classType", ("homeroom", "scheduled")),
        (_1_1, "enrollments", "role", ("administrator", "proctor", "student", "teacher")),
        (
            *(_1_1, "users", "role"),
            *[
                (
                    *("administrator", "aide", "guardian", "parent", "proctor", "relative"),
                    *("student", "teacher"),
                )
            ],
        ),
        (_1_2, "roles", "roleType", ("primary", "secondary")),
        (_1_1, "users", "status", ("active", "tobedeleted")),
    ],
)
def test_a_vocabulary_in_the_order_of_the_standard(
    version: Version, table: str, field: str, vocabulary: tuple[str, ...]
) -> None:
    assert tables(version)[table].field(field).vocabulary == vocabulary


def test_only_1_2_extends_vocabularies() -> None:
    extensible = {
        (version, table.name, field.name)
        for version in Version
        for table in tables(version).values()
        for field in table.fields
        if field.extensible
    }
    assert {version for version, _, _ in extensible} == {_1_2}
    assert {
        *((_1_2, "orgs", "type"), (_1_2, "roles", "role"), (_1_2, "enrollments", "role")),
    } <= extensible
    assert (_1_2, "users", "status") not in extensible


@pytest.mark.parametrize("version", Version)
def test_a_field_says_what_its_kind_needs(version: Version) -> None:
    for table in tables(version).values():
        for field in table.fields:
            name = f"{table.name}.{field.name}"
            is_reference = field.kind in (Kind.REFERENCE, Kind.REFERENCES)
            assert bool(field.target) == is_reference, name
            assert not field.target or field.target in STANDARD_FILES, name
            assert bool(field.vocabulary) == (field.kind is Kind.VOCABULARY), name
            assert not field.extensible or field.kind is Kind.VOCABULARY, name
            assert field.name.endswith(("SourcedId", "SourcedIds")) == is_reference or (
                field.name == "sourcedId"
            ), name


@pytest.mark.parametrize("version", Version)
def test_the_references_that_keep_records_out(version: Version) -> None:
    targets = {
        (table.name, field.name): field.target
        for table in tables(version).values()
        for field in table.fields
        if field.target
    }
    assert targets["classes", "schoolSourcedId"] == "orgs"
    assert targets["classes", "termSourcedIds"] == "academicSessions"
    assert targets["enrollments", "userSourcedId"] == "users"
    assert targets["enrollments", "classSourcedId"] == "classes"
    assert targets["enrollments", "schoolSourcedId"] == "orgs"
    of_users = ("users", "orgSourcedIds") if version is _1_1 else ("roles", "orgSourcedId")
    assert targets[of_users] == "orgs"


def test_roles_in_scope_are_in_a_vocabulary() -> None:
    known = {
        *tables(_1_1)["users"].field("role").vocabulary,
        *tables(_1_2)["roles"].field("role").vocabulary,
    }
    assert set(ROLES_IN_SCOPE) <= known


def test_grade_codes() -> None:
    assert GRADES[:5] == ("IT", "PR", "PK", "TK", "KG")
    assert GRADES[5:] == (*(f"{n:02}" for n in range(1, 14)), "PS", "UG", "Other")


def test_a_field_that_is_not_there() -> None:
    with pytest.raises(KeyError, match="orgs has no field color"):
        tables(_1_1)["orgs"].field("color")
