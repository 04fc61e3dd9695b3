"""The roster as applied → a OneRoster 1.1 bulk package. What a sync means §9, roster export."""

import csv
from contextlib import closing
from pathlib import Path

import duckdb

from firstbell.engine.applied import open_applied, stored_columns
from firstbell.feed.database import quoted
from firstbell.oneroster.dictionary import FEED_TABLES, Field, Version, tables
from firstbell.rules.sql import one_of

#: What a manifest of OneRoster 1.1 tells of.
_FILES = (
    *("academicSessions", "categories", "classes", "classResources", "courses", "courseResources"),
    *("demographics", "enrollments", "lineItems", "orgs", "resources", "results", "users"),
)
#: What of a table can be told: in the files of the standard everybody is at an org.
_TOLD = {"users": 'o."orgSourcedIds" IS NOT NULL'}
_LINE_END = "\r\n"
_BLOCK = 10_000


def export_roster(applied: Path | None, out: Path) -> tuple[Path, ...]:
    """Writes what is active: the six files and a manifest.

    All columns of the standard in its order, rows by sourcedId, values as they are stored; lists
    name only what is active.

    Args:
        applied: the folder of the roster, see `engine.applied`; None: there is none yet.
        out: a folder, made if need be; files of these names in it are replaced.

    Raises:
        OSError: The folder or a file in it cannot be written.
    """
    out.mkdir(parents=True, exist_ok=True)
    with closing(duckdb.connect()) as database:
        open_applied(database, applied)
        written = tuple(_write_table(database, table, out) for table in FEED_TABLES)
    return (_write_manifest(out), *written)


def _write_manifest(out: Path) -> Path:
    modes = {f"file.{name}": "bulk" if name in FEED_TABLES else "absent" for name in _FILES}
    properties = {
        "manifest.version": "1.0",
        "oneroster.version": "1.1",
        **modes,
        "source.systemName": "First Bell",
        "source.systemCode": "firstbell",
    }
    path = out / "manifest.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator=_LINE_END)
        writer.writerows([("propertyName", "value"), *properties.items()])
    return path


def _write_table(database: duckdb.DuckDBPyConnection, table: str, out: Path) -> Path:
    fields = tables(Version.V1_1)[table].fields
    stored = stored_columns(table)
    cells = ", ".join(_cell(field, stored) for field in fields)
    joins = " ".join(
        f"LEFT JOIN ({_kept_ids(table, field)}) AS {quoted(field.name)}"
        f" ON {quoted(field.name)}.sourcedId = o.sourcedId"
        for field in fields
        if _names_several(field, stored)
    )
    told = _TOLD.get(table, "true")
    found = database.execute(
        f"SELECT {cells} FROM applied_{table} AS o {joins} WHERE o.active AND {told}"
        " ORDER BY o.sourcedId"
    )
    path = out / f"{table}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator=_LINE_END)
        writer.writerow([field.name for field in fields])
        while rows := found.fetchmany(_BLOCK):
            writer.writerows(rows)
    return path


def _cell(field: Field, stored: dict[str, str]) -> str:
    """The expression of a cell; NULL is an empty one."""
    name = quoted(field.name)
    if field.name == "sourcedId":
        return f"o.{name}"
    if field.name not in stored:
        return "NULL"
    if _names_several(field, stored):
        return f"{name}.ids"
    if field.name == "role":
        words = one_of(field.vocabulary)  # those of 1.2 are all administrators of some kind
        return f"CASE WHEN o.role IN {words} THEN o.role WHEN o.role <> '' THEN 'administrator' END"
    if stored[field.name] == "VARCHAR[]":
        return f"array_to_string(o.{name}, ',')"
    return f"o.{name}::VARCHAR"


def _names_several(field: Field, stored: dict[str, str]) -> bool:
    return bool(field.target) and stored.get(field.name) == "VARCHAR[]"


def _kept_ids(table: str, field: Field) -> str:
    """A query: for each object the ids in a list of references that are active, in their order."""
    name = quoted(field.name)
    return f"""
        SELECT l.sourcedId, string_agg(l.id, ',' ORDER BY l.nth) AS ids
        FROM (SELECT sourcedId, unnest({name}) AS id, generate_subscripts({name}, 1) AS nth
              FROM applied_{table} WHERE active AND {name} IS NOT NULL) AS l
        JOIN applied_{field.target} AS t ON t.sourcedId = l.id AND t.active
        GROUP BY l.sourcedId
    """
