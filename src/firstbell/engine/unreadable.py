"""Rows that could not be read: each is a record of its own. What a sync means §1 and §2.3."""

import duckdb

from firstbell.feed.database import text
from firstbell.oneroster.dictionary import OPTIONAL_TABLES


def judge_unreadable(database: duckdb.DuckDBPyConnection, table: str) -> None:
    """Adds the rows of a table that could not be read to `judged` and `findings`.

    Their sourcedId is given when it could be made out and is one that a record may have.
    """
    optional = table in OPTIONAL_TABLES
    outcome, severity = ("skipped", "warning") if optional else ("failed", "failure")
    code = f"{table}.row_unreadable"
    database.execute(f"""
        CREATE OR REPLACE TEMP TABLE unreadable AS
        SELECT row, message,
               CASE WHEN length(sourcedId) <= 255
                     AND NOT regexp_matches(sourcedId, '[\\x00-\\x1F\\x7F]') THEN sourcedId END AS id
        FROM notes WHERE tab = {text(table)} AND kind = 'unreadable'
    """)
    database.execute(
        f"INSERT INTO judged SELECT {text(table)}, NULL, row, id, '{outcome}', 'failed',"
        f" {text(code)}, {text(table + '.csv:')} || coalesce(id, '') || {text(':' + code)}"
        " FROM unreadable"
    )
    database.execute(
        f"INSERT INTO findings SELECT {text(table)}, NULL, row, id, 'row', '{severity}',"
        f" {text(code)}, message, NULL, NULL FROM unreadable"
    )
