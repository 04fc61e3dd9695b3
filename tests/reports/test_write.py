"""The folder of reports."""

import json
from pathlib import Path

from firstbell.engine.policy import Policy
from firstbell.reports.check import checked
from firstbell.reports.write import NAMES, remove_reports, write_reports
from firstbell.rules.catalogue import rule
from firstbell.rules.example import AS_OF, Example, files_of
from tests.reports.delivered import deliver, reports_of, table

_BROKEN = files_of(rule("users.email_required").example)
_TWO_LINES = {
    "sourcedId": "N1",
    "enabledUser": "true",
    "orgSourcedIds": "S1",
    "role": "teacher",
    "username": "nbell",
    "givenName": "Nora\nB.",
    "familyName": "Bell",
}
_TWO = {"read": 2, "accepted": 2, "failed": 0, "skipped": 0, "removed": 0}


def test_the_same_delivery_gives_the_same_bytes(tmp_path: Path) -> None:
    assert reports_of(_BROKEN, tmp_path / "a") == reports_of(_BROKEN, tmp_path / "b")


def test_reports_of_an_earlier_run_are_replaced_and_other_files_stay(tmp_path: Path) -> None:
    reports = tmp_path / "reports"
    reports.mkdir()
    for name in (*NAMES, "notes.txt", "users.csv"):
        (reports / name).write_text("old")
    written = reports_of(files_of(Example()), tmp_path)
    assert sorted(written) == ["findings.csv", "notes.txt", "summary.json", "users.csv"]
    assert written["notes.txt"] == b"old" == written["users.csv"]
    assert written["findings.csv"] != b"old"


def test_removing_reports_of_a_folder_that_is_not_there_is_no_error(tmp_path: Path) -> None:
    remove_reports(tmp_path / "nothing")


def test_every_file_written_is_one_that_the_next_run_removes(tmp_path: Path) -> None:
    with checked(deliver(_BROKEN, tmp_path / "in"), Policy(AS_OF)) as result:
        written = write_reports(result, tmp_path / "out")
    assert {path.name for path in written.files} <= set(NAMES)
    remove_reports(tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_rows_are_counted_as_they_are_written(tmp_path: Path) -> None:
    """A cell may have line ends, and failures that are told alike are one row."""
    user = _TWO_LINES | {"sourcedId": "N2"}
    broken = files_of(Example(added={"users": (_TWO_LINES, _TWO_LINES, user)}))
    with checked(deliver(broken, tmp_path / "in"), Policy(AS_OF)) as result:
        written = write_reports(result, tmp_path / "out")
    tables = [path for path in written.files if path.suffix == ".csv"]
    assert len(tables) == 3
    assert written.rows == {path.name: len(table(path.read_bytes())) - 1 for path in tables}


def test_a_csv_file_begins_with_the_mark_that_excel_needs(tmp_path: Path) -> None:
    for name, content in reports_of(_BROKEN, tmp_path).items():
        if name.endswith(".csv"):
            assert content.startswith(b"\xef\xbb\xbf")
            assert content.count(b"\n") == content.count(b"\r\n")


def test_the_messages_name_the_product(tmp_path: Path) -> None:
    policy = Policy(AS_OF, product="=Great, Minds", onboarded=frozenset())
    reports = reports_of(files_of(Example()), tmp_path, policy)
    (_, row) = table(reports["orgs_sync_report.csv"])
    assert row == [
        *("S1", "school", "Failure"),
        "school is not onboarded in =Great, Minds, school and all associated records will not be "
        "synced",
    ]


def test_the_summary_counts_and_names_the_reports(tmp_path: Path) -> None:
    summary = json.loads(reports_of(_BROKEN, tmp_path)["summary.json"])
    assert summary == {
        "status": "Completed with Errors",
        "reason": None,
        "as_of": "2026-11-24",
        "version": "1.1",
        "tables": {
            "orgs": _TWO,
            "academicSessions": _TWO,
            "courses": _TWO,
            "users": {"read": 4, "accepted": 3, "failed": 1, "skipped": 0, "removed": 0},
            "classes": {"read": 1, "accepted": 1, "failed": 0, "skipped": 0, "removed": 0},
            "enrollments": _TWO,
        },
        "findings": {"failure": 1, "warning": 0},
        "codes": {"users.email_required": 1},
        "reports": ["users_sync_report.csv"],
    }


def test_findings_on_whole_files_come_first(tmp_path: Path) -> None:
    files = {**_BROKEN, "lunch.csv": b"a,b\n", "Bus.csv": b"a,b\n"}
    header, *users = files["users.csv"].decode().splitlines()
    widened = [f"{header},=color", *(f"{user}," for user in users)]
    files["users.csv"] = "\n".join(widened).encode()
    found = table(reports_of(files, tmp_path)["findings.csv"])
    assert found[0] == [
        *("file", "row", "sourcedId", "field", "severity", "code"),
        *("message", "value", "cause", "owner", "solution"),
    ]
    assert [(row[0], row[1], row[3]) for row in found[1:]] == [
        ("users.csv", "", "'=color"),
        ("Bus.csv", "", ""),
        ("lunch.csv", "", ""),
        ("users.csv", "5", "email"),
    ]
    assert found[-1][9:] == ["district", rule("users.email_required").solution]
