"""The reports agree, byte for byte, with the naive reading of the contract."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from firstbell.engine.policy import Policy
from firstbell.generate import District, generate
from firstbell.oneroster.dictionary import Version
from firstbell.rules.catalogue import rule
from firstbell.rules.example import AS_OF, files_of
from tests import naive
from tests.reports.delivered import reports_of, table

_REPORTS = [f"{name}_sync_report.csv" for name in ("users", "classes", "orgs", "enrollments")]
_CODES = [
    "users.email_required",
    "users.row_unreadable",
    "users.sourced_id_not_allowed",
    "users.some_org_not_found",
    "classes.teacher_required",
    "classes.sourced_id_conflict",
    "orgs.not_onboarded",
    "orgs.sourced_id_required",
    "enrollments.user_not_found",
    "enrollments.row_unreadable",
    "enrollments.user_sourced_id_not_storable",
    "enrollments.school_not_a_school",
    "users.password_ignored",
    "feed.unknown_file",
]


def _agree(files: Mapping[str, bytes], folder: Path, onboarded: frozenset[str] | None) -> None:
    expected = naive.check(
        files, as_of=AS_OF, onboarded=None if onboarded is None else set(onboarded)
    )
    reports = reports_of(files, folder, Policy(AS_OF, onboarded=onboarded))
    assert {name: reports[name] for name in _REPORTS if name in reports} == expected.reports
    found = [tuple(row[:9]) for row in table(reports["findings.csv"])[1:]]
    assert found == [
        tuple(_guarded(text) for text in _texts(finding)) for finding in expected.findings
    ]


def _texts(finding: naive.Finding) -> list[str]:
    row = "" if finding.row is None else str(finding.row)
    return [
        *(finding.file, row, finding.sourcedId, finding.field, finding.severity, finding.code),
        *(finding.message, finding.value, finding.cause),
    ]


def _guarded(text: str) -> str:
    if "\0" in text:
        return ""
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


@pytest.mark.parametrize("code", _CODES)
def test_on_the_example_of_a_rule(code: str, tmp_path: Path) -> None:
    example = rule(code).example
    _agree(files_of(example), tmp_path, example.onboarded)


@pytest.mark.parametrize("version", Version)
def test_on_a_generated_district_full_of_defects(version: Version, tmp_path: Path) -> None:
    generate(District(schools=3, students=240, errors=0.2, seed=7, version=version), tmp_path / "g")
    files = {path.name: path.read_bytes() for path in (tmp_path / "g").glob("*.csv")}
    _agree(files, tmp_path, None)


def test_where_no_school_is_onboarded(tmp_path: Path) -> None:
    generate(
        District(schools=2, students=60, errors=0.1, seed=3, version=Version.V1_1), tmp_path / "g"
    )
    files = {path.name: path.read_bytes() for path in (tmp_path / "g").glob("*.csv")}
    _agree(files, tmp_path, frozenset())
