"""A fault of the export: what nearly all records break is the file's doing, not theirs."""

from collections.abc import Mapping, Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstbell.engine.policy import Policy
from firstbell.oneroster.dictionary import Version, tables
from firstbell.rules.example import AS_OF, Example, Row, csv_text, files_of, rows_of
from tests.engine.test_agreement import assert_agreement
from tests.made_up import MadeUp
from tests.ours import Ours, check_files

# In the smallest district, two members of staff and one student have no fault.
_STAFF = 2


def _teacher(number: int, email: str = "") -> Row:
    return {
        "sourcedId": f"T9{number:03}",
        "enabledUser": "true",
        "orgSourcedIds": "S1",
        "role": "teacher",
        "username": f"t{number}",
        "givenName": "Nora",
        "familyName": "Bell",
        "email": email,
    }


def _student(number: int) -> Row:
    return {**_teacher(number), "sourcedId": f"P9{number:03}", "role": "student"}


def _with_email(number: int) -> Row:
    return _teacher(number, f"t{number}@maple.example")


def _class(number: int) -> Row:
    return {
        "sourcedId": f"C9{number:03}",
        "title": "Math",
        "courseSourcedId": "MATH",
        "classType": "scheduled",
        "schoolSourcedId": "S1",
        "termSourcedIds": "FALL",
    }


def _enrollment(number: int, user: str, a_class: str, role: str = "student") -> Row:
    return {
        "sourcedId": f"E9{number:03}{role[0]}",
        "classSourcedId": a_class,
        "schoolSourcedId": "S1",
        "userSourcedId": user,
        "role": role,
    }


def _check(added: Mapping[str, Sequence[Row]], onboarded: frozenset[str] | None = None) -> Ours:
    files = files_of(Example(added=added))
    return check_files(files, Policy(AS_OF, onboarded=onboarded))


def _causes(ours: Ours, code: str) -> set[str]:
    """The causes of all findings of a rule; "" where a finding is its own."""
    return {finding.cause for finding in ours.findings if finding.code == code}


def _staff(broken: int, judged: int) -> list[Row]:
    """Staff to add so that some of all have no email."""
    return [
        *(_teacher(number) for number in range(broken)),
        *(_with_email(number) for number in range(broken, judged - _STAFF)),
    ]


@pytest.mark.parametrize(
    ("broken", "judged", "is_fault"),
    [
        (19, 21, False),
        (20, 22, True),
        (27, 30, True),
        (89, 100, False),
        (90, 100, True),
        (26, 29, False),
    ],
)
def test_it_takes_20_records_and_90_percent(broken: int, judged: int, is_fault: bool) -> None:
    ours = _check({"users": _staff(broken, judged)})
    assert _causes(ours, "users.email_required") == {
        "users.csv::users.email_required" if is_fault else ""
    }
    assert ours.tables["users"]["failed"] == broken


def test_the_email_rule_counts_staff_only() -> None:
    students = [_student(number) for number in range(200)]
    ours = _check({"users": [*_staff(20, 22), *students]})
    assert _causes(ours, "users.email_required") == {"users.csv::users.email_required"}


def test_the_email_rule_counts_no_staff_that_is_left_out() -> None:
    left_out = [{**_with_email(number), "enabledUser": "false"} for number in range(300, 340)]
    removed = [{**_with_email(number), "status": "tobedeleted"} for number in range(400, 440)]
    ours = _check({"users": [*_staff(20, 22), *left_out, *removed]})
    assert _causes(ours, "users.email_required") == {"users.csv::users.email_required"}


def test_all_that_follows_has_the_file_as_its_cause() -> None:
    teachers = [_teacher(number) for number in range(20)]
    ours = _check(
        {
            "users": teachers,
            "classes": [_class(number) for number in range(20)],
            "enrollments": [
                *(
                    _enrollment(n, t["sourcedId"], f"C9{n:03}", "teacher")
                    for n, t in enumerate(teachers)
                ),
                *(_enrollment(n, "P1", f"C9{n:03}") for n in range(20)),
            ],
        }
    )
    file = {"users.csv::users.email_required"}
    assert _causes(ours, "users.email_required") == file
    assert _causes(ours, "classes.teacher_required") == file
    assert _causes(ours, "enrollments.user_not_found") == file
    assert _causes(ours, "enrollments.class_not_found") == file


def test_what_only_follows_makes_no_fault() -> None:
    """All enrollments fail for their users, who are to blame one by one."""
    users = [{**_student(number), "username": ""} for number in range(40)]
    good = [_student(number) for number in range(100, 160)]
    enrollments = [_enrollment(n, user["sourcedId"], "C1") for n, user in enumerate(users)]
    alone = _enrollment(50, "nobody", "C1")
    ours = _check({"users": [*users, *good], "enrollments": [*enrollments, alone]})
    assert _causes(ours, "enrollments.user_not_found") == {
        "",
        *(f"users.csv:{user['sourcedId']}:users.username_required" for user in users),
    }


def test_a_district_where_no_school_is_onboarded_has_no_fault() -> None:
    schools = [{"sourcedId": f"S9{n}", "name": "Oak", "type": "school"} for n in range(40)]
    ours = _check({"orgs": schools}, onboarded=frozenset())
    assert _causes(ours, "orgs.not_onboarded") == {""}
    assert ours.tables["orgs"]["failed"] == 41


@pytest.mark.parametrize("column", ["userSourcedId", "classSourcedId", "schoolSourcedId"])
@pytest.mark.parametrize(
    ("parents", "is_fault"), [(1, False), (2, False), (19, False), (20, True), (60, True)]
)
def test_missing_parents_are_a_fault_when_20_of_them_are_named(
    column: str, parents: int, is_fault: bool
) -> None:
    enrollments = [
        {**_enrollment(n, "P1", "C1"), column: f"nobody-{n % parents}"} for n in range(60)
    ]
    ours = _check({"enrollments": enrollments})
    code = f"enrollments.{column.removesuffix('SourcedId')}_not_found"
    assert _causes(ours, code) == {f"enrollments.csv::{code}" if is_fault else ""}


def test_users_of_one_missing_school_are_no_fault_of_the_export() -> None:
    users = [{**_student(number), "orgSourcedIds": "S9"} for number in range(60)]
    assert _causes(_check({"users": users}), "users.org_not_found") == {""}


def test_an_export_without_teachers_is_a_fault() -> None:
    ours = _check({"classes": [_class(number) for number in range(20)]})
    file = {"classes.csv::classes.teacher_required"}
    assert _causes(ours, "classes.teacher_required") == file


@pytest.mark.parametrize(("broken", "is_fault"), [(19, False), (26, False), (27, True)])
def test_unreadable_rows_can_be_a_fault(broken: int, is_fault: bool) -> None:
    """Beside the three users of the smallest district."""
    files = files_of(Example())
    files["users.csv"] += b"".join(b"X%d,too,few\n" % number for number in range(broken))
    assert _causes(check_files(files, Policy(AS_OF)), "users.row_unreadable") == {
        "users.csv::users.row_unreadable" if is_fault else ""
    }


def test_the_codes_of_a_fault_name_the_file_and_no_record() -> None:
    ours = _check({"users": _staff(20, 22)})
    assert {finding.cause for finding in ours.findings} == {"users.csv::users.email_required"}
    assert len([f for f in ours.findings if f.severity == "failure"]) == 20


def _whole(random: Random) -> dict[str, tuple[Row, ...]]:
    """A district in which every table has some thirty rows and nothing is wrong."""
    numbers = range(random.choice((19, 22, 30)))
    teachers = [_with_email(number) for number in numbers]
    students = [_student(number) for number in numbers]
    enrollments = [
        *(_enrollment(n, f"T9{n:03}", f"C9{n:03}", "teacher") for n in numbers),
        *(_enrollment(n, f"P9{n:03}", f"C9{n:03}") for n in numbers),
    ]
    schools = [{"sourcedId": f"S9{n}", "name": "Oak", "type": "school"} for n in numbers]
    return rows_of(
        Example(
            added={
                "orgs": schools,
                "users": [*teachers, *students],
                "classes": [_class(n) for n in numbers],
                "enrollments": enrollments,
            }
        )
    )


@pytest.mark.slow
@given(st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_the_naive_reading_finds_the_same_faults(random: Random) -> None:
    district = _whole(random)
    files: dict[str, bytes] = {}
    spoiled = random.sample(["orgs", "users", "classes", "enrollments"], random.choice((1, 1, 2)))
    for name, rows in district.items():
        columns = [field.name for field in tables(Version.V1_1)[name].fields]
        if name in spoiled:
            column = random.choice(columns)
            few = random.choice((1, 19, 20, 100))
            values = random.choice(
                (
                    *([""], ["", "x"], ["\0"], ["x"], [f"x{n}" for n in range(few)]),
                    *(["T1"], ["C1", "D1"], ["false"], ["tobedeleted", ""], [","]),
                )
            )
            share = random.choice((0.8, 0.9, 0.9, 0.95, 1.0))
            rows = tuple(
                {**row, column: random.choice(values)} if random.random() < share else row
                for row in rows
            )
        files[f"{name}.csv"] = csv_text(columns, rows).encode()
    assert_agreement(MadeUp(files, None, frozenset(), AS_OF))
