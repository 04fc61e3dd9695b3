"""The one dialect of all CSV files that First Bell writes. What a sync means §8.

UTF-8 with a byte order mark, so that Excel shows “ ”; CRLF; quotes where RFC 4180 needs them; and no
cell that a spreadsheet would take for a formula. DuckDB puts the lines together, on all cores: it is
several times faster than handing each cell to Python.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

_BLOCK = 10_000
#: Bytes of a line from which on it is made by itself.
_LONG = 20_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FORMULA_SQL = "('=', '+', '-', '@', chr(9), chr(13))"
_FIGURES_SQL = "'[0-9+(). -]+'"
#: Something in a line whose texts stand behind U+001F that no plain cell has.
_SPECIAL_SQL = r"""'[",\x00\r\n]|\x1f[=+\-@\t]'"""
_LINE_END = "\r\n"
_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A CSV file that was written."""

    path: Path
    #: How many it has beside its header.
    rows: int


def write_lines(path: Path, header: Iterable[str], blocks: Iterable[Sequence[str]]) -> CsvFile:
    """Writes a CSV file.

    Args:
        path: the file.
        header: the names of the columns.
        blocks: the other lines, without line ends, many at a time, for speed.
    """
    rows = 0
    with path.open("wb") as file:
        file.write((_BYTE_ORDER_MARK + line(header) + _LINE_END).encode())
        for lines in blocks:
            file.write("".join([one + _LINE_END for one in lines]).encode())
            rows += len(lines)
    return CsvFile(path, rows)


def line(cells: Iterable[str]) -> str:
    r"""Cells as a line, without a line end.

    >>> line(["1234", "=1+1", "Bell, Nora"])
    '1234,\'=1+1,"Bell, Nora"'
    """
    return ",".join(map(cell, cells))


def cell(text: str) -> str:
    """A text as a cell.

    >>> cell("“yes”"), cell("@home")
    ('“yes”', "'@home")
    """
    if text.startswith(_FORMULA):
        text = "'" + text
    if any(special in text for special in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def cell_sql(text: str) -> str:
    """The SQL expression of `cell`.

    Args:
        text: an expression; NULL is an empty cell.
    """
    return _quoted_sql(text, _starts_formula(text))


def delivered_cell_sql(text: str) -> str:
    """The SQL expression of a cell of a file as delivered: figures are no formulas.

    A cell of digits and `+ - ( ) . space` only stays as it is; a NUL is shown as U+FFFD.

    Args:
        text: an expression; NULL is an empty cell.
    """
    shown = f"replace({text}, chr(0), chr(65533))"
    formula = f"{_starts_formula(text)} AND NOT regexp_full_match({text}, {_FIGURES_SQL})"
    return (
        f"CASE WHEN contains({text}, chr(0)) THEN {_quoted_sql(shown, formula)}"
        f" ELSE {_quoted_sql(text, formula)} END"
    )


def line_sql(cells: Sequence[str]) -> str:
    """The SQL expression of a line, without a line end.

    Args:
        cells: expressions of cells.
    """
    return f"concat({', chr(44), '.join(cells)})"


def line_of_texts_sql(texts: Sequence[str], as_cell: Callable[[str], str]) -> str:
    """The SQL expression of a line of texts; only a line with something special is taken apart.

    Args:
        texts: expressions.
        as_cell: makes the expression of a text that of a cell.
    """
    marked = f"concat(chr(31), {', chr(31), '.join(texts)})"
    careful = line_sql([as_cell(f"({one})::VARCHAR") for one in texts])
    return f"CASE WHEN regexp_matches({marked}, {_SPECIAL_SQL}) THEN {careful} ELSE {line_sql(texts)} END"


def short_line_sql(line: str, texts: Sequence[str]) -> str:
    """The SQL expression of a line, NULL for one so long that it is asked for by itself.

    DuckDB makes 2,048 lines at a time, and we hand on 10,000: of long ones too much for memory.

    Args:
        line: the expression of the line.
        texts: expressions of its texts.
    """
    size = " + ".join(f"coalesce(strlen(({one})::VARCHAR), 0)" for one in texts)
    return f"CASE WHEN {size} <= {_LONG} THEN {line} END"


def stream_lines(
    database: duckdb.DuckDBPyConnection, query: str, by_itself: Callable[..., str]
) -> Iterator[list[tuple[Any, ...]]]:
    """As `stream`, for a query whose first column is a line made by `short_line_sql`.

    Args:
        database: where.
        query: gives a line and other columns.
        by_itself: makes a long line from the other columns.
    """
    for rows in stream(database, query):
        block: list[tuple[Any, ...]] = []
        for line, *others in rows:
            if line is None:
                yield block
                block = []
            block.append((by_itself(*others) if line is None else line, *others))
        yield block


def stream(database: duckdb.DuckDBPyConnection, query: str) -> Iterator[list[tuple[Any, ...]]]:
    """The rows that a query gives, a block of them in memory at a time."""
    with database.cursor() as cursor:
        found = cursor.execute(query)
        while rows := found.fetchmany(_BLOCK):
            yield rows


def _starts_formula(text: str) -> str:
    return f"left({text}, 1) IN {_FORMULA_SQL}"


def _quoted_sql(text: str, formula: str) -> str:
    """The expression of a text in quotes if needed, marked as text when it is a formula."""
    marked = f"CASE WHEN {formula} THEN '''' || {text} ELSE {text} END"
    special = " OR ".join(f"contains({text}, chr({ord(char)}))" for char in ',"\r\n')
    return (
        f"CASE WHEN {special} THEN '\"' || replace({marked}, '\"', '\"\"') || '\"'"
        f" ELSE {marked} END"
    )
