"""What a sync would make of a single record, beside all others as they are. Nothing is written."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from firstbell.engine.applied import open_applied
from firstbell.engine.result import SyncResult
from firstbell.engine.sync import sync
from firstbell.feed.database import open_database
from firstbell.feed.package import Limits, open_package
from firstbell.feed.read import read
from firstbell.oneroster.dictionary import Version
from firstbell.reports.order import Order
from firstbell.reports.skips import explain_skips


@dataclass(frozen=True, slots=True)
class SaidOfOne:
    """A finding on the record, without its value."""

    field: str
    severity: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class OneJudged:
    """What a record came to."""

    #: `accepted`, `failed`, `skipped` or `removed`.
    outcome: str
    version: Version
    #: Failures first.
    said: Sequence[SaidOfOne]
    #: Why it is skipped, in a sentence without a full stop; empty when it is not.
    why: str


def judge_one(order: Order, limits: Limits, table: str, sourced_id: str) -> OneJudged:
    """Judges a record that a delivery has.

    Args:
        order: what to judge; its delivery has the record.
        limits: what that may cost.
        table: of the feed.
        sourced_id: of the record.

    Raises:
        Refused: the delivery cannot be used as a whole.
    """
    assert order.delivery  # noqa: S101 - it has the record
    ours = [one for one in (order.last and order.last.folder, order.applied) if one]
    with TemporaryDirectory(prefix="firstbell-", ignore_cleanup_errors=True) as folder:
        work = Path(folder).resolve()
        package = open_package(order.delivery, work, limits)
        with closing(open_database(work, limits, *ours)) as database:
            reading = read(package, database, work, order.last)
            open_applied(database, order.applied)
            result = sync(reading, order.policy, holding=order.applied is not None)
            return _told(result, table, sourced_id)


def _told(result: SyncResult, table: str, sourced_id: str) -> OneJudged:
    database, one = result.database, [table, sourced_id]
    database.execute("DELETE FROM judged WHERE (tab = ? AND sourcedId = ?) IS NOT TRUE", one)
    found = database.execute("SELECT outcome FROM judged").fetchone()
    outcome = str(found[0]) if found else "accepted"
    why = "; ".join(explain_skips(result)) if outcome == "skipped" else ""
    return OneJudged(outcome, result.version, _said(database, one), why)


def _said(database: duckdb.DuckDBPyConnection, one: Sequence[str]) -> Sequence[SaidOfOne]:
    rows = database.execute(
        "SELECT f.field, f.severity, code, coalesce(f.message, m.message)"
        " FROM findings AS f LEFT JOIN messages AS m USING (code)"
        " WHERE tab = ? AND sourcedId = ? ORDER BY f.severity, f.field, m.place",
        one,
    ).fetchall()
    return [SaidOfOne(*row) for row in rows]
