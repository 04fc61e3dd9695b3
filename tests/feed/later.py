"""Deliveries read one after another, each kept as the last feed of the next."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from firstbell.feed.database import open_database, quoted
from firstbell.feed.last import LastFeed
from firstbell.feed.package import Limits, open_package
from firstbell.feed.read import Reading, changes_in, read
from firstbell.feed.refusal import Refused
from firstbell.feed.snapshot import write_feed
from firstbell.feed.table import is_blank
from firstbell.oneroster.dictionary import Version, tables
from firstbell.rules.example import Example, Row, csv_text, files_of

#: Row number, None for a row of an earlier delivery, and its cells that are not empty.
Numbered = tuple[int | None, dict[str, str]]


@dataclass
class Feeds:
    """The deliveries of one district."""

    folder: Path
    last: LastFeed | None = None
    number: int = 0
    #: Tables of which the last delivery that was refused brought changes.
    missed: frozenset[str] = frozenset()

    @contextmanager
    def read(self, files: Mapping[str, bytes]) -> Iterator[Reading]:
        """Reads the next delivery, given as file name → content, and keeps it."""
        self.number += 1
        delivery, work = (self.folder / f"{what}{self.number}" for what in ("delivery", "work"))
        for new in (delivery, work):
            new.mkdir()
        for name, content in files.items():
            (delivery / name).write_bytes(content)
        others = [self.last.folder] if self.last else []
        with closing(open_database(work, Limits(), *others)) as database:
            package = open_package(delivery, work)
            try:
                reading = read(package, database, work, self.last)
            except Refused:
                self.missed = changes_in(package, work)
                if self.last:
                    self.last = LastFeed(self.last.folder, self.last.lost | self.missed)
                raise
            write_feed(reading, work / "feed")
            self.last = LastFeed(work / "feed", reading.lost)
            yield reading

    def take(self, files: Mapping[str, bytes]) -> None:
        """Reads the next delivery."""
        with self.read(files):
            pass

    def take_classes(self, content: bytes) -> None:
        """Reads the smallest district, its classes another file."""
        self.take({**whole(), "classes.csv": content})

    def refused(self, files: Mapping[str, bytes]) -> Refused:
        """Reads the next delivery, which is refused."""
        with pytest.raises(Refused) as caught:
            self.take(files)
        return caught.value


def whole(version: Version = Version.V1_1) -> dict[str, bytes]:
    """A full delivery of the smallest district, without a manifest."""
    return files_of(Example(version=version))


def manifest(**properties: str) -> bytes:
    """A manifest with the modes of tables, and `version`."""
    rows = [
        {
            "propertyName": "oneroster.version" if name == "version" else f"file.{name}",
            "value": value,
        }
        for name, value in properties.items()
    ]
    return csv_text(["propertyName", "value"], rows).encode()


def delivery(modes: Mapping[str, str], **files: bytes) -> dict[str, bytes]:
    """A later delivery: the given files, all other needed tables absent but for `modes`."""
    absent = dict.fromkeys(("orgs", "users", "classes", "enrollments"), "absent")
    named = {f"{name}.csv": content for name, content in files.items()}
    return {**named, "manifest.csv": manifest(**{**absent, **modes})}


def a_class(sourced_id: str, **cells: str) -> Row:
    """A class with all that it needs."""
    return {"sourcedId": sourced_id, "title": sourced_id, "schoolSourcedId": "S1", **cells}


def lines(*rows: Row) -> bytes:
    """Rows as a file, its columns those that some row has."""
    return csv_text([], rows).encode()


def rows(reading: Reading, table: str) -> list[Numbered]:
    """The rows of a table that are not blank, in order."""
    file = reading.files[table]
    known = {field.name for field in tables(reading.version)[table].fields}
    names = [column for _, column in file.columns if column in known]
    found = reading.database.execute(
        f"SELECT {file.row_number('rowid')}, {', '.join(map(quoted, names))} FROM rows_{table}"
        f" WHERE rowid >= {file.delivered} OR NOT ({is_blank(file.columns)}) ORDER BY rowid"
    ).fetchall()
    return [
        (row, {name: cell for name, cell in zip(names, cells, strict=True) if cell is not None})
        for row, *cells in found
    ]


def ids(reading: Reading, table: str) -> list[tuple[int | None, str]]:
    """Row number and sourcedId of the rows of a table, in order."""
    return [(row, cells.get("sourcedId", "")) for row, cells in rows(reading, table)]


def notes(reading: Reading, table: str) -> list[tuple[str, int | None, str, str, str]]:
    """Of a table: kind, row, sourcedId, message and, of a readable row, its sourcedId."""
    return reading.database.execute(
        "SELECT kind, row, coalesce(n.sourcedId, ''), message, coalesce(r.\"sourcedId\", '')"
        f" FROM notes AS n LEFT JOIN rows_{table} AS r ON r.rowid = n.pos"
        " WHERE tab = ? AND kind <> 'lines' ORDER BY kind, 5, 3, 4, row",
        [table],
    ).fetchall()
