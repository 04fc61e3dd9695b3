"""The last feed: its rows, where a delivery leaves a table out or brings only changes of it.

They stand in `rows_<table>` behind those of today's file, in the order that they had, and have no row
number. What a sync means §2.6, and on deltas §2.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from firstbell.feed.database import is_whole, quoted, text
from firstbell.feed.refusal import Reason, Refused, is_out_of_room
from firstbell.feed.table import FileRead, id_column
from firstbell.oneroster.dictionary import Table, Version

#: Tells of the other files of a feed.
FEED = "feed.json"
#: What is to be said of rows.
NOTES = "notes.parquet"


@dataclass(frozen=True, slots=True)
class LastFeed:
    """The feed of the last delivery that could be read."""

    #: As `snapshot.write_feed` has written it.
    folder: Path
    #: Tables of which a change file was lost, and no full export has come since.
    lost: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class KeptTable:
    """One table of the last feed."""

    folder: Path
    name: str
    #: As in `FileRead`, those of the standard only.
    columns: tuple[tuple[str, str], ...]
    has_nul: bool

    def columns_in(self, table: Table) -> tuple[tuple[str, str], ...]:
        """Those that the version of today's delivery has too."""
        known = {field.name for field in table.fields}
        return tuple((head, column) for head, column in self.columns if column in known)


def kept_tables(last: LastFeed | None) -> Mapping[str, KeptTable]:
    """The tables of the last feed, by name; none before a first delivery.

    Raises:
        Refused: the feed is gone or damaged.
    """
    if last is None:
        return {}
    kept = {
        name: KeptTable(
            last.folder, name, tuple((head, column) for head, column in columns), has_nul
        )
        for name, (columns, has_nul) in _feed(last)["tables"].items()
    }
    files = [NOTES, *(f"{name}.parquet" for name in kept)]
    if not all(is_whole(last.folder / file) for file in files):
        raise Refused(Reason.LAST_FEED_LOST)
    return kept


def version_of_feed(last: LastFeed) -> Version:
    """The version of the standard that the last feed was of."""
    return Version(_feed(last)["version"])


def is_from_api(last: LastFeed) -> bool:
    """Whether the last feed was made of the answers of an API."""
    return bool(_feed(last).get("api"))


def carry(database: duckdb.DuckDBPyConnection, table: Table, kept: KeptTable) -> FileRead:
    """Makes `rows_<table>` of a table that is not delivered: it is as it last was."""
    columns = kept.columns_in(table)
    with _reading():
        database.execute(f"CREATE TABLE rows_{table.name} AS {_rows(kept, columns)}")
        _carry_notes(database, kept, 0)
    return FileRead(table.name, columns, kept.has_nul, len(columns), rows=0, delivered=0)


def merge(
    database: duckdb.DuckDBPyConnection, table: Table, kept: KeptTable, changes: FileRead
) -> FileRead:
    """Puts the rows of the last feed that no change replaces behind the changes.

    A change replaces all rows with its sourcedId, those too that could not be read. A change without
    a sourcedId, or one that cannot be read, replaces nothing.

    Args:
        database: with `rows_<table>`, the changes.
        table: the table in the version of today's delivery.
        kept: the table of the last feed.
        changes: the file with the changes.

    Returns:
        the file, with the columns of both.
    """
    columns = kept.columns_in(table)
    others = tuple(column for column in columns if not changes.has(column[1]))
    for _, column in others:
        database.execute(f"ALTER TABLE rows_{table.name} ADD COLUMN {quoted(column)} VARCHAR")
    with _reading():
        database.execute(f"INSERT INTO rows_{table.name} BY NAME {_rows(kept, columns)}")
        _carry_notes(database, kept, changes.delivered)
    _drop_replaced(database, changes)
    return replace(
        changes,
        columns=(*changes.columns, *others),
        has_nul=changes.has_nul or kept.has_nul,
    )


def _feed(last: LastFeed) -> dict[str, Any]:
    try:
        feed: dict[str, Any] = json.loads((last.folder / FEED).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Refused(Reason.LAST_FEED_LOST) from error
    return feed


@contextmanager
def _reading() -> Iterator[None]:
    """Tells of a file of the last feed that is damaged in the middle."""
    try:
        yield
    except (duckdb.OutOfMemoryException, duckdb.InterruptException):
        raise
    except duckdb.Error as error:
        if is_out_of_room(error):
            raise
        raise Refused(Reason.LAST_FEED_LOST) from error


def _rows(kept: KeptTable, columns: tuple[tuple[str, str], ...]) -> str:
    chosen = ", ".join(quoted(column) for _, column in columns)
    return f"SELECT {chosen} FROM {_parquet(kept.folder / f'{kept.name}.parquet')}"


def _carry_notes(database: duckdb.DuckDBPyConnection, kept: KeptTable, before: int) -> None:
    """Adds the notes on the rows of a table, `before` of which stand before its last ones."""
    database.execute(
        f"INSERT INTO notes BY NAME SELECT tab, kind, sourcedId, message, place + {before} AS pos"
        f" FROM {_parquet(kept.folder / NOTES)} WHERE tab = {text(kept.name)}"
    )


def _drop_replaced(database: duckdb.DuckDBPyConnection, changes: FileRead) -> None:
    """Removes the rows of the last feed that changes replace, and the notes on them.

    In `roles` a row is replaced by its own sourcedId where the changes have that column, otherwise
    all rows of the users named are. Rows are removed, not left out before, to keep their order.
    """
    name, rows = text(changes.table), f"rows_{changes.table}"
    key = "sourcedId" if changes.has("sourcedId") else id_column(changes.table)
    ids = f"SELECT {quoted(key)} FROM {rows} WHERE rowid < {changes.delivered}"
    database.execute(
        f"CREATE TEMP TABLE replaced AS SELECT rowid AS pos FROM {rows}"
        f" WHERE rowid >= {changes.delivered} AND {quoted(key)} IN ({ids})"
    )
    gone = "pos IN (SELECT pos FROM replaced)"
    if key == id_column(changes.table):
        gone += f" OR kind = 'unreadable' AND row IS NULL AND sourcedId IN ({ids})"
    database.execute(f"DELETE FROM notes WHERE tab = {name} AND ({gone})")
    database.execute(f"DELETE FROM {rows} WHERE rowid IN (SELECT pos FROM replaced)")
    database.execute("DROP TABLE replaced")


def _parquet(path: Path) -> str:
    return f"read_parquet({text(str(path.resolve()))}, hive_partitioning = false)"
