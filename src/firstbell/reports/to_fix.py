"""users_to_fix.csv and its like: the rows that failed, as delivered, with what to do about each.

They are made for the person who mends the data: a spreadsheet of the failed records only, led by
their row in the file, and followed by what is wrong and how to fix it.
"""

from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path

import duckdb

from firstbell.engine.result import SyncResult
from firstbell.feed.database import quoted, text
from firstbell.feed.secret import is_secret
from firstbell.feed.table import FileRead
from firstbell.oneroster.dictionary import FEED_TABLES
from firstbell.reports.csv_file import (
    CsvFile,
    delivered_cell_sql,
    line,
    line_of_texts_sql,
    short_line_sql,
    stream_lines,
    write_lines,
)
from firstbell.rules.catalogue import rule

_FIRST, _LAST = "Row", ("What is wrong", "How to fix")


def name_of(table: str) -> str:
    """The file name of the rows to fix of a table.

    >>> name_of("users")
    'users_to_fix.csv'
    """
    return f"{table}_to_fix.csv"


def write_rows_to_fix(result: SyncResult, out: Path) -> Iterator[CsvFile]:
    """Writes the rows of the failed records of each table that has some."""
    for table in FEED_TABLES:
        if table in result.counts and result.counts[table].failed:
            file = result.files[table]
            header = (_FIRST, *(head for head, _ in file.columns), *_LAST)
            yield write_lines(out / name_of(table), header, _blocks(result, file))


def _blocks(result: SyncResult, file: FileRead) -> Iterator[list[str]]:
    messages = dict(result.database.execute("SELECT code, message FROM messages").fetchall())

    @cache
    def what_to_do(codes: str, message: str | None) -> str:
        """The end of a line: what is wrong, and what to do about it, each thing once."""
        rules = [rule(code, result.version) for code in codes.split()]
        wrong = sorted((r.field, message or messages[r.code], r.code, r.solution) for r in rules)
        return "," + line(
            (
                "; ".join(dict.fromkeys(message for _, message, _, _ in wrong)),
                " ".join(dict.fromkeys(solution for _, _, _, solution in wrong)),
            )
        )

    by_itself = partial(_long_line, result.database, file)
    for rows in stream_lines(result.database, _query(file), by_itself):
        yield [cells + what_to_do(codes, message) for cells, codes, message, *_ in rows]


def _query(file: FileRead) -> str:
    """A row a failed record: its line, the codes of what is wrong, their message.

    Behind them are row, pos and sourcedId, for `_long_line`. A row that cannot be read has no cells
    but its sourcedId, when that could be made out, and a message of its own. A row of the last feed
    has no row number.
    """
    line = short_line_sql(_line(file), _texts(file))
    return f"""
        WITH wrong AS (
            SELECT row, pos, sourcedId AS id,
                   string_agg(code, ' ') AS codes, any_value(message) AS message
            FROM findings
            WHERE tab = {text(file.table)} AND severity = 'failure'
            GROUP BY row, pos, sourcedId, CASE WHEN row IS NULL AND pos IS NULL THEN rowid END
        )
        SELECT {line}, w.codes, w.message, w.row, w.pos, w.id
        FROM wrong AS w
        LEFT JOIN rows_{file.table} AS r ON r.rowid = w.pos
        ORDER BY w.row NULLS LAST, w.id NULLS FIRST, w.pos, w.message
    """


def _long_line(
    database: duckdb.DuckDBPyConnection,
    file: FileRead,
    _codes: str,
    _message: str | None,
    row: int | None,
    pos: int | None,
    sourced_id: str | None,
) -> str:
    """The line of one failed record."""
    found = database.execute(
        f"SELECT {_line(file)} FROM (SELECT ?::BIGINT AS row, ?::VARCHAR AS id) AS w LEFT JOIN"
        f" (SELECT * FROM rows_{file.table} WHERE rowid = ?) AS r ON true",
        [row, sourced_id, pos],
    ).fetchone()
    assert found is not None  # noqa: S101 - a left join of one row has one
    return str(found[0])


def _line(file: FileRead) -> str:
    return line_of_texts_sql(_texts(file), delivered_cell_sql)


def _texts(file: FileRead) -> tuple[str, ...]:
    return ("w.row", *(_text(head, column) for head, column in file.columns))


def _text(head: str, column: str) -> str:
    if is_secret(head):
        return "NULL"
    cell = f"r.{quoted(column)}"
    if column == "sourcedId":
        cell = f"coalesce({cell}, w.id)"
    return cell
