"""From the bytes of one file to its lines, with row numbers, good and bad (§2.1 to §2.4)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from .values import is_allowed_id, trim

_LONGEST_QUOTED_CELL = 65_536
_PLAIN = re.compile(r"[^,\r\n]*")
_INSIDE_QUOTES = re.compile(r'[^"]*+(?:""[^"]*+)*+')
_LINE_END = re.compile(r"\r\n|\n|\r")

NEVER_CLOSED = "row has a quote that is never closed"
TEXT_AFTER = "row has text after a closing quote"


@dataclass
class Line:
    """One row of a file that is not blank (§2.3)."""

    number: int
    cells: dict[str, str]  # by the standard's column; of an unreadable row what could be made out
    width: int
    expected: int
    surplus: bool = False
    fault: str = ""  # why it is unreadable
    carried: bool = False  # it was delivered on an earlier night (§2.6)
    place: int = 0  # in the feed


@dataclass
class Sheet:
    """One file: its header, and its lines in order (§2.2)."""

    readable_header: bool
    header: list[str] = field(default_factory=list)  # as delivered, without blank cells at the end
    columns: set[str] = field(default_factory=set)  # the standard's columns that are there
    twice: list[str] = field(default_factory=list)  # the standard's columns that are there again
    unknown: list[str] = field(default_factory=list)  # header cells that are not the standard's
    lines: list[Line] = field(default_factory=list)


def decode(data: bytes) -> tuple[str, bool]:
    """Turn a file into text, and say whether it was the UTF-8 or UTF-16 it should be (§2.1)."""
    if data.startswith(b"\xff\xfe"):
        return data[2:].decode("utf-16-le", errors="replace"), True
    if data.startswith(b"\xfe\xff"):
        return data[2:].decode("utf-16-be", errors="replace"), True
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    try:
        return data.decode("utf-8"), True
    except UnicodeDecodeError:
        return _windows_1252(data), False


def _windows_1252(data: bytes) -> str:
    """Read Windows-1252; its five undefined bytes are the control characters of their number."""
    table: dict[int, str] = {}
    for number in range(0x80, 0xA0):
        try:
            table[number] = bytes([number]).decode("cp1252")
        except UnicodeDecodeError:
            table[number] = chr(number)
    return data.decode("latin-1").translate(table)


def _take_quoted(text: str, at: int) -> tuple[str, int, str]:
    """Take the quoted cell that starts at a quote: the cell, where it ends, the trouble (§2.3)."""
    begin = at + 1
    limit = begin + _LONGEST_QUOTED_CELL
    match = _INSIDE_QUOTES.match(text, begin, limit + 1)
    assert match is not None
    end = match.end()
    if text[end : end + 1] != '"' or end > limit:
        return "", end, NEVER_CLOSED
    after = end + 1
    following = text[after : after + 1]
    if following == '"':  # an escaped quote that begins on the last character allowed
        return "", end, NEVER_CLOSED
    if following not in ("", ",", "\r", "\n"):
        return "", end, TEXT_AFTER
    return text[begin:end].replace('""', '"'), after, ""


def _after_line(text: str, at: int) -> int:
    """Find where the physical line after this place begins (§2.3)."""
    match = _LINE_END.search(text, at)
    return len(text) if match is None else match.end()


def _take_row(
    text: str, start: int, wanted: int, doomed: dict[int, str]
) -> tuple[list[str], int, str]:
    """Take one row: its cells before any trouble, where the next row begins, the trouble (§2.3).

    What starts a cell at the same place ends the same way, so `doomed` remembers the places from
    which a row came to grief; only the first `wanted` cells are read again.
    """
    cells: list[str] = []
    starts: list[int] = []
    at = start
    while True:
        if len(cells) >= wanted and at in doomed:
            trouble = doomed[at]
            break
        starts.append(at)
        trouble = ""
        if text[at : at + 1] == '"':
            cell, after, trouble = _take_quoted(text, at)
        else:
            match = _PLAIN.match(text, at)
            assert match is not None
            cell, after = match[0], match.end()
        if trouble:
            break
        cells.append(cell)
        if text[after : after + 1] != ",":
            return cells, _after_line(text, after), ""
        at = after + 1
    for place in starts:
        doomed[place] = trouble
    return cells, _after_line(text, start), trouble


def read_sheet(text: str, standard: Sequence[str]) -> Sheet:
    """Read a whole file: the header, then every row that is not blank (§2.2 to §2.4)."""
    doomed: dict[int, str] = {}
    raw_header, at, trouble = _take_row(text, 0, 0, doomed)
    if trouble:
        return Sheet(readable_header=False)
    header = [trim(cell) for cell in raw_header]
    while header and header[-1] == "":
        header.pop()
    sheet = Sheet(readable_header=True, header=header)
    names = _name_columns(sheet, standard)
    number = 1
    while at < len(text):
        number += 1
        raw, at, trouble = _take_row(text, at, len(header), doomed)
        cells = [trim(cell) for cell in raw]
        if trouble:
            made_out = _by_name(names, cells)
            sheet.lines.append(Line(number, made_out, len(cells), len(header), fault=trouble))
            continue
        if all(cell == "" for cell in cells):
            continue
        line = Line(number, _by_name(names, cells), len(cells), len(header))
        extra = cells[len(header) :]
        if len(cells) < len(header) or any(cell != "" for cell in extra):
            line.fault = f"row has {len(cells)} columns, expected {len(header)}"
            if _is_beside_a_password(header):
                line.cells["sourcedId"] = ""
        elif extra:
            line.surplus = True
        sheet.lines.append(line)
    return sheet


def _is_beside_a_password(header: list[str]) -> bool:
    """Tell whether a row that lost or won a cell may show a password as its sourcedId (§2.2)."""
    names = [cell.lower() for cell in header]
    if "sourcedid" not in names:
        return False
    at = names.index("sourcedid")
    beside = names[at + 1 : at + 2] + names[max(at - 1, 0) : at]
    return any("password" in name for name in beside)


def made_out_id(line: Line) -> str:
    """Give the sourcedId of an unreadable row, '' if it cannot be made out (§2.3)."""
    sourced_id = line.cells.get("sourcedId", "")
    return trim(sourced_id) if is_allowed_id(sourced_id) else ""


def _name_columns(sheet: Sheet, standard: Sequence[str]) -> list[str]:
    """Say which column of the standard stands at each place of the header, '' for none (§2.2)."""
    names: list[str] = []
    for cell in sheet.header:
        name = ""
        for column in standard:
            if cell.lower() == column.lower():
                name = column
        if name in sheet.columns:
            sheet.twice.append(name)
        elif name != "":
            sheet.columns.add(name)
        elif cell != "" and not cell.lower().startswith("metadata."):
            sheet.unknown.append(cell)
        names.append(name)
    return names


def _by_name(names: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """Give each named column its cell (§2.2)."""
    named: dict[str, str] = {}
    for name, cell in zip(names, cells, strict=False):
        if name != "":
            named[name] = cell
    return named
