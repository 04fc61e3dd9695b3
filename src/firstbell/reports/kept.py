"""What is kept of a sync for those who look at it page by page: findings.parquet, changes.parquet.

Both have the order in which they are shown, so that a page of them is read without sorting.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from firstbell.engine.applied import stored_columns
from firstbell.engine.result import SyncResult
from firstbell.feed.database import quoted, text
from firstbell.feed.table import is_blank
from firstbell.oneroster.dictionary import FEED_TABLES
from firstbell.reports.findings import message_of

FINDINGS, CHANGES = "findings.parquet", "changes.parquet"

#: The column that says at which schools a record is, by table; those of users may be in roles.csv.
_SCHOOLS = {
    "orgs": "sourcedId",
    "courses": "orgSourcedId",
    "users": "orgSourcedIds",
    "classes": "schoolSourcedId",
    "enrollments": "schoolSourcedId",
}
#: How much of a list of schools is kept.
_LONGEST = 1000

#: What an object is called, by table.
_LABELS = {
    "orgs": '"name"',
    "users": 'concat_ws(\' \', "givenName", "familyName")',
    "enrollments": 'concat_ws(\' · \', "userSourcedId", "classSourcedId")',
}


def keep_findings(result: SyncResult, out: Path) -> None:
    """Writes what was found on records and on whole files.

    Beside what findings.csv tells, a finding has `schools`, the ids of its record's, and `place`, that
    of its row in the file of the feed; NULL when it has none there. A failure has `fix`, the number
    of the cause that it goes back to.

    Args:
        result: what came of the sync, its causes found.
        out: a folder.
    """
    database = result.database
    said = [
        (one.file.removesuffix(".csv"), one.field, one.code, message_of(one, result.version))
        for one in result.said
    ]
    database.execute(
        "CREATE TEMP TABLE said (tab VARCHAR, field VARCHAR, code VARCHAR, message VARCHAR)"
    )
    if said:
        database.executemany("INSERT INTO said VALUES (?, ?, ?, ?)", said)
    _copy(
        database,
        f"""
        SELECT f.* REPLACE (coalesce(f.message, m.message) AS message), s.schools, p.place,
               c.nth AS fix
        FROM (SELECT *, rowid AS finding FROM findings) AS f
        LEFT JOIN messages AS m USING (code)
        LEFT JOIN ({_schools(result)}) AS s USING (finding)
        LEFT JOIN ({_places(result)}) AS p USING (finding)
        LEFT JOIN (SELECT finding, nth FROM failures JOIN roots USING (root)
                   JOIN causes ON causes.cause = roots.cause) AS c USING (finding)
        UNION ALL BY NAME SELECT *, 'warning' AS severity FROM said
        """,
        "tab, pos, row, sourcedId, field, severity, code, message, value, cause, schools, place,"
        " fix",
        f"ORDER BY list_position({list(FEED_TABLES)}, tab), row NULLS LAST, field, code, sourcedId",
        out / FINDINGS,
    )


def _places(result: SyncResult) -> str:
    """A query of the findings on rows of today's files, with their places in what is kept of them.

    Blank rows are not kept: those behind them stand so much further to the front.
    """
    blank = [
        f"SELECT a.tab, a.pos FROM aside AS a JOIN rows_{table} AS r ON r.rowid = a.pos"
        f" WHERE a.tab = {text(table)} AND {is_blank(file.columns)}"
        for table, file in result.files.items()
    ]
    return f"""
        SELECT f.finding, f.pos - coalesce(b.before, 0) AS place
        FROM (SELECT rowid AS finding, tab, pos FROM findings
              WHERE pos IS NOT NULL AND row IS NOT NULL) AS f
        ASOF LEFT JOIN (SELECT tab, pos, row_number() OVER (PARTITION BY tab ORDER BY pos) AS before
                        FROM ({" UNION ALL ".join(blank)})) AS b
        ON b.tab = f.tab AND f.pos >= b.pos
    """


def _schools(result: SyncResult) -> str:
    """A query of the findings whose record names schools."""
    named = [
        f"SELECT f.rowid AS finding, r.{quoted(column)} AS schools FROM findings AS f"
        f" JOIN rows_{table} AS r ON r.rowid = f.pos WHERE f.tab = {text(table)}"
        for table, column in _SCHOOLS.items()
        if table in result.files and result.files[table].has(column)
    ]
    if "roles" in result.files and result.files["roles"].has("orgSourcedId"):
        named.append(
            "SELECT f.rowid, string_agg(DISTINCT r.\"orgSourcedId\", ',') FROM findings AS f"
            ' JOIN rows_roles AS r ON r."userSourcedId" = f.sourcedId'
            " WHERE f.tab = 'users' GROUP BY f.rowid"
        )
    return (
        f"SELECT finding, left(regexp_replace(string_agg(schools, ','), '\\s*,\\s*', ',', 'g'),"
        f" {_LONGEST}) AS schools FROM ({' UNION ALL '.join(named)}) GROUP BY finding"
    )


def keep_changes(
    database: duckdb.DuckDBPyConnection, tables: Sequence[str], changes: Path, out: Path
) -> None:
    """Writes what a sync does to objects: table by table, those that go last.

    A change has its `kind` (created, updated, reactivated, deactivated), what the object is called,
    for an update its values `before` and `after` as JSON, and for one that goes the reason.

    Args:
        database: with `applied_<table>`.
        tables: those in the feed.
        changes: the folder of what is to be applied.
        out: a folder.
    """
    parts = []
    for table in sorted(tables, key=FEED_TABLES.index):
        name, label = text(table), _LABELS.get(table, '"title"')
        values = ", ".join(f"{text(one)}: {quoted(one)}" for one in stored_columns(table))
        parts += [
            f"SELECT {name} AS tab, change AS kind, sourcedId, {label} AS label, before,"
            f" CASE WHEN change = 'updated' THEN to_json({{{values}}})::VARCHAR END AS after,"
            f" NULL::VARCHAR AS reason FROM read_parquet({text(str(changes / f'{table}.parquet'))})",
            f"SELECT {name}, 'deactivated', r.id, {label}, NULL, NULL, r.reason"
            f" FROM (SELECT * FROM read_parquet({text(str(changes / 'removals.parquet'))})"
            f" WHERE tab = {name}) AS r LEFT JOIN applied_{table} AS a ON a.sourcedId = r.id"
            " ORDER BY r.id",
        ]
    _copy(database, " UNION ALL ".join(f"({part})" for part in parts), "*", "", out / CHANGES)


def _copy(
    database: duckdb.DuckDBPyConnection, query: str, columns: str, order: str, path: Path
) -> None:
    database.execute(
        f"COPY (SELECT {columns} FROM ({query}) {order}) TO {text(str(path))}"
        " (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
    )
