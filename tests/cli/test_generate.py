"""`firstbell generate`."""

import json
from pathlib import Path

from tests.cli.conftest import Call

_SMALL = ("--schools", "1", "--students", "40", "--seed", "5")


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_district_without_errors_has_nothing_to_fix(call: Call) -> None:
    ran = call("generate", *_SMALL, "--errors", "0", "--out", "d")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "The district is in d. To check it: firstbell check d\n"
    checked = call("check", "d", "--as-of", "2026-11-24", "--json")
    assert json.loads(checked.out)["findings"] == {"failure": 0, "warning": 0}


def test_the_same_parameters_make_the_same_district(tmp_path: Path, call: Call) -> None:
    for name in ("a", "b"):
        call("generate", *_SMALL, "--errors", "0.1", "--out", name)
    assert _contents(tmp_path / "a") == _contents(tmp_path / "b")


def test_a_zip_of_the_other_version(tmp_path: Path, call: Call) -> None:
    ran = call("generate", *_SMALL, "--zip", "--version", "1.2", "--out", "d")
    assert ran.out == "The district is in d.zip. To check it: firstbell check d.zip\n"
    assert [path.name for path in tmp_path.iterdir()] == ["d.zip"]
    checked = call("check", "d.zip", "--json")
    assert json.loads(checked.out)["version"] == "1.2"


def test_the_night_after(tmp_path: Path, call: Call) -> None:
    call("generate", *_SMALL, "--out", "d")
    ran = call("generate", "--after", "d", "--out", "e")
    assert (ran.code, ran.err) == (0, "")
    assert json.loads((tmp_path / "e" / "generated.json").read_text())["night"] == 1


def test_a_generated_district_is_written_over_by_the_next(call: Call) -> None:
    for _ in range(2):
        assert call("generate", *_SMALL, "--out", "d").code == 0
