"""The findings of a sync, a page of them at a time, from the file that it has left."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from firstbell.feed.database import open_database, text
from firstbell.feed.package import Limits
from firstbell.store.history import SyncSeen

#: Many may look at once, each at a few rows.
_LIMITS = Limits(memory="256MB", spill="1GB")
#: Schools that are offered by name; others are found by id.
_MOST_SCHOOLS = 5000
_FINDINGS = "findings.parquet"
_COLUMNS = 'tab, "row", sourcedId, field, severity, code, message, value, place IS NOT NULL'


@dataclass(frozen=True, slots=True)
class Asked:
    """Which findings are looked for; what is empty is no condition."""

    #: The table of the feed.
    table: str = ""
    severity: str = ""
    #: Those of the rules of which some are meant; None: of all.
    codes: Sequence[str] | None = None
    #: How the sourcedId begins.
    sourced_id: str = ""
    #: The id of a school.
    school: str = ""
    #: The number of the cause that they go back to.
    cause: int | None = None
    #: The whole sourcedId.
    record: str = ""
    #: The number of the row in its file.
    row: int | None = None


@dataclass(frozen=True, slots=True)
class FindingSeen:
    """One finding, as findings.csv has it."""

    table: str
    #: In the file; None when it has none there.
    row: int | None
    sourced_id: str | None
    field: str
    severity: str
    code: str
    message: str
    value: str | None
    #: Whether its row is kept as it was read.
    has_row: bool


def findings_of(
    sync: SyncSeen, asked: Asked, *, most: int, after_first: int = 0
) -> list[FindingSeen] | None:
    """Findings of a sync, table by table and row by row: in the order of their file.

    Args:
        sync: whose.
        asked: which of them.
        most: how many at most.
        after_first: how many are left out before them.

    Returns:
        None when its findings are not kept.
    """
    where, values = _conditions(asked)
    with suppress(duckdb.Error), looking_into(sync.folder) as database:
        rows = database.execute(
            f"SELECT {_COLUMNS} FROM {parquet(sync.folder / _FINDINGS)} {where} LIMIT ? OFFSET ?",
            [*values, most, after_first],
        ).fetchall()
        return [FindingSeen(*row) for row in rows]
    return None


def causes_of(sync: SyncSeen, asked: Asked) -> set[int] | None:
    """The numbers of the causes that failures of a sync go back to.

    Args:
        sync: whose.
        asked: which of its findings.

    Returns:
        None when its findings are not kept.
    """
    where, values = _conditions(asked)
    with suppress(duckdb.Error), looking_into(sync.folder) as database:
        found = database.execute(
            f"SELECT DISTINCT fix FROM {parquet(sync.folder / _FINDINGS)} {where}", values
        ).fetchall()
        return {number for (number,) in found if number is not None}
    return None


def schools_of(sync: SyncSeen) -> list[tuple[str, str]]:
    """The first schools in the feed of a sync, by name: id and name; none when it is not kept."""
    with suppress(duckdb.Error), looking_into(sync.folder) as database:
        return database.execute(
            "SELECT sourcedId, coalesce(name, sourcedId) AS named"
            f" FROM {parquet(sync.folder / 'feed' / 'orgs.parquet')}"
            " WHERE lower(type) = 'school' AND sourcedId IS NOT NULL ORDER BY named, sourcedId"
            f" LIMIT {_MOST_SCHOOLS}"
        ).fetchall()
    return []


@contextmanager
def looking_into(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A small database that can read a folder, and gives rows in the order of their file."""
    with (
        TemporaryDirectory(prefix="firstbell-") as work,
        closing(open_database(Path(work).resolve(), _LIMITS, folder, threads=1)) as database,
    ):
        yield database


def parquet(path: Path) -> str:
    """The rows of a file, for a query."""
    return f"read_parquet({text(str(path))}, hive_partitioning = false)"


def _conditions(asked: Asked) -> tuple[str, list[object]]:
    conditions = {
        "tab = ?": asked.table,
        "severity = ?": asked.severity,
        "starts_with(sourcedId, ?)": asked.sourced_id,
        "contains(',' || schools || ',', ?)": f",{asked.school}," if asked.school else "",
        "list_contains(?::VARCHAR[], code)": asked.codes,
        "fix = ?": asked.cause,
        "sourcedId = ?": asked.record,
        '"row" = ?': asked.row,
    }
    given = {one: value for one, value in conditions.items() if value not in ("", None)}
    return f"WHERE {' AND '.join(given)}" if given else "", list(given.values())
