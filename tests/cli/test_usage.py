"""Wrong usage ends with 64 and a sentence; a bug of ours with a sentence too."""

from pathlib import Path

import pytest

from firstbell.cli.check import _ids
from firstbell.cli.checking import Request, _is_interruption, run
from firstbell.engine.policy import Policy
from firstbell.feed.package import Limits
from firstbell.rules.example import AS_OF, Example, files_of
from tests.cli.command import firstbell
from tests.cli.conftest import Call
from tests.reports.delivered import deliver


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Usage: firstbell"),
        (["check"], "PATH"),
        (["check", "in", "--fast"], "--fast"),
        (["learn"], "learn"),
        (["check", "in", "--as-of", "tomorrow"], "“tomorrow” is no date; write it as 2026-11-24"),
        (["check", "in", "--as-of", "2026-02-30"], "“2026-02-30” is no date"),
        (["check", "in", "--as-of", "20261124"], "“20261124” is no date"),
        (["check", "in", "--onboarded", "nothing.txt"], "nothing.txt cannot be read"),
        (["check", "in", "--never", "in"], "in cannot be read"),
        (["check", "in", "--product", " "], "the product needs a name"),
        (["check", "in", "--out", "file"], "file is a file, not a folder"),
        (["rules", "users.no_such_rule"], "there is no rule users.no_such_rule"),
        (["generate"], "--out"),
        (["generate", "--out", "file"], "file is a file, not a folder"),
        (["generate", "--out", "new", "--schools", "0"], "at least one school"),
        (["generate", "--out", "new", "--version", "2"], "neither 1.1 nor 1.2"),
        (["generate", "--out", "in"], "choose another folder"),
        (["generate", "--out", "new", "--after", "in"], "is no district that"),
        (["generate", "--out", "new", "--after", "in", "--seed", "1"], "leave out --seed"),
    ],
)
def test_wrong_usage(arguments: list[str], said: str, tmp_path: Path, call: Call) -> None:
    deliver(files_of(Example()), tmp_path / "in")
    (tmp_path / "file").write_text("")
    ran = call(*arguments)
    assert ran.code == 64
    assert said in ran.err
    assert "--help" in ran.err
    assert ran.out == ""
    assert "Traceback" not in ran.err


def test_wrong_usage_leaves_the_reports_of_an_earlier_run(tmp_path: Path, call: Call) -> None:
    deliver(files_of(Example()), tmp_path / "in")
    call("check", "in")
    call("check", "in", "--as-of", "tomorrow")
    assert (tmp_path / "firstbell-report" / "summary.json").exists()


def test_a_memory_limit_that_is_no_size(tmp_path: Path) -> None:
    ran = firstbell("check", "in", folder=tmp_path, FIRSTBELL_MEMORY_LIMIT="much")
    assert ran.code == 64
    assert "FIRSTBELL_MEMORY_LIMIT: “much” is no size such as 2GB" in ran.err


@pytest.mark.parametrize("arguments", [["--help"], ["check", "--help"], ["rules", "--help"]])
def test_help_ends_with_0(arguments: list[str], call: Call) -> None:
    ran = call(*arguments)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Usage: firstbell")


def _request(folder: Path, *, debug: bool) -> Request:
    """A check that fails in a way that nobody has foreseen."""
    deliver(files_of(Example()), folder / "in")
    unforeseen = Limits(spill="no size at all")
    return Request(
        folder / "in", folder / "out", Policy(AS_OF), unforeseen, as_json=False, debug=debug
    )


def test_a_bug_is_one_plain_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(_request(tmp_path, debug=False)) == 2
    said = capsys.readouterr()
    assert said.err.startswith("Failed: Something went wrong on our side (")
    assert "--debug" in said.err
    assert "Memory must" not in said.err
    assert said.out == "Sync status: Failed\n"


def test_stopping_a_check_is_no_bug() -> None:
    assert _is_interruption(RuntimeError("Query interrupted"))
    assert not _is_interruption(RuntimeError("something else"))


def test_debug_shows_where_a_bug_is(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="Memory must have a number"):
        run(_request(tmp_path, debug=True))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_list_of_schools_may_come_from_any_editor(
    encoding: str, line_end: str, tmp_path: Path
) -> None:
    path = tmp_path / "schools.txt"
    path.write_bytes(line_end.join([" S1 ", "", "École-2", "s1", "S1"]).encode(encoding))
    assert _ids(path, "--onboarded") == {"S1", "École-2", "s1"}
