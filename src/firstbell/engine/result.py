"""What a sync comes to: one value, with the records and findings still in their database."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import duckdb

from firstbell.engine.policy import Policy
from firstbell.feed.database import count, text
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
        counts={t: _counts(database, t) for t in FEED_TABLES if t in reading.files},
        said=said,
        status=Status.WITH_ERRORS if failures else Status.COMPLETED,
    )


def _counts(database: duckdb.DuckDBPyConnection, table: str) -> Counts:
    readable = count(
        database,
        f"SELECT (SELECT count(*) FROM rows_{table})"
        f" - (SELECT count(*) FROM aside WHERE tab = {text(table)})",
    )
    outcomes = dict(
        database.execute(
            "SELECT outcome, count(*) FROM judged WHERE tab = ? GROUP BY outcome", [table]
        ).fetchall()
    )
    unreadable = count(
        database, f"SELECT count(*) FROM judged WHERE tab = {text(table)} AND pos IS NULL"
    )
    read = readable + unreadable
    failed, skipped, removed = (outcomes.get(name, 0) for name in ("failed", "skipped", "removed"))
    return Counts(read, read - failed - skipped - removed, failed, skipped, removed)
