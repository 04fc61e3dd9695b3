"""`firstbell check` as a process: exit codes, JSON, what is printed, and what never is."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from firstbell.rules.catalogue import rule
from firstbell.rules.example import Example, files_of
from tests.cli.command import firstbell
from tests.reports.delivered import deliver, table

_ROOT = Path(__file__).parents[2]
_EXAMPLES = _ROOT / "examples"
_SEED = {
    "users_sync_report.csv": [
        *("1234", "email", "Failure"),
        "email is required for users with “teacher” or “administrator” roles",
    ],
    "classes_sync_report.csv": ["1234", "subject", "Failure", "primary teacher is required"],
    "orgs_sync_report.csv": [
        *("1234", "school", "Failure"),
        "school is not onboarded in Great Minds, school and all associated records will not be "
        "synced",
    ],
    "enrollments_sync_report.csv": [
        *("1234", "userSourcedId", "Failure", "userSourcedId not found in our system"),
    ],
}


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return deliver(files_of(Example()), tmp_path / "good")


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    return deliver(files_of(rule("users.email_required").example), tmp_path / "broken")


def test_the_seed_district_shows_the_four_errors_of_the_seed(tmp_path: Path) -> None:
    ran = firstbell(
        *("check", _EXAMPLES / "seed-district", "--as-of", "2026-11-24"),
        *("--onboarded", _EXAMPLES / "onboarded.txt", "--product", "Great Minds"),
        folder=tmp_path,
    )
    assert (ran.code, ran.err) == (1, "")
    reports = tmp_path / "firstbell-report"
    found = {path.name: table(path.read_bytes()) for path in reports.glob("*_sync_report.csv")}
    header = ["SourcedId", "Field", "Status", "Error Message"]
    assert found == {name: [header, row] for name, row in _SEED.items()}
    assert "Fix 1 user, and 1 enrollment follows." in ran.out
    assert "Onboard the school, and 3 users, 1 class and 3 enrollments follow." in ran.out
    assert ran.out.splitlines()[-1] == "Sync status: Completed with Errors"


def test_a_good_delivery_ends_with_0(good: Path) -> None:
    ran = firstbell("check", good, "--as-of", "2026-11-24", folder=good.parent)
    assert (ran.code, ran.err) == (0, "")
    assert "Nothing to fix." in ran.out
    assert ran.out.splitlines()[-1] == "Sync status: Completed"


def test_json_is_the_summary_and_nothing_else(broken: Path) -> None:
    ran = firstbell("check", broken, "--json", "--out", "here", folder=broken.parent)
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.encode() == (broken.parent / "here" / "summary.json").read_bytes()
    assert json.loads(ran.out)["reports"] == ["users_sync_report.csv"]


def test_piped_output_has_no_progress_and_no_colors(broken: Path) -> None:
    ran = firstbell("check", broken, folder=broken.parent)
    assert "\x1b" not in ran.out + ran.err
    assert "step" not in ran.out + ran.err


def test_why_nobody_came_in_is_told(good: Path) -> None:
    ran = firstbell("check", good, "--as-of", "2027-01-20", folder=good.parent)
    assert ran.code == 0
    assert "1 of 1 class ended before 2027-01-20" in ran.out
    assert "Left out without an error: no classes and no enrollments come in\n" in ran.out


def test_a_path_that_is_not_there_fails(tmp_path: Path) -> None:
    ran = firstbell("check", "nothing", "--json", "--as-of", "2026-11-24", folder=tmp_path)
    assert ran.code == 2
    assert ran.err.startswith("Failed: there is no file or folder nothing.\n")
    assert json.loads(ran.out) == {
        "status": "Failed",
        "reason": "there is no file or folder nothing",
        "as_of": "2026-11-24",
        "version": None,
        "tables": {},
        "findings": {"failure": 0, "warning": 0},
        "codes": {},
        "reports": [],
    }


def test_a_failed_check_removes_the_reports_of_the_one_before(broken: Path) -> None:
    folder = broken.parent
    firstbell("check", broken, folder=folder)
    (folder / "firstbell-report" / "notes.txt").write_text("mine")
    (broken / "users.csv").unlink()
    ran = firstbell("check", broken, folder=folder)
    assert ran.code == 2
    assert ran.err.startswith("Failed: users.csv is missing.\n")
    assert ran.out == "Sync status: Failed\n"
    assert [path.name for path in (folder / "firstbell-report").iterdir()] == ["notes.txt"]


def test_a_failed_check_makes_no_folder(tmp_path: Path) -> None:
    firstbell("check", "nothing", folder=tmp_path)
    assert not (tmp_path / "firstbell-report").exists()


def test_too_little_memory_is_said_in_plain_words(broken: Path) -> None:
    ran = firstbell("check", broken, folder=broken.parent, FIRSTBELL_MEMORY_LIMIT="1MB")
    assert ran.code == 2
    assert "Traceback" not in ran.err
    assert "the limit of 1MB of memory is too small" in ran.err


def test_reports_that_cannot_be_written_are_said_in_plain_words(broken: Path) -> None:
    (broken.parent / "file").write_text("")
    ran = firstbell("check", broken, "--out", "file/reports", folder=broken.parent)
    assert ran.code == 2
    assert ran.err.startswith("Failed: the reports cannot be written to ")


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_console_without_the_right_characters_is_no_error(broken: Path, encoding: str) -> None:
    ran = firstbell("check", broken, folder=broken.parent, encoding=encoding)
    assert ran.code == 1
    assert ran.out.splitlines()[-1].strip() == "Sync status: Completed with Errors"


def test_a_cause_that_brings_nothing_by_itself_says_so(tmp_path: Path) -> None:
    lost = {"sourcedId": "E9", "classSourcedId": "C9", "schoolSourcedId": "S1"}
    lost |= {"userSourcedId": "U9", "role": "student"}
    deliver(files_of(Example(added={"enrollments": (lost,)})), tmp_path / "in")
    ran = firstbell("check", "in", "--as-of", "2026-11-24", folder=tmp_path)
    assert ran.out.count("Holds back nothing by itself: another cause has to be fixed too.") == 2
    assert "Add the class or correct the id." in ran.out


def test_folders_with_odd_names_are_read(broken: Path) -> None:
    odd = broken.rename(broken.parent / "O'Neil [2026] * export")
    assert firstbell("check", odd.name, folder=odd.parent).code == 1


def test_a_terminal_is_told_nothing_that_it_could_take_for_a_command(tmp_path: Path) -> None:
    files = files_of(rule("users.email_required").example)
    files["users.csv"] = files["users.csv"].replace(b"\nT2,", b"\nT\x1b[2J2,")
    deliver(files, tmp_path / "in")
    ran = firstbell("check", "in", folder=tmp_path)
    assert "\x1b" not in ran.out
    assert "In users.csv: T\\x1b[2J2\n" in ran.out


def test_a_failure_too_tells_a_terminal_nothing_that_it_could_obey(good: Path) -> None:
    manifest = b"propertyName,value\noneroster.version,\x1b[2J7\n"
    (good / "manifest.csv").write_bytes(manifest)
    ran = firstbell("check", good, folder=good.parent)
    assert ran.code == 2
    assert "“\\x1b[2J7”" in ran.err


def test_a_long_id_is_cut_on_the_screen_only(tmp_path: Path) -> None:
    files = files_of(rule("users.email_required").example)
    files["users.csv"] = files["users.csv"].replace(b"\nT2,", b"\nT" + b"2" * 60 + b",")
    deliver(files, tmp_path / "in")
    ran = firstbell("check", "in", folder=tmp_path)
    assert f"In users.csv: T{'2' * 38}…\n" in ran.out
    assert "2" * 60 in (tmp_path / "firstbell-report" / "users_sync_report.csv").read_text("utf-8")


def test_no_password_is_ever_shown_or_kept(tmp_path: Path) -> None:
    secret = "xyzzy-4711"  # noqa: S105 - it must not come out again
    files = files_of(rule("users.email_required").example)
    header, *users = files["users.csv"].decode().splitlines()
    assert header.endswith(",password")
    users.append(users[0] + f"\n{users[1]}{secret},one cell too many")
    lines = [header, *(f"{line}{secret}" for line in users)]
    files["users.csv"] = "\n".join(lines).encode()
    files["orgs.csv"] = (
        files["orgs.csv"]
        .replace(b"sourcedId,", b"Password,sourcedId,")
        .replace(b"\nD1", f"\n{secret},D1".encode())
        .replace(b"\nS1", f"\n{secret},S1".encode())
    )
    deliver(files, tmp_path / "in")
    for arguments in (["--json"], [], ["--debug"]):
        ran = firstbell("check", "in", *arguments, folder=tmp_path)
        assert ran.code == 1
        assert secret not in ran.out + ran.err
    for path in (tmp_path / "firstbell-report").iterdir():
        assert secret.encode() not in path.read_bytes(), path.name


def test_neither_django_nor_a_database_driver_is_loaded(good: Path) -> None:
    program = """if True:
        import sys
        sys.path.insert(0, sys.argv[2])
        from firstbell.cli import main
        try:
            main(["check", sys.argv[1], "--json"])
        except SystemExit as end:
            assert end.code == 0
        assert not {"django", "psycopg", "httpx2", "procrastinate"} & set(sys.modules)
    """
    done = subprocess.run(
        [sys.executable, "-c", program, good, _ROOT / "src"],
        cwd=good.parent,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
