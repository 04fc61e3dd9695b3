"""What a sync comes to: one value, with the records and findings still in their database."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import duckdb

from firstbell.engine.policy import Policy
from firstbell.feed.database import count
from firstbell.feed.read import Reading
from firstbell.feed.table import FileRead, Said
from firstbell.oneroster.dictionary import FEED_TABLES, Version


class Status(StrEnum):
    """How a sync that has ended went. What a sync means §9."""

    COMPLETED = "Completed"
    WITH_ERRORS = "Completed with Errors"
    FAILED = "Failed"


@dataclass(frozen=True, slots=True)
class Counts:
    """Records of one table: read = accepted + failed + skipped + removed."""

    read: int
    accepted: int
    failed: int
    skipped: int
    removed: int


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What a sync makes of a delivery that could be read."""

    #: Holds `rows_*`, `records_*`, `judged` and `findings`; see `tables.create_tables`.
    database: duckdb.DuckDBPyConnection
    version: Version
    policy: Policy
    files: Mapping[str, FileRead]
    #: By table of the feed.
    counts: Mapping[str, Counts]
    #: Feed-level warnings.
    said: tuple[Said, ...]
    status: Status


def result_of(reading: Reading, policy: Policy, said: tuple[Said, ...]) -> SyncResult:
    """Counts what has been judged."""
    database = reading.database
    failures = count(database, "SELECT count(*) FROM findings WHERE severity = 'failure'")
    return SyncResult(
        database=database,
        version=reading.version,
        policy=policy,
        files=reading.files,
        counts=_counts(database, [t for t in FEED_TABLES if t in reading.files]),
        said=said,
        status=Status.WITH_ERRORS if failures else Status.COMPLETED,
    )


def _counts(database: duckdb.DuckDBPyConnection, tables: list[str]) -> dict[str, Counts]:
    """By table: its records, readable or not, by outcome."""
    rows = (f"SELECT '{table}' AS tab, count(*) AS rows FROM rows_{table}" for table in tables)
    found = database.execute(f"""
        WITH delivered AS ({" UNION ALL ".join(rows)}),
        away AS (SELECT tab, count(*) AS rows FROM aside GROUP BY tab),
        left_out AS (
            SELECT tab, count(*) FILTER (pos IS NULL) AS unreadable,
                   count(*) FILTER (outcome = 'failed') AS failed,
                   count(*) FILTER (outcome = 'skipped') AS skipped,
                   count(*) FILTER (outcome = 'removed') AS removed
            FROM judged GROUP BY tab
        )
        SELECT d.tab, d.rows - coalesce(a.rows, 0) + coalesce(l.unreadable, 0),
               coalesce(l.failed, 0), coalesce(l.skipped, 0), coalesce(l.removed, 0)
        FROM delivered AS d LEFT JOIN away AS a USING (tab) LEFT JOIN left_out AS l USING (tab)
    """).fetchall()
    by_table = {
        table: Counts(read, read - failed - skipped - removed, failed, skipped, removed)
        for table, read, failed, skipped, removed in found
    }
    return {table: by_table[table] for table in tables}
