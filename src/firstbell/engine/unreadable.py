"""Rows that could not be read: each is a record of its own. What a sync means §1 and §2.3."""

import duckdb

from firstbell.oneroster.dictionary import OPTIONAL_TABLES
from firstbell.rules.sql import one_of


def judge_unreadable(database: duckdb.DuckDBPyConnection) -> None:
    """Adds the rows that could not be read to `judged` and `findings`."""
    optional = f"tab IN {one_of(sorted(OPTIONAL_TABLES))}"
    rows = "FROM notes WHERE kind = 'unreadable' AND tab <> 'roles'"
    code = "tab || '.row_unreadable'"
    database.execute(
        f"INSERT INTO judged SELECT tab, NULL, row, sourcedId,"
        f" CASE WHEN {optional} THEN 'skipped' ELSE 'failed' END, 'failed', {code},"
        f" tab || '.csv:' || coalesce(sourcedId, '') || ':' || {code} {rows}"
    )
    database.execute(
        "INSERT INTO findings SELECT tab, NULL, row, sourcedId, 'row',"
        f" CASE WHEN {optional} THEN 'warning' ELSE 'failure' END, {code}, message, NULL, NULL {rows}"
    )
