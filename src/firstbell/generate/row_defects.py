"""Kinds of defects that a row of any table can have."""

from collections.abc import Iterator

from firstbell.generate.damage import (
    append,
    day,
    end,
    followed_by_blank,
    infix,
    narrow,
    put,
    quoted,
    raw,
    repeat,
    surround,
    widen,
)
from firstbell.generate.defect import Defect, Fate, kinds_of
from firstbell.oneroster.dictionary import OPTIONAL_TABLES

FAILS, WARNED, LEFT_OUT, UNHARMED = Fate.FAILS, Fate.WARNED, Fate.LEFT_OUT, Fate.UNHARMED


def shape(table: str) -> Iterator[Defect]:
    """Rows that a CSV reader stumbles over, or should not."""
    lost = LEFT_OUT if table in OPTIONAL_TABLES else FAILS
    surplus = UNHARMED if table == "roles" else WARNED
    yield Defect(table, "row too narrow", lost, rewrite=narrow)
    yield Defect(table, "row too wide", lost, rewrite=widen("surplus"))
    yield Defect(table, "row with text after a closing quote", lost, rewrite=raw('"{}"x'))
    yield Defect(table, "row with a quote never closed", lost, rewrite=raw('"{}'))
    yield Defect(table, "row with surplus empty cells", surplus, rewrite=widen("", ""))
    yield Defect(table, "row before a blank row", UNHARMED, rewrite=followed_by_blank, rows=2)
    yield Defect(table, "row with every cell quoted", UNHARMED, rewrite=quoted)
    yield Defect(table, "row ended by a line feed", UNHARMED, rewrite=end("\n"))
    yield Defect(table, "row ended by a carriage return", UNHARMED, rewrite=end("\r"))
    yield Defect(table, "row with spaces around cells", UNHARMED, surround(" ", "  ", "\t"))
    yield Defect(table, "row with no-break spaces", UNHARMED, surround("\u00a0"))


def identity(table: str) -> Iterator[Defect]:
    """Ids that are missing, impossible or not the row's own."""
    lost = LEFT_OUT if table in OPTIONAL_TABLES else FAILS
    column = _DIFFERING[table]
    other = day(column, 9, 2) if column == "beginDate" else put(column, "Something Else")
    removed = repeat(put("status", "tobedeleted"))
    yield Defect(table, "sourcedId absent", lost, put("sourcedId", ""))
    yield Defect(table, "sourcedId too long", lost, append("sourcedId", "x" * 256))
    yield Defect(table, "sourcedId with a control character", lost, infix("sourcedId", "\x07"))
    yield Defect(table, "sourcedId of two rows", lost, rewrite=repeat(other), rows=2)
    yield Defect(table, "sourcedId of a repeated row", WARNED, rewrite=repeat(), rows=2)
    yield Defect(table, "sourcedId of a removed row too", UNHARMED, rewrite=removed, rows=2)


def status(table: str) -> Iterator[Defect]:
    """Rows with a status, which a full export should not have."""
    gone = {
        "status tobedeleted": put("status", "tobedeleted", "toBeDeleted"),
        "status inactive": put("status", "inactive", "Inactive"),
    }
    yield from kinds_of(table, LEFT_OUT, gone)
    yield from kinds_of(table, UNHARMED, {"status active": put("status", "active", "ACTIVE")})


def text(table: str) -> Iterator[Defect]:
    """Odd text in a column of names or titles."""
    column = _DIFFERING[table]
    lines = {f"{column} of two lines": append(column, "\r\n(second line)")}
    yield from kinds_of(table, UNHARMED, lines)
    nickname = raw('{} "Ace" B', column)
    yield Defect(table, f"{column} with quotes inside", UNHARMED, rewrite=nickname)


#: A column of each table in which rows of one sourcedId can differ; the title where there is one.
_DIFFERING = {
    "orgs": "name",
    "academicSessions": "title",
    "courses": "title",
    "users": "givenName",
    "classes": "title",
    "enrollments": "beginDate",
}
