"""A small district as tables of rows, to be changed by hand from night to night."""

import csv
import io
from collections.abc import Mapping
from copy import deepcopy
from datetime import date

from . import District, Night

TODAY = date(2026, 11, 24)

#: By table and sourcedId: the cells of a row.
Tables = dict[str, dict[str, dict[str, str]]]

_SMALL: Mapping[str, str] = {
    "orgs": """
        sourcedId,status,name,type
        D1,,Maple District,district
        S1,,Lincoln,school
        S2,,Adams,school""",
    "academicSessions": """
        sourcedId,status,title,type,startDate,endDate,schoolYear
        FALL,,Fall,semester,2026-08-17,2026-12-18,2027""",
    "courses": """
        sourcedId,status,title,orgSourcedId
        MATH,,Math,D1""",
    "users": """
        sourcedId,status,enabledUser,orgSourcedIds,role,username,givenName,familyName,email,grades
        T1,,true,S1,teacher,t1,Tom,Lopez,t1@maple.example,
        T2,,true,S2,teacher,t2,Ann,Moss,t2@maple.example,
        P1,,true,S1,student,p1,Pia,Kim,,9
        P2,,true,S2,student,p2,Leo,Cruz,,10""",
    "classes": """
        sourcedId,status,title,courseSourcedId,classType,schoolSourcedId,termSourcedIds
        C1,,Math 1,MATH,scheduled,S1,FALL
        C2,,Math 2,MATH,scheduled,S2,FALL""",
    "enrollments": """
        sourcedId,status,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate
        E1,,C1,S1,P1,student,,,
        E2,,C1,S1,T1,teacher,true,,
        E3,,C2,S2,P2,student,,,
        E4,,C2,S2,T2,teacher,true,,""",
}


def small() -> Tables:
    """Two schools, each with a class, its teacher and a student."""
    tables: Tables = {}
    for table, text in _SMALL.items():
        lines = csv.DictReader(line.strip() for line in text.strip().splitlines())
        tables[table] = {row["sourcedId"]: row for row in lines}
    return tables


def large(students: int) -> Tables:
    """The small district, with more students in school S1, each enrolled in C1."""
    tables = small()
    for n in range(students):
        user = {**tables["users"]["P1"], "sourcedId": f"X{n}", "username": f"x{n}"}
        enrollment = {**tables["enrollments"]["E1"], "sourcedId": f"XE{n}"}
        tables["users"][f"X{n}"] = {**user, "givenName": f"g{n}", "familyName": f"f{n}"}
        tables["enrollments"][f"XE{n}"] = {**enrollment, "userSourcedId": f"X{n}"}
    return tables


def some(tables: Tables, table: str, *ids: str, **cells: str) -> dict[str, dict[str, str]]:
    """Some rows of a table, with other cells."""
    return {sourced_id: {**tables[table][sourced_id], **cells} for sourced_id in ids}


def without(tables: Tables, table: str, *ids: str) -> Tables:
    """The tables without some rows."""
    left = deepcopy(tables)
    for sourced_id in ids:
        del left[table][sourced_id]
    return left


def changed(tables: Tables, table: str, sourced_id: str, **cells: str) -> Tables:
    """The tables with other cells in one row."""
    new = deepcopy(tables)
    new[table][sourced_id] = {**new[table][sourced_id], **cells}
    return new


def files(tables: Tables, **modes: str) -> dict[str, bytes]:
    """A delivery of the tables, with a manifest when it has something to say."""
    delivered: dict[str, bytes] = {}
    for table, rows in tables.items():
        text = io.StringIO()
        columns = next(iter(rows.values()), small()[table].popitem()[1])
        writer = csv.DictWriter(text, list(columns), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows.values())
        delivered[f"{table}.csv"] = text.getvalue().encode()
    if modes:
        lines = [f"file.{table},{mode}" for table, mode in modes.items()]
        delivered["manifest.csv"] = "\n".join(["propertyName,value", *lines]).encode()
    return delivered


def added(delivered: Mapping[str, bytes], table: str, line: str) -> dict[str, bytes]:
    """The files with one more line in a table, perhaps one that cannot be read."""
    name = f"{table}.csv"
    return {**delivered, name: delivered[name] + line.encode() + b"\n"}


def synced(tables: Tables, onboarded: set[str] | None = None) -> District:
    """A district into which these tables came last night."""
    district = District(onboarded)
    district.night(files(tables), TODAY)
    return district


def codes(night: Night) -> list[str]:
    """The codes of all findings, in order."""
    return [finding.code for finding in night.findings]


def done(night: Night) -> dict[str, str]:
    """What was done to each object, by its sourcedId."""
    return {sourced_id: event.kind for (_, sourced_id), event in night.events.items()}


def active(district: District, table: str) -> set[str]:
    """The sourcedIds of what is active in a table."""
    return {key[1] for key, known in district.objects.items() if key[0] == table and known.active}
