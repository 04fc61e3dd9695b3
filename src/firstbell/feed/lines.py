"""A CSV file as delivered → a file that DuckDB reads without a surprise, one row for each row.

DuckDB's reader is fast but lets one stray quote swallow all rows behind it, and counts no rows that
it drops. So each file is looked through first, a block at a time. A block whose commas, quotes and
line ends, everything else taken away, are those of well-formed rows is proven plain and taken as it
is. Rows of any other shape are looked at one by one, and only then is a copy of the file written,
in which every row stands at its own place: repaired, or as an empty row when it is blank or cannot
be read. So the row number in a spreadsheet is always the position in the table + 2.

What a sync means §2.1 to §2.4.
"""

import mmap
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from firstbell.feed import encoding
from firstbell.feed.block import (
    Positions,
    at_an_end,
    block_at,
    is_utf_8,
    line_starts,
    lines_of_another_end,
    odd_lines,
    places_of,
    quoted_row_pattern,
    structure_of,
)
from firstbell.feed.copy import Copy, Notes
from firstbell.feed.refusal import Reason, Refused, cannot_read
from firstbell.feed.repair import Wanted, repaired, with_line_feeds
from firstbell.feed.row import LONGEST_QUOTED, MOST_CELLS, Row, line_end_of, take_apart
from firstbell.feed.secret import is_secret

_LONGEST_HEADER = 1 << 20
_MOST_TROUBLES = 100_000
_NO_BREAK_SPACE = "\u00a0".encode()
#: Spaces in a block from which on they are taken for part of names.
_MANY_SPACES = 2000

_NO_ROW = re.compile(rb"(?!)")


@dataclass(frozen=True, slots=True)
class Lines:
    """A file that can be read as it is: well-formed UTF-8 rows of `width` cells, one line end."""

    path: Path
    #: The header's cells, trimmed, blank ones at its end dropped; None when it cannot be read.
    header: tuple[str, ...] | None
    #: The file was no UTF-8 and has been read as Windows-1252.
    recoded: bool
    #: Cells of each row in the file at `path`: those of the header, but two at least.
    width: int = 2
    line_end: str = "\n"
    #: Bytes, at most, of the longest row.
    longest: int = 0
    #: The first row of the file at `path` is the header.
    has_header: bool = True
    #: Columns, by position, some of whose cells are changed by `repair.ESCAPES`.
    multi_line: frozenset[int] = frozenset()
    has_nul: bool = False
    #: Some cell may have spaces at its ends.
    untrimmed: bool = False
    #: The rows that were not plain, as `copy.Notes` writes them; None when there are none.
    notes: Path | None = None


class _NotUtf8(Exception):
    """The file is no UTF-8, and has to be looked through again as Windows-1252."""


def look_through(path: Path, work: Path, id_column: str = "sourcedId") -> Lines:
    """Makes a file readable for DuckDB.

    Args:
        path: the file as delivered.
        work: an existing folder of ours for copies and notes, named after the file.
        id_column: whose cell the notes on unreadable rows tell, where it can be made out.

    Raises:
        Refused: a line is longer than 32 MiB, the header has more than 1,000 cells, or the system does not let us read the file.
    """
    try:
        if encoding.is_utf_16(path):
            path = encoding.from_utf_16(path, work / f"{path.stem}.utf8.csv")
        return _look(path, work, id_column, recoded=False)
    except _NotUtf8:
        recoded = encoding.from_windows_1252(path, work / f"{path.stem}.recoded.csv")
        return _look(recoded, work, id_column, recoded=True)
    except OSError as error:
        raise cannot_read(_file_of(path), error) from error


def _look(path: Path, work: Path, id_column: str, *, recoded: bool) -> Lines:
    if path.stat().st_size == 0:
        return Lines(path, (), recoded)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        beginning = data[:_LONGEST_HEADER]
        header = take_apart(beginning, 3 if data[:3] == encoding.UTF_8_MARK else 0, {})
        if header.trouble or header.next == _LONGEST_HEADER:
            _check_encoding(data, _file_of(path))
            return Lines(path, None, recoded)
        if header.count > MOST_CELLS:
            raise Refused(
                Reason.TOO_MANY_COLUMNS,
                file=_file_of(path),
                columns=f"{header.count:,}",
                limit=f"{MOST_CELLS:,}",
            )
        if line_end_of(data, header) != b"\r":
            return _Pass(path, data, header, work, id_column).lines(recoded=recoded)
        line_feeds = with_line_feeds(data, work / f"{path.stem}.lf.csv")
    return _look(line_feeds, work, id_column, recoded=recoded)


class _Pass:
    """One look through one file, from the row behind the header to its end."""

    def __init__(
        self, path: Path, data: mmap.mmap, header: Row, work: Path, id_column: str
    ) -> None:
        names = header.texts
        while names and not names[-1]:
            names.pop()
        self.path, self.data, self.start = path, data, header.next
        self.header, self.header_cells = tuple(names), len(header.cells)
        self.width = max(len(names), 2)
        self.line_end = line_end_of(data, header) or b"\n"
        self.blank_row = b"," * (self.width - 1) + self.line_end
        #: Structure of a row of plain cells; a file of one column has no such rows, for each gets
        #: a second cell.
        self.shape = self.blank_row if len(names) > 1 else b"no row is plain"
        self.quoted_row = (
            quoted_row_pattern(self.width, self.line_end) if len(names) > 1 else _NO_ROW
        )
        lower = [cell.lower() for cell in names]
        id_at = lower.index(id_column.lower()) if id_column.lower() in lower else -1
        beside_the_id = names[max(id_at - 1, 0) : id_at + 2]
        self.wanted = Wanted(len(names), id_at, any(map(is_secret, beside_the_id)))
        self.copy = Copy(data, self.start, work / f"{path.stem}.rows.csv")
        self.notes = Notes(work / f"{path.stem}.notes.csv")
        self.multi_line: set[int] = set()
        self.has_nul = self.untrimmed = False
        self.longest = 0
        self.troubles: dict[int, str] = {}
        self.most_troubles = _MOST_TROUBLES

    def lines(self, *, recoded: bool) -> Lines:
        """Goes through the whole file and says how to read it."""
        if not is_utf_8(self.data[: self.start]):
            raise _NotUtf8
        with self.copy, self.notes:
            if not self._has_plain_header():
                self.copy.begin()
            position, row = self.start, 2
            while position < len(self.data):
                block = block_at(self.data, position, _file_of(self.path))
                structure = self._structure(block)
                rows = structure.count(b"\n")
                blanks = self._blanks(block)
                ends = lines_of_another_end(block, self.line_end)
                if structure == self.shape * rows and not blanks and not ends.size:
                    position, row = position + len(block), row + rows
                else:
                    position, row = self._go_row_by_row(
                        block, structure, blanks, ends, position, row
                    )
            self.copy.finish()
        return Lines(
            path=self.copy.path if self.copy.begun else self.path,
            header=self.header,
            recoded=recoded,
            width=self.width,
            line_end=self.line_end.decode(),
            longest=self.longest,
            has_header=not self.copy.begun,
            multi_line=frozenset(self.multi_line),
            has_nul=self.has_nul,
            untrimmed=self.untrimmed,
            notes=self.notes.path if self.notes.begun else None,
        )

    def _has_plain_header(self) -> bool:
        """Whether DuckDB can pass over the header row as one line without a surprise."""
        row = self.data[: self.start].removeprefix(encoding.UTF_8_MARK)
        pattern = quoted_row_pattern(self.header_cells, self.line_end)
        return pattern.fullmatch(row) is not None

    def _structure(self, block: bytes) -> bytes:
        """A block without its text: commas, quotes, line ends, and what other controls it has."""
        if not block.isascii() and not is_utf_8(block):
            raise _NotUtf8
        self.longest = max(self.longest, len(block))
        return structure_of(block, self.line_end)

    def _blanks(self, block: bytes) -> list[int]:
        """Where a block has no-break spaces, and spaces at the ends of cells.

        Where spaces are many, they are part of names, and DuckDB trims the cells.
        """
        blanks = places_of(block, _NO_BREAK_SPACE) if not block.isascii() else []
        if not self.untrimmed:
            spaces = places_of(block, b" ", _MANY_SPACES)
            self.untrimmed = len(spaces) == _MANY_SPACES
            blanks += [at for at in spaces if at_an_end(block, at)]
        return blanks

    def _go_row_by_row(
        self,
        block: bytes,
        structure: bytes,
        blanks: list[int],
        ends: Positions,
        position: int,
        row: int,
    ) -> tuple[int, int]:
        """Looks at the rows of a block that are not plain, each by itself.

        Args:
            block: whole lines.
            structure: of the block.
            blanks: where it has blanks to trim.
            ends: its lines that end in another way than the header.
            position: where the block begins in the file.
            row: number of its first row.

        Returns:
            Where the next block begins, behind the block or behind a row that goes beyond it, and
            the number of its first row.
        """
        begins = line_starts(block)
        lines = len(begins) - 1
        at, first, end = 0, position, position + len(block)
        to_trim = np.searchsorted(begins, blanks, "right") - 1
        unusual = [odd_lines(structure, self.shape), to_trim, ends]
        to_look_at = np.unique(np.concatenate(unusual)).tolist()
        trimmed = set(to_trim.tolist())
        for odd in to_look_at:
            line = block[begins[odd] : begins[odd + 1]]
            if odd < at or (odd not in trimmed and self._is_well_quoted(line)):
                continue
            position = first + int(begins[odd])
            row += odd - at
            self.copy.take_up_to(position)
            line_end = position + len(line)
            if line == self.line_end:
                self.copy.write(self.blank_row)
                position, row = line_end, row + 1
            while position < line_end or not self._at_line_feed(position):
                parsed = take_apart(self.data, position, self.troubles, self.wanted.id_at + 1)
                self._put(parsed, row)
                position, row = parsed.next, row + 1
            self.copy.go_on_from(position)
            self._forget_troubles_before(position)
            at = int(np.searchsorted(begins, position - first))
        if position > end:
            self._structure(self.data[end:position])
            return position, row
        return end, row + lines - at

    def _is_well_quoted(self, line: bytes) -> bool:
        """Whether nothing has to be done about a line, though it has quotes."""
        return len(line) <= LONGEST_QUOTED and self.quoted_row.fullmatch(line) is not None

    def _forget_troubles_before(self, position: int) -> None:
        """Keeps what is known of troubles from growing; each is looked at a few times at most."""
        if len(self.troubles) > self.most_troubles:
            self.troubles = {at: why for at, why in self.troubles.items() if at >= position}
            self.most_troubles = max(_MOST_TROUBLES, 2 * len(self.troubles))

    def _at_line_feed(self, position: int) -> bool:
        return position == len(self.data) or self.data[position - 1 : position] == b"\n"

    def _put(self, row: Row, number: int) -> None:
        """Writes a row into the copy, repaired; notes what is to be said of it."""
        done = repaired(row, self.width, self.wanted)
        for note in done.notes:
            self.notes.write(number, note.kind, row.count, note.sourced_id, note.message)
        self.multi_line |= done.multi_line
        self.has_nul = self.has_nul or done.has_nul
        self.longest = max(self.longest, len(done.line))
        self.copy.write(done.line + self.line_end)


def _file_of(path: Path) -> str:
    """The name of the file that was delivered, of which there may be a copy in another encoding."""
    return f"{path.name.split('.')[0]}.csv"


def _check_encoding(data: mmap.mmap, file: str) -> None:
    position = 0
    while position < len(data):
        block = block_at(data, position, file)
        if not is_utf_8(block):
            raise _NotUtf8
        position += len(block)
