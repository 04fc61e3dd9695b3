"""Enrollments: first each by itself, then, when the classes are known, in the end (§3, §4)."""

from datetime import date

from .cells import check_cells, is_staff
from .people import enrollment_has_ended
from .values import as_date
from .words import Record, Roster, is_accepted, is_school, standing


def judge_enrollments_alone(roster: Roster) -> None:
    """Judge every enrollment, leaving aside its class (§5)."""
    for enrollment in roster.open("enrollments"):
        _skip(roster, enrollment)
        if enrollment.outcome != "":
            continue
        check_cells(roster, enrollment)
        for column, table in (("schoolSourcedId", "orgs"), ("userSourcedId", "users")):
            _check_reference(roster, enrollment, column, table)
        check_school_type(roster, enrollment)
        _check_role(roster, enrollment)
        begin = as_date(enrollment.text("beginDate"))
        end = as_date(enrollment.text("endDate"))
        if begin is not None and end is not None and end < begin:
            message = "endDate is before beginDate"
            enrollment.warn("endDate", "end_before_begin", message, enrollment.text("endDate"))
        if enrollment.small("primary") == "true":
            if enrollment.small("role") in ("administrator", "proctor", "student"):
                message = "primary is only for teachers"
                primary = enrollment.text("primary")
                enrollment.warn("primary", "primary_not_for_role", message, primary)


def judge_enrollments_finally(roster: Roster) -> None:
    """Judge what hangs on the class, and find people who are enrolled twice (§4)."""
    seen: set[tuple[str, str, str, date | None, date | None]] = set()
    for enrollment in roster.open("enrollments"):
        a_class = roster.find("classes", enrollment.text("classSourcedId"))
        if a_class is not None and a_class.left_out is not None:
            enrollment.skip(a_class.left_out)
            continue
        _check_reference(roster, enrollment, "classSourcedId", "classes")
        _check_school_of_class(roster, enrollment, a_class)
        enrollment.settle()
        if enrollment.outcome != "accepted":
            continue
        place = (
            enrollment.text("classSourcedId"),
            enrollment.text("userSourcedId"),
            enrollment.small("role"),
            as_date(enrollment.text("beginDate")),
            as_date(enrollment.text("endDate")),
        )
        if place in seen:
            message = "user is enrolled in the class more than once"
            user_id = enrollment.text("userSourcedId")
            enrollment.warn("userSourcedId", "enrolled_twice", message, user_id)
        seen.add(place)


def check_school_type(roster: Roster, record: Record) -> None:
    """Fail a class or enrollment whose school is an accepted org of another type (§4)."""
    school_id = record.text("schoolSourcedId")
    school = roster.find("orgs", school_id)
    if is_accepted(school) and not is_school(school):
        message = "schoolSourcedId must be an org of type school"
        record.fail("schoolSourcedId", "school_not_a_school", message, school_id, None)


def _skip(roster: Roster, enrollment: Record) -> None:
    """Leave out what has ended, what has a role out of scope, and what hangs on such (§3, §4)."""
    if enrollment_has_ended(roster, enrollment):
        enrollment.skip(enrollment.own("ended"))
        return
    if roster.version == "1.2" and enrollment.small("role").startswith("ext:"):
        enrollment.skip(enrollment.own("role_out_of_scope"))
        return
    for column, table in (("userSourcedId", "users"), ("schoolSourcedId", "orgs")):
        parent = roster.find(table, enrollment.text(column))
        if parent is not None and parent.left_out is not None:
            enrollment.skip(parent.left_out)
            return


def _check_reference(roster: Roster, enrollment: Record, column: str, table: str) -> None:
    """Fail an enrollment whose parent is unknown or failed (§3)."""
    parent_id = enrollment.text(column)
    if parent_id == "":
        return
    parent = roster.find(table, parent_id)
    if standing(parent) in ("unknown", "failed"):
        rule = {"classes": "class_not_found", "orgs": "school_not_found"}.get(
            table, "user_not_found"
        )
        if table == "classes" and parent is None and roster.from_api:
            rule = "class_not_shared"
        cause = None if parent is None else parent.root()
        enrollment.fail(column, rule, f"{column} not found in our system", parent_id, cause)


def _check_role(roster: Roster, enrollment: Record) -> None:
    """Compare the enrollment's role with that of its accepted user (§4)."""
    user = roster.find("users", enrollment.text("userSourcedId"))
    if user is None or not is_accepted(user):
        return
    role = enrollment.text("role")
    message = "role does not fit the user's role"
    if user.known("role").lower() == "student":
        if role.lower() in ("teacher", "administrator"):
            enrollment.fail("role", "role_does_not_fit", message, role, None)
    elif (user.held is not None or is_staff(roster, user)) and role.lower() == "student":
        enrollment.warn("role", "student_role_for_staff", message, role)


def _check_school_of_class(roster: Roster, enrollment: Record, a_class: Record | None) -> None:
    """Warn when the enrollment's school is not the one of its class (§4)."""
    school_id = enrollment.text("schoolSourcedId")
    school = roster.find("orgs", school_id)
    if a_class is None or not is_accepted(a_class):
        return
    if not is_school(school) or not is_accepted(school):
        return
    if a_class.known("schoolSourcedId") != school_id:
        message = "schoolSourcedId differs from the class's school"
        enrollment.warn("schoolSourcedId", "school_differs_from_class", message, school_id)
