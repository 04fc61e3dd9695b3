"""Numbers of records in words: `1 class and 31 enrollments`."""

from collections.abc import Mapping

from firstbell.oneroster.dictionary import FEED_TABLES
from firstbell.rules.words import RECORDS


def number_of(number: int, one: str) -> str:
    """So many of something whose plural ends in s.

    >>> number_of(1, "cause"), number_of(1200, "record")
    ('1 cause', '1,200 records')
    """
    return f"{number:,} {one}" + ("" if number == 1 else "s")


def counted(number: int, table: str) -> str:
    """So many records of a table.

    >>> counted(1, "classes"), counted(1200, "users"), counted(2, "academicSessions")
    ('1 class', '1,200 users', '2 terms')
    """
    return f"{number:,} {noun(number, table)}"


def noun(number: int, table: str) -> str:
    """What so many records of a table are called.

    >>> noun(1, "classes"), noun(2, "classes")
    ('class', 'classes')
    """
    one = RECORDS[table].one
    if number == 1:
        return one
    return one + ("es" if one.endswith("s") else "s")


def listed(numbers: Mapping[str, int]) -> str:
    """Records of several tables, parents before children; empty when there are none.

    >>> listed({"enrollments": 31, "classes": 1, "orgs": 0})
    '1 class and 31 enrollments'
    """
    parts = [counted(numbers[table], table) for table in FEED_TABLES if numbers.get(table)]
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))
