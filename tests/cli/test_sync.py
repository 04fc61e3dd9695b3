"""`firstbell sync`, `hold` and `roster export`, as a person types them."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call

_EXAMPLES = Path(__file__).parents[2] / "examples"
_FIRST = (_EXAMPLES / "seed-district", "--as-of", "2026-11-24")
_TOLD = ("status", "tables", "findings", "codes", "reports")
_NEXT = (_EXAMPLES / "seed-district-next-night", "--as-of", "2026-11-25")


@pytest.fixture(autouse=True)
def _data(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("FIRSTBELL_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def maple(call: Call) -> str:
    call("district", "add", "Maple", "--timezone", "America/New_York")
    call("school", "onboard", "maple", "1001")
    return "maple"


def _synced(call: Call, *arguments: str | Path) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(call("sync", *arguments, "--json").out)
    return answer


def _without_enrollments(tmp_path: Path) -> Path:
    copy = tmp_path / "copy"
    shutil.copytree(_EXAMPLES / "seed-district", copy)
    lines = (copy / "enrollments.csv").read_text().splitlines(keepends=True)
    (copy / "enrollments.csv").write_text(lines[0])
    return copy


def test_what_could_not_be_created_is_created_on_the_night_after_it_was_corrected(
    call: Call, maple: str
) -> None:
    first = call("sync", maple, "--from", *_FIRST)
    assert (first.code, first.err) == (1, "")
    assert "Users: 8 created" in first.out
    call("school", "onboard", maple, "1234")
    second = _synced(call, maple, "--from", *_NEXT)
    assert second["status"] == "Completed"
    assert {table: one["created"] for table, one in second["changes"].items()} == {
        "orgs": 1,
        "academicSessions": 0,
        "courses": 0,
        "users": 4,
        "classes": 2,
        "enrollments": 5,
    }


def test_a_second_night_with_the_same_files_changes_nothing(call: Call, maple: str) -> None:
    first = _synced(call, maple, "--from", *_FIRST)
    second = _synced(call, maple, "--from", *_FIRST)
    assert second["sync"] > first["sync"]
    assert not any(any(one.values()) for one in second["changes"].values())
    assert {name: first[name] for name in _TOLD} == {name: second[name] for name in _TOLD}


def test_reports_are_copied_in_place_of_earlier_ones(
    call: Call, maple: str, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    call("sync", maple, "--from", *_FIRST, "--out", out)
    assert (out / "users_sync_report.csv").exists()
    call("school", "onboard", maple, "1234")
    call("sync", maple, "--from", *_NEXT, "--out", out)
    assert sorted(path.name for path in out.iterdir()) == ["findings.csv", "summary.json"]


def test_feeds_and_reports_are_closed_to_other_users(
    call: Call, maple: str, tmp_path: Path
) -> None:
    call("sync", maple, "--from", *_FIRST)
    (districts,) = (tmp_path / "data").glob("**/districts")
    assert districts.stat().st_mode & 0o077 == 0


def test_a_preview_applies_nothing(call: Call, maple: str, tmp_path: Path) -> None:
    previewed = call("sync", maple, "--from", *_FIRST, "--preview", "--json")
    answer = json.loads(previewed.out)
    assert (previewed.code, answer["sync"]) == (1, None)
    assert answer["changes"]["users"]["created"] == 8
    assert "nothing yet" in call("district", "show", maple).out
    assert not list((tmp_path / "data").rglob("*.parquet"))


def test_a_delivery_that_cannot_be_used_fails_as_in_a_check(call: Call, maple: str) -> None:
    failed = call("sync", maple, "--from", "nowhere", "--json")
    answer = json.loads(failed.out)
    assert failed.code == 2
    assert failed.err.startswith("Failed: ")
    assert (answer["status"], answer["tables"], answer["changes"]) == ("Failed", {}, {})
    assert answer["reason"] in failed.err


def test_without_a_source_the_delivery_must_be_named(call: Call, maple: str) -> None:
    ran = call("sync", maple)
    assert (ran.code, ran.out) == (2, "")
    assert "--from PATH" in ran.err


def test_a_refused_sync_is_shown_and_applied_anyway(call: Call, maple: str, tmp_path: Path) -> None:
    call("sync", maple, "--from", *_FIRST)
    refused = call("sync", maple, "--from", _without_enrollments(tmp_path), "--as-of", "2026-11-25")
    reason = "would deactivate 7 of 7 enrollments (100 %) and create 0"
    assert refused.code == 2
    assert reason in refused.err
    shown = json.loads(call("hold", "show", maple, "--json").out)
    assert (shown["refused"], shown["removals"]) == (reason, {})
    applied = json.loads(call("hold", "apply", maple, "--reason", "summer", "--yes", "--json").out)
    assert applied["as_of"] == "2026-11-25"
    assert applied["changes"]["enrollments"]["deactivated"] == 7
    assert call("hold", "show", maple).code == 2


def test_a_dismissed_hold_changes_nothing_and_is_over(
    call: Call, maple: str, tmp_path: Path
) -> None:
    call("sync", maple, "--from", *_FIRST)
    call("sync", maple, "--from", _without_enrollments(tmp_path))
    dismissed = call("hold", "dismiss", maple, "--yes", "--json")
    assert (dismissed.code, json.loads(dismissed.out)["sync"]) == (0, 2)
    assert call("hold", "show", maple).code == 2
    assert "7 enrollments" in call("district", "show", maple).out


def test_a_hold_is_only_decided_on_while_its_sync_is_the_newest(
    call: Call, maple: str, tmp_path: Path
) -> None:
    call("sync", maple, "--from", *_FIRST)
    call("sync", maple, "--from", _without_enrollments(tmp_path))
    call("sync", maple, "--from", *_FIRST)
    assert call("hold", "apply", maple, "--reason", "late", "--yes").code == 2


def test_an_export_checks_without_a_failure_and_syncs_back_unchanged(
    call: Call, maple: str, tmp_path: Path
) -> None:
    call("sync", maple, "--from", *_FIRST)
    exported = tmp_path / "export"
    assert call("roster", "export", maple, "--out", exported).code == 0
    assert len(list(exported.iterdir())) == 7
    day = ("--as-of", "2026-11-25")
    assert call("check", exported, *day, "--out", tmp_path / "report").code == 0
    again = _synced(call, maple, "--from", exported, *day)
    assert again["status"] == "Completed"
    assert not any(any(one.values()) for one in again["changes"].values())


def _judged(tmp_path: Path, number: int) -> bool:
    """Whether the engine ran for the sync that is the district's n-th: what it found is its own."""

    def found_by(sync: int) -> Path:
        (file,) = (tmp_path / "data").glob(f"**/syncs/{sync}/1/findings.parquet")
        return file

    return not any(found_by(number).samefile(found_by(before)) for before in range(1, number))


def test_a_byte_identical_delivery_is_known_before_the_engine_runs(
    call: Call, maple: str, tmp_path: Path
) -> None:
    first = _synced(call, maple, "--from", *_FIRST)
    second = _synced(call, maple, "--from", _FIRST[0], "--as-of", "2026-11-25")
    third = call("sync", maple, "--from", _FIRST[0], "--as-of", "2026-11-26")
    assert [_judged(tmp_path, number) for number in (1, 2, 3)] == [True, False, False]
    assert second["as_of"] == "2026-11-25"
    assert {name: first[name] for name in _TOLD} == {name: second[name] for name in _TOLD}
    assert "1. School is not onboarded: Cedar Elementary (1234)" in third.out


def test_it_is_judged_anew_when_something_else_has_changed(
    call: Call, maple: str, tmp_path: Path
) -> None:
    call("sync", maple, "--from", *_FIRST)
    copy = tmp_path / "copy"
    shutil.copytree(_FIRST[0], copy)
    with (copy / "users.csv").open("a") as file:
        file.write("\n")
    call("sync", maple, "--from", copy, "--as-of", "2026-11-24")
    call("school", "onboard", maple, "1234")
    call("sync", maple, "--from", copy, "--as-of", "2026-11-24")
    call("sync", maple, "--from", copy, "--as-of", "2026-11-24")
    after_the_year = call("sync", maple, "--from", copy, "--as-of", "2027-06-12")
    assert [_judged(tmp_path, n) for n in (1, 2, 3, 4, 5)] == [True, True, True, False, True]
    assert "Classes: 3 deactivated" in after_the_year.out


def test_it_is_judged_anew_when_what_was_kept_is_damaged(
    call: Call, maple: str, tmp_path: Path
) -> None:
    call("sync", maple, "--from", *_FIRST)
    (kept,) = (tmp_path / "data").glob("**/syncs/1/1/computed.json")
    kept.write_text(kept.read_text()[:100])
    assert call("sync", maple, "--from", *_FIRST).code == 1
    assert _judged(tmp_path, 2)
