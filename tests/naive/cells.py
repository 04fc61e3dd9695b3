"""The rules on single cells that hold in all tables (§4, the lines marked "all")."""

from .standard import (
    BOOLEANS,
    DATES,
    GRADES,
    LENIENT,
    LISTS,
    REQUIRED,
    WANTED,
    enumeration,
    is_in_enumeration,
)
from .values import as_date, is_boolean, items, normal_grade, snake
from .words import Finding, Record, Roster


def is_staff(roster: Roster, record: Record) -> bool:
    """Tell whether a user in scope is staff: a valid role that is not student (§1)."""
    role = record.text("role")
    if role == "" or not is_in_enumeration(roster.version, "users", "role", role):
        return False
    return role.lower() != "student"


def check_cells(roster: Roster, record: Record) -> None:
    """Run every rule on single cells over a record in scope (§4)."""
    _check_storable(roster, record)
    for column in REQUIRED[record.table]:
        if column == "orgSourcedIds" and record.without_roles:
            continue  # no finding on orgs (§2.7)
        if _is_absent(record, column):
            _say(record, column, "required", f"{column} is required", "", failing=True)
    for column in WANTED[record.table]:
        if _is_wanted(roster, column) and _is_absent(record, column):
            _miss(roster, record, column)
    for column in REQUIRED[record.table] + WANTED[record.table]:
        _check_enumeration(roster, record, column)
    for column in BOOLEANS.get(record.table, []):
        value = record.text(column)
        if value != "" and not is_boolean(value):
            message = f"{column} must be true or false"
            _say(
                record, column, "not_boolean", message, value, failing=_is_required(record, column)
            )
    for column in DATES.get(record.table, []):
        value = record.text(column)
        if value != "" and as_date(value) is None:
            message = f"{column} must be a date (YYYY-MM-DD)"
            _say(record, column, "not_date", message, value, failing=_is_required(record, column))
    if roster.version == "1.1":
        _check_grades(record)


def _is_required(record: Record, column: str) -> bool:
    """Tell whether a column is required with severity failure (§4)."""
    return column in REQUIRED[record.table]


def _is_absent(record: Record, column: str) -> bool:
    """Tell whether a cell is absent; a list without any id is (§4)."""
    if column in LISTS and not record.orgs:
        return not items(record.raw(column))
    return record.raw(column) == ""


def _is_wanted(roster: Roster, column: str) -> bool:
    """Tell whether a class must name its type, and a course or a term whose table is there (§4)."""
    may_leave_out = roster.from_api and roster.version == "1.1"
    if column == "classType":
        return not roster.from_api
    if column == "courseSourcedId":
        return "courses" in roster.records and not may_leave_out
    if column == "termSourcedIds":
        return "academicSessions" in roster.records and not may_leave_out
    return True


def _say(
    record: Record, column: str, what: str, message: str, value: str, *, failing: bool
) -> None:
    """Say something about a cell; in academicSessions and courses only as a warning (§3)."""
    if failing and record.table not in LENIENT:
        record.fail(column, f"{snake(column)}_{what}", message, value, None)
    else:
        record.warn(column, f"{snake(column)}_{what}", message, value)


def _miss(roster: Roster, record: Record, column: str) -> None:
    """Warn of an absent cell, once for the file when the whole column is missing (§2)."""
    message = f"{column} is required"
    if column in roster.columns[record.table]:
        _say(record, column, "required", message, "", failing=False)
        return
    code = f"{record.table}.{snake(column)}_required"
    once = Finding(record.file, None, "", column, "warning", code, message, "", "")
    if once not in roster.feed_level:
        roster.feed_level.append(once)


def _check_storable(roster: Roster, record: Record) -> None:
    """Say which cells hold a NUL character (§4)."""
    for column in sorted(record.not_storable):
        message = f"{column} contains a character that cannot be stored"
        if record.table == "users" and column == "email" and is_staff(roster, record):
            record.fail(column, "staff_email_not_storable", message, "", None)
        else:
            failing = _is_required(record, column)
            _say(record, column, "not_storable", message, "", failing=failing)


def _check_enumeration(roster: Roster, record: Record, column: str) -> None:
    """Say when a value is outside its enumeration (§4)."""
    allowed = enumeration(roster.version, record.table, column)
    value = record.text(column)
    if not allowed or value == "":
        return
    if not is_in_enumeration(roster.version, record.table, column, value):
        message = f"{column} must be one of: {', '.join(allowed)}"
        _say(record, column, "not_in_list", message, value, failing=_is_required(record, column))


def _check_grades(record: Record) -> None:
    """Say which grade is not a CEDS entry grade level (§4)."""
    for item in items(record.text("grades")):
        if normal_grade(item) not in GRADES:
            record.warn("grades", "grades_unknown", "grades has an unknown grade level", item)
            return
