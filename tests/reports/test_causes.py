"""Causes: what to fix, by how much it holds back."""

from collections import Counter
from pathlib import Path

from firstbell.engine.policy import Policy
from firstbell.generate import District as Generated
from firstbell.generate import generate
from firstbell.oneroster.dictionary import Version
from firstbell.reports.causes import NO_CAUSES, Cause, Causes, find_causes
from firstbell.reports.check import checked
from firstbell.rules.example import AS_OF, Example, Row, rows
from firstbell.rules.rule import Owner
from tests.reports.delivered import synced


def _students(number: int, **cells: str) -> tuple[Row, ...]:
    (student,) = rows("""
        sourcedId,enabledUser,orgSourcedIds,role,username,givenName,familyName
        N,true,S1,student,u,Sam,Ray
    """)
    return tuple(
        {
            name: cell
            for name, cell in {
                **student,
                "sourcedId": f"N{n:03}",
                "username": f"user{n}",
                **cells,
            }.items()
            if cell
        }
        for n in range(number)
    )


def _enrollment(sourced_id: str, a_class: str, user: str, role: str = "student") -> Row:
    return {
        "sourcedId": sourced_id,
        "classSourcedId": a_class,
        "schoolSourcedId": "S1",
        "userSourcedId": user,
        "role": role,
    }


_CLASS = rows("""
    sourcedId,title,courseSourcedId,classType,schoolSourcedId,termSourcedIds
    C2,Science 3,SCI,scheduled,S1,FALL
""")
_TEACHER = rows("""
    sourcedId,enabledUser,orgSourcedIds,role,username,givenName,familyName
    T2,true,S1,teacher,nbell,Nora,Bell
""")


def _causes(example: Example, folder: Path, most: int = 10) -> Causes:
    with synced(example, folder) as result:
        return find_causes(result, most)


def _only(example: Example, folder: Path) -> Cause:
    (cause,) = _causes(example, folder).shown
    return cause


def test_all_that_fails_for_a_teacher_goes_back_to_the_teacher(tmp_path: Path) -> None:
    enrollments = (
        _enrollment("X", "C2", "T2", "teacher"),
        *(_enrollment(f"X{n}", "C2", f"N{n:03}") for n in range(30)),
    )
    cause = _only(
        Example(
            added={
                "users": (*_TEACHER, *_students(30)),
                "classes": _CLASS,
                "enrollments": enrollments,
            }
        ),
        tmp_path,
    )
    assert cause.code == "users.email_required"
    assert cause.effect == "Fix 1 user, and 1 class and 31 enrollments follow"
    assert cause.comes_in == {"users": 1, "classes": 1, "enrollments": 31}
    assert cause.held_back == 33
    assert cause.examples == ("T2",)
    assert cause.owner is Owner.DISTRICT
    assert cause.findings == 34, "that of the teacher fails for the user and for the class"
    assert [(one.table, one.sourced_id, one.name) for one in cause.waits] == [
        ("classes", "C2", "Science 3"),
        ("enrollments", "X", ""),
        *(("enrollments", f"X{n}", "") for n in range(3)),
    ]
    assert [one.row for one in cause.waits] == [3, 4, 5, 6, 7]


def test_records_that_break_one_rule_are_one_cause(tmp_path: Path) -> None:
    cause = _only(Example(added={"users": _students(18, username="")}), tmp_path)
    assert (cause.code, cause.broken) == ("users.username_required", 18)
    assert cause.effect == "Fix 18 users"
    assert cause.examples == ("N000", "N001", "N002")


def test_each_school_that_is_not_onboarded_is_a_cause_of_its_own(tmp_path: Path) -> None:
    schools = rows("""
        sourcedId,name,type
        S2,Maple High,school
        S3,Oak High,school
    """)
    causes = _causes(
        Example(
            added={"orgs": schools, "users": _students(3, orgSourcedIds="S3")},
            onboarded=frozenset({"S1"}),
        ),
        tmp_path,
    )
    first, second = causes.shown
    assert first.title == "School is not onboarded: Oak High (S3)"
    assert first.effect == "Onboard the school, and 3 users follow"
    assert (first.held_back, first.skipped, first.owner) == (4, 3, Owner.SPECIALIST)
    assert (second.parent, second.effect) == ("S2", "Onboard the school")
    assert [(one.sourced_id, one.name, one.skipped) for one in first.waits] == [
        ("N000", "", True),
        ("N001", "", True),
        ("N002", "", True),
    ]
    assert second.waits == ()


def test_each_missing_user_is_a_cause_of_its_own(tmp_path: Path) -> None:
    enrollments = [_enrollment(f"X{n}", "C1", user) for n, user in enumerate(["U8", "U9", "U9"])]
    first, second = _causes(Example(added={"enrollments": enrollments}), tmp_path).shown
    assert first.title == "User U9 is not in the data"
    assert first.effect == "Add the user or correct the id, and 2 enrollments follow"
    assert (second.parent, second.held_back) == ("U8", 1)


def test_a_fault_of_the_export_comes_first(tmp_path: Path) -> None:
    school = {"sourcedId": "S2", "name": "Maple High", "type": "school"}
    waiting = [
        {**user, "sourcedId": f"W{n}", "orgSourcedIds": "S2"}
        for n, user in enumerate(_students(40))
    ]
    example = Example(
        changed={"users": {"username": ""}},
        added={"orgs": (school,), "users": (*_students(30, username=""), *waiting)},
        onboarded=frozenset({"S1"}),
    )
    fault, other = _causes(example, tmp_path).shown
    assert fault.of_export
    assert fault.title == ("username is empty for 31 of 33 that need it: the export leaves it out")
    assert fault.effect == "Fix the export, and 31 users follow"
    assert other.held_back == 41


def test_a_class_whose_teacher_is_not_enabled_says_so(tmp_path: Path) -> None:
    teacher = {**_TEACHER[0], "email": "nbell@maple.example", "enabledUser": "false"}
    enrollments = (
        _enrollment("X", "C2", "T2", "teacher"),
        _enrollment("X2", "C2", "P1"),
    )
    cause = _only(
        Example(
            added={
                "users": (teacher, *_students(4, enabledUser="false")),
                "classes": _CLASS,
                "enrollments": enrollments,
            }
        ),
        tmp_path,
    )
    assert cause.title == "Class has no teacher: its teacher is not enabled"
    assert cause.effect == "Fix 1 class, and 1 enrollment follows"
    assert (cause.table, cause.examples) == ("classes", ("C2",))


def test_a_record_that_waits_for_two_causes_comes_in_with_neither(tmp_path: Path) -> None:
    enrollment = {**_enrollment("X", "C9", "U9")}
    causes = _causes(Example(added={"enrollments": (enrollment,)}), tmp_path)
    assert [(cause.held_back, cause.broken) for cause in causes.shown] == [(0, 1), (0, 1)]
    assert [cause.waits for cause in causes.shown] == [(), ()]


def test_only_the_biggest_are_shown_and_all_are_counted(tmp_path: Path) -> None:
    enrollments = [_enrollment(f"X{n}", "C1", f"U{n}") for n in range(5)]
    causes = _causes(Example(added={"enrollments": enrollments}), tmp_path, most=2)
    assert (len(causes.shown), causes.total) == (2, 5)


def test_records_wait_for_a_cause_as_they_are_counted(tmp_path: Path) -> None:
    generate(Generated(4, 400, errors=0.05, seed=5, version=Version.V1_2), tmp_path / "delivery")
    with checked(tmp_path / "delivery", Policy(AS_OF)) as result:
        shown = find_causes(result).shown
    assert any(cause.waits for cause in shown)
    for cause in shown:
        waits = cause.waits
        assert len(waits) == len(set(waits)) == min(cause.waiting, 5)
        for table, number in Counter(one.table for one in waits).items():
            assert number <= cause.follows[table]
        assert sum(one.skipped for one in waits) <= cause.skipped


def test_nothing_to_fix_has_no_causes(tmp_path: Path) -> None:
    assert _causes(Example(), tmp_path) == NO_CAUSES
