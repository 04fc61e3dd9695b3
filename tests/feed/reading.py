"""One file read as DuckDB will have it: its rows by the number that a spreadsheet shows."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from firstbell.feed.database import open_database
from firstbell.feed.package import Limits, open_package
from firstbell.feed.read import read
from firstbell.rules.example import Example, files_of
from tests.naive.reading import Line, decode, read_sheet
from tests.naive.values import is_allowed_id

HEADER = b"sourcedId,title,courseCode\n"


@dataclass(frozen=True)
class Sheet:
    """What was read of a file."""

    #: Row number → trimmed cells, "" where absent; blank rows are not there.
    rows: dict[int, tuple[str, ...]]
    #: Row number → why it cannot be read, and its sourcedId where that could be made out.
    unreadable: dict[int, tuple[str, str]]
    #: Row number → cells, of rows with surplus empty cells.
    surplus: dict[int, int]
    #: Code and field of what is said about the file.
    said: frozenset[tuple[str, str]] = frozenset()

    @property
    def titles(self) -> dict[int, str]:
        """Row number → second cell."""
        return {row: cells[1] for row, cells in self.rows.items()}


def sheet(content: bytes) -> Sheet:
    """A courses.csv as it is read; that file may be anything without failing the sync."""
    with TemporaryDirectory() as folder:
        path, work = Path(folder, "delivery").resolve(), Path(folder, "work").resolve()
        for new in (path, work):
            new.mkdir()
        for name, other in {**files_of(Example()), "courses.csv": content}.items():
            (path / name).write_bytes(other)
        with closing(open_database(work, Limits())) as database:
            reading = read(open_package(path, work), database, work)
            said = frozenset((about.code, about.field) for about in reading.said)
            if "courses" not in reading.files:
                return Sheet({}, {}, {}, said)
            found = database.execute(
                "SELECT rowid + 2, * FROM rows_courses"
                " WHERE rowid NOT IN (SELECT pos FROM aside WHERE tab = 'courses')"
            ).fetchall()
            notes = database.execute(
                "SELECT row, kind, cells, message, coalesce(sourcedId, '') FROM notes"
                " WHERE tab = 'courses'"
            ).fetchall()
        return Sheet(
            {row: tuple(cell or "" for cell in cells) for row, *cells in found},
            {row: (why, id_) for row, kind, _, why, id_ in notes if kind == "unreadable"},
            {row: cells for row, kind, cells, *_ in notes if kind == "surplus"},
            said,
        )


def naive_sheet(content: bytes, columns: Sequence[str] = ()) -> Sheet:
    """The same file as the naive reading has it; `columns` are those of its header."""
    text, _ = decode(content)
    columns = columns or [cell for cell in read_sheet(text, ()).header if cell]
    lines = read_sheet(text, columns).lines
    readable = [line for line in lines if not line.fault]
    return Sheet(
        {line.number: tuple(line.cells.get(name, "") for name in columns) for line in readable},
        {line.number: (line.fault, _made_out(line)) for line in lines if line.fault},
        {line.number: line.width for line in readable if line.surplus},
    )


def _made_out(line: Line) -> str:
    sourced_id = line.cells.get("sourcedId", "")
    return sourced_id if is_allowed_id(sourced_id) else ""


def without_said(read_: Sheet) -> Sheet:
    """The rows of a sheet alone."""
    return replace(read_, said=frozenset())
