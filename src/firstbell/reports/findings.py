"""findings.csv: everything that was found, warnings too. What a sync means §8."""

from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path

import duckdb

from firstbell.engine.result import SyncResult
from firstbell.feed.table import Said
from firstbell.oneroster.dictionary import FEED_TABLES, Version
from firstbell.reports.csv_file import (
    CsvFile,
    cell_sql,
    line,
    line_of_texts_sql,
    short_line_sql,
    stream_lines,
    write_lines,
)
from firstbell.rules.catalogue import rule

NAME = "findings.csv"

HEADER = (
    *("file", "row", "sourcedId", "field", "severity", "code"),
    *("message", "value", "cause", "owner", "solution"),
)

_FILES = [f"{table}.csv" for table in FEED_TABLES]


def write_findings(result: SyncResult, out: Path) -> CsvFile:
    """Writes all findings: those on whole files first, then table by table."""
    return write_lines(out / NAME, HEADER, _blocks(result))


def message_of(said: Said, version: Version) -> str:
    """What a finding on a whole file says."""
    return said.message or rule(said.code, version).message


def _blocks(result: SyncResult) -> Iterator[list[str]]:
    version = result.version
    yield [
        _about(said, version) + _how_to_fix(said.code, version)
        for said in sorted(result.said, key=lambda said: _place(said, version))
    ]
    for rows in stream_lines(result.database, _QUERY, partial(_long_line, result.database)):
        yield [about + _how_to_fix(code, version) for about, code, _ in rows]


def _long_line(database: duckdb.DuckDBPyConnection, _code: str, number: int) -> str:
    """What is said of one finding, which has this rowid."""
    query = f"SELECT {_LINE} FROM ({_FINDINGS} WHERE f.rowid = ?)"
    found = database.execute(query, [number]).fetchone()
    assert found is not None  # noqa: S101 - it has just been there
    return str(found[0])


def _about(said: Said, version: Version) -> str:
    severity, message = rule(said.code, version).severity, message_of(said, version)
    return line((said.file, "", "", said.field, severity, said.code, message, "", ""))


def _place(said: Said, version: Version) -> tuple[int, str, str, str, str]:
    known = said.file in _FILES
    number = _FILES.index(said.file) if known else len(_FILES)
    name = "" if known else said.file
    return number, name, said.field, message_of(said, version), said.code


@cache
def _how_to_fix(code: str, version: Version) -> str:
    """The end of a line: who must act, and what to do."""
    found = rule(code, version)
    return "," + line((found.owner, found.solution))


_TEXTS = (
    *("tab || '.csv'", "row", "sourcedId", "field", "severity", "code", "message"),
    *("CASE WHEN NOT contains(value, chr(0)) THEN value END", "cause"),
)
_LINE = line_of_texts_sql(_TEXTS, cell_sql)
_FINDINGS = f"""
    SELECT f.* EXCLUDE (message), f.rowid AS number, coalesce(f.message, m.message) AS message,
           list_position({list(FEED_TABLES)}, tab) AS place
    FROM findings AS f LEFT JOIN messages AS m USING (code)
"""
_QUERY = f"""
    SELECT {short_line_sql(_LINE, _TEXTS)}, code, number
    FROM ({_FINDINGS})
    ORDER BY place, row NULLS LAST, field, message, code, sourcedId NULLS FIRST
"""
