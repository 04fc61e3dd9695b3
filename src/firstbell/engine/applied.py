"""The roster as it was applied last: what a delivery is compared with.

Each table of the feed has a relation `applied_<table>`, one row an object: `sourcedId`, the fields
that a roster keeps, `active`, for classes `primaryTeacherSourcedId`, and for users `roles`: in
OneRoster 1.2 the rows of roles.csv that count, a JSON array of objects as `kept_roles` makes them.
"""

from collections.abc import Collection
from pathlib import Path

import duckdb

from firstbell.engine.lists import LISTS
from firstbell.feed.database import quoted, text
from firstbell.oneroster.dictionary import FEED_TABLES, Field, Kind, kept_fields

#: Columns that no field of the table is stored in, by table.
_MADE = {"classes": "primaryTeacherSourcedId", "users": "roles"}


def stored_columns(table: str) -> dict[str, str]:
    """The columns that a roster keeps of an object beside its sourcedId, with their DuckDB types.

    >>> stored_columns("orgs")
    {'name': 'VARCHAR', 'type': 'VARCHAR', 'identifier': 'VARCHAR', 'parentSourcedId': 'VARCHAR'}
    """
    columns = {field.name: _type(field) for field in kept_fields(table)}
    if table in _MADE:
        columns[_MADE[table]] = "VARCHAR"
    return columns


def open_applied(database: duckdb.DuckDBPyConnection, folder: Path | None) -> None:
    """Makes the relations `applied_<table>`.

    Args:
        database: which may read the folder.
        folder: with `<table>.parquet` for each table; None: nothing was ever applied.
    """
    for table in FEED_TABLES:
        name = f"applied_{table}"
        if folder is None:
            columns = {"sourcedId": "VARCHAR", **stored_columns(table), "active": "BOOLEAN"}
            typed = ", ".join(f"{quoted(column)} {kind}" for column, kind in columns.items())
            database.execute(f"CREATE TABLE {name} ({typed})")
        else:
            path = text(str(folder / f"{table}.parquet"))
            database.execute(f"CREATE VIEW {name} AS FROM read_parquet({path})")


def write_applied(
    database: duckdb.DuckDBPyConnection, changed: Collection[str], folder: Path
) -> None:
    """Writes the roster as it is once a night has been applied, for `open_applied`.

    Args:
        database: with `applied_<table>`, and for each changed table `changes_<table>` and its rows
            of `removals`.
        changed: the tables that were in the feed.
        folder: an existing folder that the database may write to.
    """
    for table in FEED_TABLES:
        columns = ", ".join(quoted(name) for name in ("sourcedId", *stored_columns(table)))
        objects = f"SELECT {columns}, active FROM applied_{table}"
        if table in changed:
            objects = f"""
                SELECT {columns}, true AS active FROM changes_{table}
                UNION ALL
                SELECT {columns}, active AND sourcedId NOT IN
                    (SELECT id FROM removals WHERE tab = {text(table)})
                FROM applied_{table} WHERE sourcedId NOT IN (SELECT sourcedId FROM changes_{table})
            """
        path = text(str(folder / f"{table}.parquet"))
        database.execute(f"COPY ({objects}) TO {path} (FORMAT parquet, COMPRESSION lz4)")


def _type(field: Field) -> str:
    if field.kind in LISTS:
        return "VARCHAR[]"
    if field.kind is Kind.BOOLEAN:
        return "BOOLEAN"
    return "DATE" if field.kind is Kind.DATE else "VARCHAR"
