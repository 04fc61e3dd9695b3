"""Measures `firstbell sync` on nights of the big district, beside `check` and a bare COPY.

Every step is one run; they follow from one another, and are told as ratios within the run.
"""

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from psycopg.conninfo import make_conninfo

from firstbell.generate import generate_next
from firstbell.store.cluster import SUPERUSER
from firstbell.store.columns import ROSTER_TABLES
from firstbell.store.embedded import embedded_server

_ID = "big"


def measure(
    district: Path, folder: Path, run: Callable[[list[str]], float], check: list[str]
) -> None:
    """Measures five nights, and prints what came out.

    Args:
        district: the big district.
        folder: where its nights and its database go.
        run: runs a command, and tells its seconds.
        check: the command that checks the district.
    """
    data = folder / "data"
    shutil.rmtree(data, ignore_errors=True)
    with embedded_server(data) as server:
        firstbell = [sys.executable, "-m", "firstbell"]
        in_data = ["--data-dir", str(data)]
        run([*firstbell, "district", "add", "Big", "--id", _ID, "--onboard-all", *in_data])

        def sync(delivery: Path) -> float:
            return run([*firstbell, "sync", _ID, "--from", str(delivery), *in_data])

        checked = run(check)
        first = sync(district)
        copied = _bare_copy(make_conninfo(server, user=SUPERUSER, dbname="firstbell"))
        _tell("check", checked)
        _tell("a bare COPY of the accepted rows", copied)
        _tell("first sync", first, copied, "the bare COPY")
        with _with_a_blank_line(district, folder) as unchanged:
            _tell("a night without a change", sync(unchanged), checked, "check")
            _tell("a byte-identical night", sync(unchanged), checked, "check")
        following = folder / "following"
        if not (following / "generated.json").exists():
            generate_next(district, following)
        _tell("a night with 1 % changed", sync(following), checked, "check")


def _tell(what: str, seconds: float, of: float = 0.0, whom: str = "") -> None:
    ratio = f"{seconds / of:6.2f} x {whom}" if of else ""
    print(f"{what:34} {seconds:6.2f} s {ratio}")


def _bare_copy(database: str) -> float:
    """Seconds for the rows of the roster, into tables with the same keys and indexes."""
    seconds = 0.0
    with psycopg.connect(database) as connection, TemporaryDirectory() as temporary:
        for table in ROSTER_TABLES.values():
            rows = Path(temporary) / table
            with (
                rows.open("wb") as file,
                connection.cursor().copy(f"COPY {table} TO STDOUT (FORMAT binary)") as copy,
            ):
                file.writelines(copy)
            connection.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)")
            connection.commit()
            begun = time.perf_counter()
            with (
                rows.open("rb") as file,
                connection.cursor().copy(f"COPY bare_{table} FROM STDIN (FORMAT binary)") as copy,
            ):
                while part := file.read(1 << 20):
                    copy.write(part)
            connection.commit()
            seconds += time.perf_counter() - begun
            connection.execute(f"DROP TABLE bare_{table}")
            connection.commit()
            rows.unlink()
    return seconds


@contextmanager
def _with_a_blank_line(district: Path, folder: Path) -> Iterator[Path]:
    """The same records in files that are not the same bytes."""
    copy = folder / "unchanged"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(district, copy)
    with (copy / "orgs.csv").open("a") as file:
        file.write("\n")
    yield copy
    shutil.rmtree(copy)
