"""A feed that has been read → a folder of Parquet files, for the deliveries after it.

Every row as it was read, in order, without blank rows, passwords and columns that are not of the
standard; and of rows what matters later: that they could not be read, or hold control characters.
The same feed gives the same bytes.
"""

import json
from pathlib import Path

import duckdb

from firstbell.feed.database import quoted, text
from firstbell.feed.last import FEED, NOTES
from firstbell.feed.read import Reading
from firstbell.feed.secret import is_secret
from firstbell.feed.table import FileRead, is_blank
from firstbell.oneroster.dictionary import tables


def write_feed(reading: Reading, folder: Path) -> None:
    """Keeps a feed; `read` takes it as the last one.

    Args:
        reading: the feed.
        folder: where; made if need be, in a folder that the reading's database may use.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept = {}
    for file in reading.files.values():
        known = {field.name for field in tables(reading.version)[file.table].fields}
        columns = [
            (head, column)
            for head, column in file.columns
            if column in known and not is_secret(column)
        ]
        chosen = ", ".join(quoted(column) for _, column in columns)
        query = f"SELECT {chosen} FROM rows_{file.table} WHERE {_is_kept(file)}"
        _write(reading.database, query, folder / f"{file.table}.parquet")
        kept[file.table] = (columns, file.has_nul)
    _write(reading.database, _notes(reading), folder / NOTES)
    feed = {"version": reading.version, "tables": kept, "api": reading.from_api}
    (folder / FEED).write_text(json.dumps(feed, indent=1) + "\n", encoding="utf-8", newline="\n")


def _is_kept(file: FileRead) -> str:
    """A predicate on the rows of a table: it is a row, not only the place of one."""
    return f"rowid >= {file.delivered} OR NOT ({is_blank(file.columns)})"


def _notes(reading: Reading) -> str:
    """A query of the notes; `place` counts the rows that are kept, from 0."""
    notes = [
        "SELECT tab, kind, sourcedId, message, NULL::BIGINT AS place, rowid AS nth FROM notes"
        " WHERE kind = 'unreadable'"
    ]
    noted = reading.database.execute("SELECT DISTINCT tab FROM notes WHERE kind = 'controls'")
    for (table,) in sorted(noted.fetchall()):
        places = (
            "SELECT rowid AS pos, row_number() OVER (ORDER BY rowid) - 1 AS place"
            f" FROM rows_{table} WHERE {_is_kept(reading.files[table])}"
        )
        notes.append(
            "SELECT tab, kind, NULL, NULL, place, n.rowid FROM notes AS n"
            f" JOIN ({places}) USING (pos) WHERE kind = 'controls' AND tab = {text(table)}"
        )
    return f"SELECT * EXCLUDE (nth) FROM ({' UNION ALL '.join(notes)}) ORDER BY tab, kind, nth"


def _write(database: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    database.execute(
        f"COPY ({query}) TO {text(str(path.resolve()))} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
    )
