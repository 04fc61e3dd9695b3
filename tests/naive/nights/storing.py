"""The values that the system keeps of an accepted record (§3, §4)."""

from ..people import Lent, listed_orgs
from ..places import ends_before_it_starts, is_year
from ..standard import (
    BOOLEANS,
    DATES,
    GRADES,
    UNJUDGED,
    columns,
    enumeration,
    is_in_enumeration,
)
from ..values import as_date, is_boolean, is_email, items, normal_grade
from ..words import Record, Roster, Values, is_accepted

_LISTS = "userIds agentSourcedIds subjects subjectCodes periods termSourcedIds".split()

#: A role that is valid in 1.2 too, but not named in its list (§2.7).
_NOT_NAMED = "administrator"


def values_of(roster: Roster, record: Record, lent: Lent) -> Values:
    """Give what is kept of an accepted record; dropped and absent values are not there."""
    values: Values = {}
    for column in columns(roster.version, record.table):
        if column not in UNJUDGED:
            value = _value(roster, record, column)
            if value:
                values[column] = value
    if record.table == "users":
        values["orgSourcedIds"] = _orgs_of(roster, record, lent)
        role = record.text("role")
        values["role"] = _spelled(roster, "users", "role", role)
        if roles := _roles_of(roster, record):
            values["roles"] = roles
    return values


def _value(roster: Roster, record: Record, column: str) -> str | tuple[str, ...]:
    """Give the value of one column, '' or no items where it is absent or dropped."""
    cell = record.text(column)
    table = record.table
    if column in BOOLEANS.get(table, []):
        return cell.lower() if is_boolean(cell) else ""
    if column in DATES.get(table, []):
        return _date(record, column)
    if enumeration(roster.version, table, column):
        return _spelled(roster, table, column, cell)
    if column == "grades":
        return _grades(roster.version, cell)
    if column == "email":
        return cell if is_email(cell) else ""
    if column == "schoolYear":
        return cell if is_year(cell) else ""
    if column in _LISTS:
        return tuple(item for item in items(cell) if not _is_dropped(roster, column, item))
    return "" if _is_reference_dropped(roster, record, column) else cell


def _spelled(roster: Roster, table: str, column: str, cell: str) -> str:
    """Write a value as the standard does; `ext:` values stay as delivered (§2.7, §4)."""
    for allowed in [*enumeration(roster.version, table, column), _NOT_NAMED]:
        if cell.lower() == allowed.lower():
            cell = allowed
    return cell if is_in_enumeration(roster.version, table, column, cell) else ""


def _date(record: Record, column: str) -> str:
    """Give the day; a session's endDate before its start is dropped (§4)."""
    if record.table == "academicSessions" and column == "endDate":
        if ends_before_it_starts(record):
            return ""
    day = as_date(record.text(column))
    return "" if day is None else day.isoformat()


def _grades(version: str, cell: str) -> tuple[str, ...]:
    """Give the grade codes as CEDS writes them; unknown ones are dropped in 1.1 only (§4).

    In 1.2 no rule speaks of grades, so that a code that is not known stays as delivered.
    """
    grades: list[str] = []
    for item in items(cell):
        grade = normal_grade(item)
        if grade in GRADES:
            grade = "Other" if grade == "other" else grade.upper()
        elif version == "1.1":
            continue
        else:
            grade = item
        if grade not in grades:
            grades.append(grade)
    return tuple(grades)


def _is_dropped(roster: Roster, column: str, item: str) -> bool:
    """Tell whether a term is dropped from its class: when it is no accepted record (§3)."""
    if column != "termSourcedIds" or "academicSessions" not in roster.records:
        return False
    return not is_accepted(roster.find("academicSessions", item))


def _is_reference_dropped(roster: Roster, record: Record, column: str) -> bool:
    """Tell whether a reference is dropped with its warning (§3, §4).

    A parent not found is dropped where broken values are: in academicSessions and courses.
    """
    reference = record.text(column)
    if (record.table, column) == ("classes", "courseSourcedId"):
        return "courses" in roster.records and not is_accepted(roster.find("courses", reference))
    if (record.table, column) == ("academicSessions", "parentSourcedId"):
        return roster.find("academicSessions", reference) is None
    if (record.table, column) == ("courses", "orgSourcedId"):
        return roster.find("orgs", reference) is None
    return False


def _orgs_of(roster: Roster, user: Record, lent: Lent) -> tuple[str, ...]:
    """Give a user's accepted orgs: those listed, then, sorted, those of open enrollments (§4).

    Rows of roles.csv may come in any order (§7), so that theirs are sorted as well.
    """
    orgs = [org for org in listed_orgs(user) if is_accepted(roster.find("orgs", org))]
    if roster.version == "1.2":
        orgs.sort()
    for school in sorted(lent.get(user.sourced_id, set())):
        if school not in orgs:
            orgs.append(school)
    return tuple(orgs)


def _roles_of(roster: Roster, user: Record) -> tuple[str, ...]:
    """Give what each role row of a 1.2 user says that counts, in no order that means anything."""
    kept: set[str] = set()
    for row in user.role_rows:
        org = row.get("orgSourcedId", "")
        role = _spelled(roster, "users", "role", row.get("role", ""))
        if role == "" or not is_accepted(roster.find("orgs", org)):
            continue
        kind = row.get("roleType", "").lower()
        days = [as_date(row.get(name, "")) for name in ("beginDate", "endDate")]
        kept.add(str((kind if kind in ("primary", "secondary") else "", role, org, days)))
    return tuple(sorted(kept))


def primary_teacher(roster: Roster, class_id: str, now: str) -> str:
    """Choose a class's primary teacher among its accepted teacher enrollments (§5).

    `now` is the user who is the primary teacher in the system, '' when the class is not active.
    """
    teachers: list[Record] = []
    for enrollment in roster.records["enrollments"]:
        if enrollment.outcome != "accepted" or enrollment.small("role") != "teacher":
            continue
        if enrollment.text("classSourcedId") == class_id:
            teachers.append(enrollment)
    flagged = [teacher for teacher in teachers if teacher.small("primary") == "true"]
    chosen = flagged or teachers
    for teacher in chosen:
        if teacher.text("userSourcedId") == now:
            return now
    first = min(chosen, key=lambda teacher: teacher.sourced_id)
    return first.text("userSourcedId")
