"""What a roster server does not share is told as that, and reads the same in the four reports."""

from dataclasses import replace
from pathlib import Path

from firstbell.engine.policy import Policy
from firstbell.reports.causes import find_causes
from firstbell.rules.example import AS_OF, MANIFEST_OF_API, Example, Row, files_of
from firstbell.rules.rule import Owner
from tests.ours import check_files
from tests.reports.delivered import synced

_EVERYONE = Policy(AS_OF)


def _enrollments(number: int) -> tuple[Row, ...]:
    """Enrollments of as many classes that nobody has told of."""
    return tuple(
        {
            "sourcedId": f"N{n}",
            "classSourcedId": f"SPRING{n}",
            "schoolSourcedId": "S1",
            "userSourcedId": "P1",
            "role": "student",
        }
        for n in range(number)
    )


_FROM_API = {"manifest": MANIFEST_OF_API}


def test_classes_that_are_not_shared_are_one_cause_however_many(tmp_path: Path) -> None:
    shared = Example(added={"enrollments": _enrollments(40)}, text=_FROM_API)
    with synced(shared, tmp_path) as result:
        (cause,) = find_causes(result, 10).shown
    assert (cause.code, cause.owner) == ("enrollments.class_not_shared", Owner.SHARING)
    assert (cause.parent, cause.broken) == ("", 40)
    assert cause.effect == "Share the classes that are taught now, and 40 enrollments follow"
    assert "fault" not in cause.title and "export" not in cause.title


def test_in_files_each_class_that_is_not_there_is_a_cause_of_its_own(tmp_path: Path) -> None:
    with synced(Example(added={"enrollments": _enrollments(3)}), tmp_path) as result:
        causes = find_causes(result, 10).shown
    assert [cause.code for cause in causes] == ["enrollments.class_not_found"] * 3


def test_a_class_that_is_shared_and_fails_is_what_keeps_its_enrollments_out(
    tmp_path: Path,
) -> None:
    failing = Example(changed={"classes": {"title": ""}}, text=_FROM_API)
    with synced(failing, tmp_path) as result:
        (cause,) = find_causes(result, 10).shown
    assert cause.code == "classes.title_required"


def test_the_four_reports_are_those_of_the_same_files() -> None:
    example = Example(added={"enrollments": _enrollments(3)}, changed={"users": {"email": ""}})
    files = check_files(files_of(example), _EVERYONE)
    api = check_files(files_of(replace(example, text=_FROM_API)), _EVERYONE)
    assert files.reports == api.reports
    assert list(api.reports) == ["users_sync_report.csv", "enrollments_sync_report.csv"]
