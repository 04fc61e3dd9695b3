"""Rows that are not plain → lines that are. What a sync means §2.1 to §2.3."""

import mmap
import re
from dataclasses import dataclass, field
from pathlib import Path

from firstbell.feed.row import Row, line_end_of, take_apart

#: How line ends inside cells are written in the copy, in the rows noted for it: so each row is one
#: line, and DuckDB can read on all processors.
ESCAPES = {"\x1c": "\x1c0", "\n": "\x1c1", "\r": "\x1c2"}
_ESCAPES = str.maketrans(ESCAPES)
_ESCAPED = re.compile("[\x1c\n\r]")
_LINE_ENDS = re.compile("[\n\r]")
_CONTROLS = re.compile("[\x00-\x1f\x7f]")
_MAY_BE_AN_ID = re.compile("[^\x00-\x1f\x7f]{0,255}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the header says of rows."""

    #: How many cells a row should have.
    cells: int
    #: Which of them is the sourcedId; -1: none is.
    id_at: int
    #: A password is right beside it: a cell too many or too few could put it into the id's place.
    beside_a_secret: bool


@dataclass(frozen=True, slots=True)
class Note:
    """What is to be said of a row; see `copy.Notes`."""

    kind: str
    sourced_id: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Repaired:
    """A row as it goes into the copy."""

    #: Without its line end.
    line: bytes
    notes: tuple[Note, ...] = ()
    #: Where the row goes over several lines: which of its cells are changed by `ESCAPES`.
    multi_line: frozenset[int] = field(default_factory=frozenset)
    has_nul: bool = False


def repaired(row: Row, width: int, wanted: Wanted) -> Repaired:
    """Repairs a row: a blank one and one that cannot be read become empty.

    Args:
        row: taken apart.
        width: how many cells each line of the copy has.
        wanted: what the header says.
    """
    texts, trouble = row.texts, row.trouble
    empty = b"," * (width - 1)
    if not trouble and not any(texts) and not row.goes_on:
        return Repaired(empty)
    if not trouble and (len(texts) < wanted.cells or any(texts[wanted.cells :]) or row.goes_on):
        trouble = f"row has {row.count} columns, expected {wanted.cells}"
    if trouble:
        return Repaired(empty, (Note("unreadable", _id_of(row, wanted), trouble),))
    notes = [Note("surplus")] if row.count > wanted.cells else []
    cells = [*texts[: wanted.cells], *[""] * (width - wanted.cells)]
    whole, several, found = "".join(cells), frozenset[int](), list[str]()
    if not whole.isprintable() and (found := _CONTROLS.findall(whole)):
        notes.append(Note("controls"))
        if _LINE_ENDS.search(whole):
            several = frozenset(at for at, cell in enumerate(cells) if _ESCAPED.search(cell))
    if several:
        notes.append(Note("lines"))
        cells = [cell.translate(_ESCAPES) for cell in cells]
    if '"' in whole or "," in whole:
        cells = [_quoted(cell) for cell in cells]
    return Repaired(",".join(cells).encode(), tuple(notes), several, "\0" in found)


def with_line_feeds(data: mmap.mmap, to: Path) -> Path:
    """Writes a file whose rows end at a lone CR with LF instead; returns `to`."""
    position, troubles = 0, dict[int, str]()
    with to.open("wb") as file:
        while position < len(data):
            row = take_apart(data, position, troubles)
            file.write(data[position : row.next - len(line_end_of(data, row))] + b"\n")
            position = row.next
    return to


def _id_of(row: Row, wanted: Wanted) -> str:
    """The sourcedId of a row that cannot be read; empty when it cannot be made out."""
    if not 0 <= wanted.id_at < len(row.cells) or (wanted.beside_a_secret and not row.trouble):
        return ""
    sourced_id = row.texts[wanted.id_at]
    return sourced_id if _MAY_BE_AN_ID.fullmatch(sourced_id) else ""


def _quoted(cell: str) -> str:
    if '"' in cell or "," in cell:
        return '"' + cell.replace('"', '""') + '"'
    return cell
