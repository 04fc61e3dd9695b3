"""What an API does not share: the district above its administrators, or nothing of a kind at all."""

from datetime import timedelta
from pathlib import Path

import pytest

from firstbell.engine.policy import Policy
from firstbell.oneroster.dictionary import ROLES_IN_SCOPE, Version
from firstbell.rules.example import AS_OF, Example, Row, files_of, rows
from tests.nights import District
from tests.ours import check_files

_NOT_SHARED, _NOT_FOUND = "users.org_not_shared", "users.org_not_found"
_API = {"manifest": "propertyName,value\nsource.systemName,ClassLink\nfirstbell.api,true\n"}
_SCHOOL_OF_D9 = {"sourcedId": "S2", "name": "Oak", "type": "school", "parentSourcedId": "D9"}
_ROLES = rows("""
    sourcedId,userSourcedId,roleType,role,orgSourcedId
    R1,A1,primary,districtAdministrator,D9
""")


def _found(example: Example) -> set[str]:
    return {finding.code for finding in check_files(files_of(example), Policy(AS_OF)).findings}


def _user(**cells: str) -> Row:
    return {"orgSourcedIds": "D9", **cells}


@pytest.mark.parametrize(
    ("user", "orgs", "found"),
    [
        (_user(), (), _NOT_SHARED),
        (_user(), (_SCHOOL_OF_D9,), _NOT_SHARED),
        (_user(orgSourcedIds="X9,D9"), (_SCHOOL_OF_D9,), _NOT_SHARED),
        (_user(orgSourcedIds="X9"), (_SCHOOL_OF_D9,), _NOT_FOUND),
        (_user(orgSourcedIds="D9,S3"), ({**_SCHOOL_OF_D9, "sourcedId": "S3"},), None),
        (_user(role="teacher"), (_SCHOOL_OF_D9,), _NOT_FOUND),
        (_user(role="student"), (_SCHOOL_OF_D9,), _NOT_FOUND),
    ],
    ids=[
        *("no org names a parent", "a school names it", "one of two", "another org is named"),
        *("a school of theirs is shared", "a teacher", "a student"),
    ],
)
def test_an_administrator_of_a_district_that_is_not_shared_comes_in(
    user: Row, orgs: tuple[Row, ...], found: str | None
) -> None:
    example = Example(changed={"users": user}, added={"orgs": orgs}, text=_API)
    assert _found(example) & {_NOT_SHARED, _NOT_FOUND} == ({found} - {None})


def test_in_files_the_district_has_to_be_there() -> None:
    assert _found(Example(changed={"users": _user()})) == {_NOT_FOUND}


@pytest.mark.parametrize("role", sorted({*ROLES_IN_SCOPE} - {"student", "teacher"}))
def test_so_does_each_kind_of_administrator_of_1_2(role: str) -> None:
    changed = {"roles": {"role": role, "orgSourcedId": "D9"}}
    assert _found(Example(changed=changed, text=_API, version=Version.V1_2)) == {_NOT_SHARED}


@pytest.mark.parametrize("version", Version)
def test_who_is_at_no_org_stays_when_failing_and_is_in_no_export(
    version: Version, tmp_path: Path
) -> None:
    at_district = {"users": _user()} if version is Version.V1_1 else {"roles": _ROLES[0]}
    tonight = Example(changed=at_district, text=_API, version=version)
    without_email = {**tonight.changed, "users": {**tonight.changed.get("users", {}), "email": ""}}
    tomorrow = Example(changed=without_email, text=_API, version=version)
    district = District(tmp_path)
    first = district.night(files_of(tonight), Policy(AS_OF))
    assert first.changes["users"]["created"] == 3
    second = district.night(files_of(tomorrow), Policy(AS_OF + timedelta(days=1)))
    assert "users.email_required" in {finding.code for finding in second.ours.findings}
    assert second.changes["users"]["deactivated"] == 0
    exported = district.export()
    assert b"A1," not in exported["users.csv"] and b"T1," in exported["users.csv"]
    assert check_files(exported, Policy(AS_OF)).status == "Completed"


def _shared(*nothing_of: str) -> dict[str, bytes]:
    """The smallest district as an API tells it, with some tables empty."""
    files = files_of(Example(text=_API))
    heads = {f"{name}.csv": files[f"{name}.csv"].partition(b"\n")[0] for name in nothing_of}
    return files | {name: head + b"\n" for name, head in heads.items()}


def test_an_api_that_tells_no_classes_any_more_is_refused_but_not_when_their_terms_are_over(
    tmp_path: Path,
) -> None:
    district = District(tmp_path)
    district.night(_shared(), Policy(AS_OF))
    nothing = _shared("classes", "enrollments")
    refused = district.night(nothing, Policy(AS_OF + timedelta(days=1)))
    assert refused.refused == "ClassLink shares no classes any more, which would deactivate 1 of 1"
    in_summer = district.night(nothing, Policy(AS_OF + timedelta(days=240)))
    assert not in_summer.refused
    assert in_summer.changes["classes"]["deactivated"] == 1


def test_courses_and_terms_that_an_api_does_not_tell_any_more_stay_as_they_were(
    tmp_path: Path,
) -> None:
    district = District(tmp_path)
    district.night(_shared(), Policy(AS_OF))
    before = district.export()
    night = district.night(_shared("courses", "academicSessions"), Policy(AS_OF))
    assert night.status == "Completed"
    assert district.export() == before
    codes = {finding.code for finding in night.ours.findings}
    assert codes == {"courses.not_delivered", "academicSessions.not_delivered"}
