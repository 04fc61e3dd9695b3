"""One row of a CSV file, taken apart byte by byte: the slow and exact way. What a sync means §2.3.

The fast way is `lines.py`, which comes here only for rows that are not plain.
"""

import mmap
import re
from array import array
from dataclasses import dataclass

NEVER_CLOSED = "row has a quote that is never closed"
TEXT_AFTER_QUOTE = "row has text after a closing quote"

#: The most characters that a quoted cell may hold, doubled quotes counted as written.
LONGEST_QUOTED = 64 * 1024

#: Cells that are remembered of a row; no header has more.
MOST_CELLS = 1000

#: So many quoted cells of a row in trouble are known each, and behind them one in 256: a row of
#: millions of cells costs no memory, and no time when its lines are read again.
_KNOWN_ONE_BY_ONE = 10_000
_KNOWN_BEHIND = 256
_LONGEST_IN_BYTES = 4 * LONGEST_QUOTED + 4
_STOP = re.compile(rb"[,\r\n]")
_QUOTED = re.compile(rb'"(?>[^"]*+(?:""[^"]*+)*+)"')
_LINE_END = re.compile(rb"\r\n|\n|\r")

#: What is trimmed from the ends of a cell.
BLANKS = " \t\r\n\u00a0"


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row as delivered, quotes taken off, and where the next row begins."""

    #: 1,000 of them at most.
    cells: list[bytes]
    next: int
    #: How many cells it has.
    count: int
    #: Whether there is more than blanks in the cells behind the first 1,000.
    goes_on: bool = False
    #: Why the row could not be taken apart; `cells` are then those before the trouble, or as many
    #: as were asked for.
    trouble: str = ""

    @property
    def texts(self) -> list[str]:
        """The cells as trimmed text."""
        return [_text(cell) for cell in self.cells]


def take_apart(data: bytes | mmap.mmap, start: int, known: dict[int, str], enough: int = 0) -> Row:
    """Takes apart the row that begins at the byte `start`; it may go over several lines.

    A quoted cell ends at a quote that a comma, a line end or the end of the file follows. When
    something else follows, or it holds more than 64 KiB, the row is in trouble, and the next one
    begins on the next physical line.

    Args:
        data: the file.
        start: where the row begins.
        known: the trouble that reading on from a quoted cell at some byte ends in, kept from row to
            row; without it, a file of quotes that open and close the wrong way round would be read
            again to its end for each line.
        enough: how many cells are wanted of a row in trouble.
    """
    cells: list[bytes] = []
    count, goes_on = 0, False
    quotes = array("q")
    position = start
    size = len(data)
    while True:
        if data[position : position + 1] == b'"':
            trouble = known.get(position, "") if count >= enough else ""
            if not trouble:
                if count < _KNOWN_ONE_BY_ONE or count % _KNOWN_BEHIND == 0:
                    quotes.append(position)
                quoted = _QUOTED.match(data, position, min(size, position + _LONGEST_IN_BYTES))
                trouble = _trouble(quoted, data)
            if trouble or quoted is None:
                known.update(dict.fromkeys(quotes, trouble))
                return Row(cells, _next_line(data, start), count, goes_on, trouble)
            cell, position = quoted[0][1:-1].replace(b'""', b'"'), quoted.end()
        else:
            stop = _STOP.search(data, position)
            end = stop.start() if stop else size
            cell, position = data[position:end], end
        count += 1
        if count <= MOST_CELLS:
            cells.append(cell)
        else:
            goes_on = goes_on or _text(cell) != ""
        if data[position : position + 1] != b",":
            line_end = _LINE_END.match(data, position)
            return Row(cells, line_end.end() if line_end else size, count, goes_on)
        position += 1


def line_end_of(data: bytes | mmap.mmap, row: Row) -> bytes:
    """The bytes that end a row: LF, CRLF, CR, or nothing at the end of the file."""
    end = row.next
    for line_end in (b"\r\n", b"\n", b"\r"):
        if data[end - len(line_end) : end] == line_end:
            return line_end
    return b""


def _text(cell: bytes) -> str:
    return cell.decode("utf-8", "replace").strip(BLANKS) if cell else ""


def _trouble(quoted: re.Match[bytes] | None, data: bytes | mmap.mmap) -> str:
    if quoted is None:
        return NEVER_CLOSED
    inside = quoted[0][1:-1]
    if len(inside) > LONGEST_QUOTED and len(inside.decode("utf-8", "replace")) > LONGEST_QUOTED:
        return NEVER_CLOSED
    if data[quoted.end() : quoted.end() + 1] not in (b",", b"\r", b"\n", b""):
        return TEXT_AFTER_QUOTE
    return ""


def _next_line(data: bytes | mmap.mmap, start: int) -> int:
    line_end = _LINE_END.search(data, start)
    return line_end.end() if line_end else len(data)
