"""The findings of a sync, a page of them at a time, from the file that it has left."""

from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from firstbell.feed.database import open_database, text
from firstbell.feed.package import Limits
from firstbell.oneroster.dictionary import FEED_TABLES
from firstbell.store.history import SyncSeen

#: Many may look at once, each at a few rows.
_LIMITS = Limits(memory="256MB", spill="1GB")
_COLUMNS = 'tab, "row", sourcedId, field, severity, code, message, value'


@dataclass(frozen=True, slots=True)
class Asked:
    """Which findings are looked for; what is empty is no condition."""

    #: The table of the feed.
    table: str = ""
    severity: str = ""
    #: Of the rule.
    code: str = ""
    #: How the sourcedId begins.
    sourced_id: str = ""


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


def findings_of(
    sync: SyncSeen, asked: Asked, *, most: int, after_first: int = 0
) -> list[FindingSeen] | None:
    """Findings of a sync, table by table and row by row.

    Args:
        sync: whose.
        asked: which of them.
        most: how many at most.
        after_first: how many are left out before them.

    Returns:
        None when its findings are not kept.
    """
    wanted = {"tab": asked.table, "severity": asked.severity, "code": asked.code}
    conditions = [f"{column} = ?" for column, value in wanted.items() if value]
    values: list[object] = [value for value in wanted.values() if value]
    if asked.sourced_id:
        conditions.append("starts_with(sourcedId, ?)")
        values.append(asked.sourced_id)
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    with (
        suppress(duckdb.Error),  # the file is not there, or was cut off
        TemporaryDirectory(prefix="firstbell-") as work,
        closing(open_database(Path(work).resolve(), _LIMITS, sync.folder, threads=1)) as database,
    ):
        rows = database.execute(
            f"SELECT {_COLUMNS} FROM read_parquet({text(str(sync.folder / 'findings.parquet'))}) {where}"
            f" ORDER BY list_position({list(FEED_TABLES)}, tab), row NULLS LAST, field, code,"
            " sourcedId LIMIT ? OFFSET ?",
            [*values, most, after_first],
        ).fetchall()
        return [FindingSeen(*row) for row in rows]
    return None
