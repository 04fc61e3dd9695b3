"""A school year of a small district: what its SIS exports on each day, and what should be active.

Thirteen grades of twenty students in three schools, from August to the September of the year after:
two semesters, students and teachers who come and go, a summer in which the export has no classes,
then the next year, with a class that has graduated, a new kindergarten, and new ids for classes.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from firstbell.oneroster.dictionary import FEED_TABLES, Version, tables

FIRST_DAY = date(2026, 8, 10)
LAST_DAY = date(2027, 9, 17)
_GRADES = range(13)
_SEATS = 20
_SUBJECTS = ("MATH", "ART")
#: Years that begin in the August of 2026 and 2027: the days of their semesters.
_YEARS = {
    2027: {
        "FALL": (date(2026, 8, 17), date(2026, 12, 18)),
        "SPRING": (date(2027, 1, 5), date(2027, 6, 11)),
    },
    2028: {
        "FALL": (date(2027, 8, 16), date(2027, 12, 17)),
        "SPRING": (date(2028, 1, 4), date(2028, 6, 9)),
    },
}
#: The summer's export: without classes from the day after the last one until the next year's is in.
_SUMMER = (date(2027, 6, 12), date(2027, 8, 8))

Row = dict[str, str]


@dataclass(frozen=True)
class Student:
    """One seat in a grade, taken by one student after another."""

    cohort: int
    seat: int
    #: How many have left the seat before.
    follower: int

    @property
    def sourced_id(self) -> str:
        return f"P-{self.cohort}-{self.seat}-{self.follower}"


def days() -> Iterator[date]:
    """Every day of the year, one after the other."""
    day = FIRST_DAY
    while day <= LAST_DAY:
        yield day
        day += timedelta(days=1)


def turning_points() -> list[date]:
    """Days on which something big changes, with the days around them, and a Tuesday a month."""
    ends = [end for year in _YEARS.values() for span in year.values() for end in span]
    near = {end + timedelta(days=by) for end in (*ends, *_SUMMER) for by in (-1, 0, 1)}
    return [day for day in days() if day in near or (day.weekday() == 1 and day.day < 8)]


def export_of(day: date, ids: str = "") -> dict[str, bytes]:
    """What the SIS delivers on a day: file name → content.

    Args:
        day: which.
        ids: put before every sourcedId, as when the SIS numbers its records anew.
    """
    return files_of(rows_of(day), ids)


def rows_of(day: date) -> dict[str, list[Row]]:
    """The rows of each table on a day."""
    year = _year(day)
    students = list(_students(day))
    rows: dict[str, list[Row]] = {table: [] for table in FEED_TABLES}
    rows["orgs"] = [{"sourcedId": "D", "name": "Lake District", "type": "district"}]
    rows["orgs"] += [_school(school) for school in ("E", "M", "H")]
    rows["courses"] = [
        {"sourcedId": f"{subject}-{grade}", "title": f"{subject} {grade}", "orgSourcedId": "D"}
        for grade in _GRADES
        for subject in _SUBJECTS
    ]
    for name, (start, end) in _YEARS[year].items():
        rows["academicSessions"].append(_session(year, name, start, end))
    rows["users"] = [_user(s.sourced_id, _school_of(_grade(s, year)), "student") for s in students]
    rows["users"] += [
        _user(_teacher(grade, day), _school_of(grade), "teacher") for grade in _GRADES
    ]
    if not _SUMMER[0] <= day <= _SUMMER[1]:
        _add_classes(rows, day, year, students)
    return rows


def active_on(day: date) -> dict[str, set[str]]:
    """The sourcedIds that should be active once the export of a day is applied."""
    rows = rows_of(day)
    over = {f"{name}-{_year(day)}" for name, (_, end) in _YEARS[_year(day)].items() if end < day}
    ended = {row["sourcedId"] for row in rows["classes"] if row["termSourcedIds"] in over}
    active = {table: {row["sourcedId"] for row in rows[table]} for table in FEED_TABLES}
    active["classes"] -= ended
    active["enrollments"] = {
        row["sourcedId"] for row in rows["enrollments"] if row["classSourcedId"] not in ended
    }
    return active


def files_of(rows: Mapping[str, Sequence[Row]], ids: str = "") -> dict[str, bytes]:
    """Rows as files, with all columns of the standard."""
    return {f"{table}.csv": _text(table, rows[table], ids) for table in FEED_TABLES}


def _year(day: date) -> int:
    return 2027 if day < date(2027, 8, 9) else 2028


def _students(day: date) -> Iterator[Student]:
    """Every student on a day: each seat changes hands on a day of its own, one seat in eight."""
    year = _year(day)
    for cohort in range(year, year + 13):
        for seat in range(_SEATS):
            moves = FIRST_DAY + timedelta(days=(cohort * 37 + seat * 53) % 400)
            leaves = (cohort + seat) % 8 == 0 and day >= moves
            yield Student(cohort, seat, int(leaves))


def _grade(student: Student, year: int) -> int:
    """A cohort is named by the year in which it graduates."""
    return 12 - (student.cohort - year)


def _school_of(grade: int) -> str:
    return "E" if grade <= 5 else "M" if grade <= 8 else "H"


def _teacher(grade: int, day: date) -> str:
    """One teacher a grade; those of the even grades hand over in the middle of the year."""
    later = grade % 2 == 0 and day >= date(2026, 11, 3) + timedelta(days=grade)
    return f"T-{grade}-{int(later)}"


def _school(school: str) -> Row:
    return {
        "sourcedId": school,
        "name": f"School {school}",
        "type": "school",
        "parentSourcedId": "D",
    }


def _session(year: int, name: str, start: date, end: date) -> Row:
    return {
        "sourcedId": f"{name}-{year}",
        "title": name.title(),
        "type": "semester",
        "startDate": start.isoformat(),
        "endDate": end.isoformat(),
        "schoolYear": str(year),
    }


def _user(sourced_id: str, school: str, role: str) -> Row:
    return {
        "sourcedId": sourced_id,
        "enabledUser": "true",
        "orgSourcedIds": school,
        "role": role,
        "username": sourced_id.lower(),
        "givenName": f"Given {sourced_id}",
        "familyName": f"Family {sourced_id}",
        "email": f"{sourced_id.lower()}@lake.example",
    }


def _add_classes(rows: dict[str, list[Row]], day: date, year: int, students: list[Student]) -> None:
    for grade in _GRADES:
        for term in _YEARS[year]:
            for subject in _SUBJECTS:
                name = f"{subject}-{grade}-{term}-{year}"
                school = _school_of(grade)
                rows["classes"].append(
                    {
                        "sourcedId": name,
                        "title": f"{subject} {grade}",
                        "courseSourcedId": f"{subject}-{grade}",
                        "classType": "scheduled",
                        "schoolSourcedId": school,
                        "termSourcedIds": f"{term}-{year}",
                    }
                )
                people = [(s.sourced_id, "student") for s in students if _grade(s, year) == grade]
                for person, role in [*people, (_teacher(grade, day), "teacher")]:
                    rows["enrollments"].append(
                        {
                            "sourcedId": f"{name}/{person}",
                            "classSourcedId": name,
                            "schoolSourcedId": school,
                            "userSourcedId": person,
                            "role": role,
                        }
                    )


def _text(table: str, rows: Sequence[Row], ids: str) -> bytes:
    fields = tables(Version.V1_1)[table].fields
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([field.name for field in fields])
    for row in rows:
        cells = []
        for field in fields:
            cell = row.get(field.name, "")
            refers = field.name == "sourcedId" or field.target
            cells.append(f"{ids}{cell}" if refers and cell else cell)
        writer.writerow(cells)
    return text.getvalue().encode()
