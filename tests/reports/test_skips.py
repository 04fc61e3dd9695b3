"""Why records were left out without an error."""

from pathlib import Path

from firstbell.reports.skips import explain_skips
from firstbell.rules.catalogue import rule
from firstbell.rules.example import Example, rows
from tests.reports.delivered import synced


def _said(example: Example, folder: Path) -> tuple[str, ...]:
    with synced(example, folder) as result:
        return explain_skips(result)


def test_classes_whose_terms_are_over(tmp_path: Path) -> None:
    assert _said(rule("classes.ended").example, tmp_path) == (
        "1 of 1 class ended before 2026-11-24: is this the export of an earlier year?",
        "2 enrollments left out: their class has ended",
    )


def test_people_of_a_school_that_is_not_onboarded(tmp_path: Path) -> None:
    assert _said(Example(onboarded=frozenset()), tmp_path) == (
        "3 users left out: their school is not onboarded",
        "1 class left out: its school is not onboarded",
        "2 enrollments left out: their school is not onboarded",
    )


def test_users_who_are_not_enabled_or_have_another_role(tmp_path: Path) -> None:
    users = rows("""
        sourcedId,enabledUser,orgSourcedIds,role,username,givenName,familyName
        X1,false,S1,student,x1,Sam,Ray
        X2,false,S1,student,x2,Sam,Ray
        X3,true,S1,parent,x3,Sam,Ray
    """)
    assert _said(Example(added={"users": users}), tmp_path) == (
        "2 users are not enabled",
        "1 user is neither student, teacher nor administrator",
    )


def test_records_that_the_sis_removed(tmp_path: Path) -> None:
    example = Example(changed={"enrollments": {"status": "tobedeleted"}})
    assert _said(example, tmp_path) == ("1 enrollment is removed in the SIS",)


def test_terms_that_cannot_be_used(tmp_path: Path) -> None:
    example = Example(changed={"academicSessions": {"sourcedId": ""}})
    assert _said(example, tmp_path) == ("1 term left out: it has no sourcedId",)


def test_a_school_marked_never(tmp_path: Path) -> None:
    assert _said(rule("orgs.never").example, tmp_path) == ("1 school is marked never",)


def test_nothing_left_out_needs_no_word(tmp_path: Path) -> None:
    assert _said(Example(), tmp_path) == ()
