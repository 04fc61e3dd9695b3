"""A check keeps to its limit of memory, whatever the cells hold."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_USERS, _ITEMS = 600, 9_000
_LIMIT_MB = 300
#: Python itself, the file mapped, and what DuckDB does not count.
_BESIDE_MB = 300

#: The check tells its own peak: the one that `wait4` tells begins at that of the tests' process.
_CHECK = """
import atexit, pathlib, sys
from firstbell.cli import main
atexit.register(lambda: print(pathlib.Path("/proc/self/status").read_text(), file=sys.stderr))
main()
"""


def _deliver(
    folder: Path,
    *,
    orgs: int,
    named: str,
    grades: str = "",
    role: str = "student",
    users: int = _USERS,
    id_end: str = "",
) -> None:
    folder.mkdir()
    (folder / "orgs.csv").write_text(
        "sourcedId,name,type\n" + "".join(f"o{n:05},School {n},school\n" for n in range(orgs))
    )
    with (folder / "users.csv").open("w") as file:
        file.write(
            "sourcedId,enabledUser,orgSourcedIds,role,username,givenName,familyName,grades\n"
        )
        for n in range(users):
            file.write(f'u{n}{id_end},true,"{named}",{role},u{n},Ann,Bell,"{grades}"\n')
    (folder / "classes.csv").write_text(
        "sourcedId,title,courseSourcedId,classType,schoolSourcedId,termSourcedIds\n"
    )
    (folder / "enrollments.csv").write_text(
        "sourcedId,classSourcedId,schoolSourcedId,userSourcedId,role,primary\n"
    )


def _check(folder: Path) -> tuple[int, str, float]:
    """Checks a delivery: how it ended, what it said, and the megabytes that it held at most."""
    command = [sys.executable, "-c", _CHECK, "check", "in", "--as-of", "2026-11-24"]
    limit = {"FIRSTBELL_MEMORY_LIMIT": f"{_LIMIT_MB}MB"}
    check = subprocess.run(
        command, cwd=folder, env={**os.environ, **limit}, capture_output=True, text=True
    )
    peak = int(check.stderr.rpartition("VmHWM:")[2].split()[0]) / 1024
    return check.returncode, check.stdout + check.stderr, peak


def _most_memory(folder: Path) -> float:
    """Megabytes that a check held at most that was not refused."""
    status, said, peak = _check(folder)
    assert status in (0, 1), said
    return peak


@pytest.mark.parametrize("what", ["orgs", "grades"])
def test_thousands_of_users_who_name_thousands_of_things(tmp_path: Path, what: str) -> None:
    several = ",".join(f"o{n:05}" for n in range(_ITEMS))
    if what == "orgs":
        _deliver(tmp_path / "in", orgs=_ITEMS, named=several)
    else:
        _deliver(tmp_path / "in", orgs=1, named="o00000", grades="01,ug,K9," * (_ITEMS * 2 // 3))
    assert _most_memory(tmp_path) < _LIMIT_MB + _BESIDE_MB


@pytest.mark.parametrize("role", ["teacher", "x" * 60_000], ids=["long rows", "long values"])
def test_thousands_of_failed_users_whose_rows_are_long(tmp_path: Path, role: str) -> None:
    """A teacher without an email fails, and so does a user of an unknown role."""
    several = ",".join(f"o{n:05}" for n in range(_ITEMS))
    _deliver(tmp_path / "in", orgs=1, named=several, role=role)
    assert _most_memory(tmp_path) < _LIMIT_MB + _BESIDE_MB
    to_fix = (tmp_path / "firstbell-report" / "users_to_fix.csv").read_text("utf-8")
    assert to_fix.count("\n") == _USERS + 1


def test_more_ids_of_a_forbidden_length_than_fit_are_refused_plainly(tmp_path: Path) -> None:
    _deliver(tmp_path / "in", orgs=1, named="o00000", users=2 * _USERS, id_end="x" * 60_000)
    delivered = (tmp_path / "in" / "users.csv").stat().st_size / 1024**2
    status, said, peak = _check(tmp_path)
    assert status == 2
    assert f"the limit of {_LIMIT_MB}MB of memory is too small for this delivery" in said
    # The file is mapped, and a statement that is refused holds some of it once more.
    assert peak < _LIMIT_MB + _BESIDE_MB + 2 * delivered
