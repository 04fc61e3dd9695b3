"""The smallest valid district, and the changes of it that break a rule.

The first row of orgs, academicSessions, courses and users has nothing hanging on it, and the
first enrollment is a student's, so that a change there is seen there only.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from firstbell.oneroster.dictionary import Version, tables

#: The cells of one row that are not empty, by column.
Row = Mapping[str, str]

#: The day on which the examples are judged.
AS_OF = date(2026, 11, 24)


def rows(text: str) -> tuple[Row, ...]:
    """Rows written as CSV, without the cells that are empty.

    >>> rows("sourcedId,email" + chr(10) + "A1,")
    ({'sourcedId': 'A1'},)
    """
    lines = csv.DictReader([line.strip() for line in text.strip().splitlines()])
    return tuple({name: cell for name, cell in line.items() if cell} for line in lines)


_ORGS = rows("""
    sourcedId,name,type
    D1,Maple District,district
    S1,Lincoln Elementary,school
""")
_SESSIONS = rows("""
    sourcedId,title,type,startDate,endDate,schoolYear
    SPRING,Spring,semester,2027-01-05,2027-06-11,2027
    FALL,Fall,semester,2026-08-17,2026-12-18,2027
""")
_COURSES = rows("""
    sourcedId,title,orgSourcedId
    SCI,Science,S1
    MATH,Math,S1
""")
_USERS = rows("""
    sourcedId,enabledUser,orgSourcedIds,role,username,givenName,familyName,email
    A1,true,S1,administrator,apark,Ada,Park,apark@maple.example
    T1,true,S1,teacher,tlopez,Tom,Lopez,tlopez@maple.example
    P1,true,S1,student,pkim,Pia,Kim,
""")
_CLASSES = rows("""
    sourcedId,title,courseSourcedId,classType,schoolSourcedId,termSourcedIds
    C1,Math 3,MATH,scheduled,S1,FALL
""")
_ENROLLMENTS = rows("""
    sourcedId,classSourcedId,schoolSourcedId,userSourcedId,role,primary
    E1,C1,S1,P1,student,
    E2,C1,S1,T1,teacher,true
""")
_ROLES = rows("""
    sourcedId,userSourcedId,roleType,role,orgSourcedId
    R1,A1,primary,districtAdministrator,S1
    R2,T1,primary,teacher,S1
    R3,P1,primary,student,S1
""")


#: What says that a delivery was read from an API.
MANIFEST_OF_API = "propertyName,value\noneroster.version,1.1\nfirstbell.api,true\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A change of the smallest district that breaks one rule, with what it is judged by."""

    #: By table: cells of its first row that get another value.
    changed: Mapping[str, Row] = field(default_factory=dict)
    #: By table: rows added at its end.
    added: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    #: By table: text put behind the last cell of its first row.
    ending: Mapping[str, str] = field(default_factory=dict)
    #: By file name without `.csv`: the whole text of a file.
    text: Mapping[str, str] = field(default_factory=dict)
    #: Encoding of the files that `changed` and `text` name.
    encoding: str = "utf-8"
    version: Version = Version.V1_1
    #: Onboarded schools; None: all of them.
    onboarded: frozenset[str] | None = None
    #: Schools marked never.
    never: frozenset[str] = frozenset()
    #: It is the delivery of the night after the one in which the smallest district came in.
    later: bool = False
    #: Codes of further findings that follow from the broken rule.
    also: tuple[str, ...] = ()


def smallest_district(version: Version) -> dict[str, tuple[Row, ...]]:
    """The smallest valid district: for each table, its rows.

    >>> [row["sourcedId"] for row in smallest_district(Version.V1_1)["orgs"]]
    ['D1', 'S1']
    """
    district = {
        "orgs": _ORGS,
        "academicSessions": _SESSIONS,
        "courses": _COURSES,
        "users": _USERS,
        "classes": _CLASSES,
        "enrollments": _ENROLLMENTS,
    }
    if version is Version.V1_2:
        district["users"] = tuple(
            {name: cell for name, cell in user.items() if name not in ("role", "orgSourcedIds")}
            for user in _USERS
        )
        district["roles"] = _ROLES
    return district


def rows_of(example: Example) -> dict[str, tuple[Row, ...]]:
    """The rows of every table of the smallest district as the example changes them."""
    district = smallest_district(example.version)
    for table, cells in example.changed.items():
        first, *others = district[table]
        district[table] = ({**first, **cells}, *others)
    for table, rows in example.added.items():
        district[table] = (*district[table], *rows)
    return district


def files_of(example: Example) -> dict[str, bytes]:
    """The delivery that shows an example: its files, with all columns of the standard.

    >>> sorted(files_of(Example()))[:3]
    ['academicSessions.csv', 'classes.csv', 'courses.csv']
    """
    delivery: dict[str, bytes] = {}
    for table, rows in rows_of(example).items():
        columns = [field.name for field in tables(example.version)[table].fields]
        text = csv_text(columns, rows, example.ending.get(table, ""))
        encoding = example.encoding if table in example.changed else "utf-8"
        delivery[f"{table}.csv"] = text.encode(encoding)
    for name, text in example.text.items():
        delivery[f"{name}.csv"] = text.encode(example.encoding)
    return delivery


def csv_text(columns: Sequence[str], rows: Sequence[Row], ending: str = "") -> str:
    """Rows as the text of a CSV file; columns that are not in the list come last.

    Args:
        columns: The header.
        rows: The rows, each with the cells that are not empty.
        ending: Text put behind the last cell of the first row.
    """
    header = list(dict.fromkeys([*columns, *(name for row in rows for name in row)]))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([row.get(name, "") for name in header])
    if not ending:
        return text.getvalue()
    lines = text.getvalue().split("\n")
    lines[1] += ending
    return "\n".join(lines)
