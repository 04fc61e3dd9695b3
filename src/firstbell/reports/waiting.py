"""Some of the records that wait for a cause: they are right, and come in when it is fixed."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from firstbell.engine.result import SyncResult
from firstbell.feed.database import quoted, text
from firstbell.oneroster.dictionary import FEED_TABLES

#: How many are kept of a cause.
_MOST = 5
#: How much is kept of a name.
_LONGEST = 100
#: What a record is called, by table. People are not named here.
_NAMES = {"orgs": "name", "academicSessions": "title", "courses": "title", "classes": "title"}


@dataclass(frozen=True, slots=True)
class WaitingRecord:
    """A record that waits for a cause."""

    table: str
    #: The number of its row in the file; None: it has none there.
    row: int | None
    sourced_id: str | None
    #: What it is called; empty for a person, and for what has no name.
    name: str
    #: It is skipped, and has no finding.
    skipped: bool


def waiting_records(result: SyncResult, most: int) -> Mapping[int, list[WaitingRecord]]:
    """The first records that wait for each of the biggest causes, table by table and row by row.

    Args:
        result: what came of the sync, its causes ranked.
        most: of how many causes.
    """
    by_cause: dict[int, list[WaitingRecord]] = defaultdict(list)
    found = result.database.execute(
        f"""
        WITH first AS (
            SELECT cause, unnest(arg_min({{'tab': tab, 'record': record, 'skipped': skipped}},
                                         {{'place': {_PLACE}, 'record': record}}, {_MOST}),
                                 recursive := true)
            FROM waiting JOIN (SELECT cause, nth FROM causes) USING (cause)
            WHERE nth <= ? AND NOT own GROUP BY cause
        )
        SELECT s.cause, tab, j.row, j.sourcedId, coalesce(left(n.name, {_LONGEST}), ''), s.skipped
        FROM first AS s
        JOIN (SELECT *, coalesce(pos, -row) AS record FROM judged) AS j USING (tab, record)
        LEFT JOIN ({_names(result)}) AS n USING (tab, record)
        ORDER BY {_PLACE}, record
        """,
        [most],
    ).fetchall()
    for number, *record in found:
        by_cause[number].append(WaitingRecord(*record))
    return by_cause


_PLACE = f"list_position({list(FEED_TABLES)}, tab)"


def _names(result: SyncResult) -> str:
    """A query of the names of records."""
    named = [
        f"SELECT {text(table)} AS tab, rowid AS record, {quoted(column)} AS name FROM rows_{table}"
        for table, column in _NAMES.items()
        if table in result.files and result.files[table].has(column)
    ]
    return " UNION ALL ".join(named or ["SELECT '' AS tab, 0 AS record, '' AS name"])
