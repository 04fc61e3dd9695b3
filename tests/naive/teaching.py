"""Classes: their terms, their school, their teacher (§4, §5)."""

from .cells import check_cells
from .enrolling import check_school_type
from .places import session_has_ended
from .values import items
from .words import Cause, Record, Roster, is_accepted, standing


def judge_classes(roster: Roster) -> None:
    """Judge every class, after its enrollments were judged leaving it aside (§5)."""
    teachers = _teacher_enrollments(roster)
    for a_class in roster.open("classes"):
        left_out = _why_left_out(roster, a_class)
        if left_out is not None:
            a_class.skip(left_out)
            continue
        check_cells(roster, a_class)
        _check_course_and_terms(roster, a_class)
        _check_school(roster, a_class)
        check_school_type(roster, a_class)
        _check_teacher(a_class, teachers.get(a_class.sourced_id, []))
        a_class.settle()


def check_primary_teachers(roster: Roster) -> None:
    """Warn of classes with two or more primary teachers, once enrollments are final (§4)."""
    primary: dict[str, set[str]] = {}
    for enrollment in roster.records["enrollments"]:
        if enrollment.outcome != "accepted" or enrollment.small("role") != "teacher":
            continue
        if enrollment.small("primary") == "true":
            users = primary.setdefault(enrollment.text("classSourcedId"), set())
            users.add(enrollment.text("userSourcedId"))
    for a_class in roster.records["classes"]:
        if a_class.outcome == "accepted" and len(primary.get(a_class.sourced_id, set())) >= 2:
            message = "more than one primary teacher"
            a_class.warn("subject", "several_primary_teachers", message, "")


def _teacher_enrollments(roster: Roster) -> dict[str, list[Record]]:
    """Give each class's teacher enrollments, the lowest sourcedId first (§5)."""
    teachers: dict[str, list[Record]] = {}
    for enrollment in roster.records["enrollments"]:
        if enrollment.broken_identity or enrollment.small("role") != "teacher":
            continue
        teachers.setdefault(enrollment.text("classSourcedId"), []).append(enrollment)
    for group in teachers.values():
        group.sort(key=lambda enrollment: enrollment.sourced_id)
    return teachers


def _why_left_out(roster: Roster, a_class: Record) -> Cause | None:
    """Say why a class is skipped, None when it is not (§4)."""
    terms = items(a_class.text("termSourcedIds"))
    if terms and "academicSessions" in roster.records:
        if all(_is_over(roster, term) for term in terms):
            return a_class.own("ended")
    school = roster.find("orgs", a_class.text("schoolSourcedId"))
    return None if school is None else school.left_out


def _is_over(roster: Roster, term_id: str) -> bool:
    """Tell whether a term is removed, or accepted and ended (§4)."""
    term = roster.find("academicSessions", term_id)
    if term is None:
        return False
    if term.outcome == "removed":
        return True
    return is_accepted(term) and session_has_ended(roster, term)


def _check_course_and_terms(roster: Roster, a_class: Record) -> None:
    """Warn of a course or term that is not an accepted record (§4)."""
    course = a_class.text("courseSourcedId")
    if course != "" and "courses" in roster.records:
        if not is_accepted(roster.find("courses", course)):
            message = "courseSourcedId not found in our system"
            a_class.warn("courseSourcedId", "course_not_found", message, course)
    if "academicSessions" in roster.records:
        for term in items(a_class.text("termSourcedIds")):
            if not is_accepted(roster.find("academicSessions", term)):
                message = "termSourcedIds not found in our system"
                a_class.warn("termSourcedIds", "term_not_found", message, term)
                break


def _check_school(roster: Roster, a_class: Record) -> None:
    """Fail a class whose school is unknown or failed (§3)."""
    school_id = a_class.text("schoolSourcedId")
    if school_id == "":
        return
    school = roster.find("orgs", school_id)
    if standing(school) in ("unknown", "failed"):
        cause = None if school is None else school.root()
        message = "schoolSourcedId not found in our system"
        a_class.fail("schoolSourcedId", "school_not_found", message, school_id, cause)


def _check_teacher(a_class: Record, teachers: list[Record]) -> None:
    """Fail a class none of whose teacher enrollments would be accepted (§5)."""
    for teacher in teachers:
        if teacher.outcome == "" and not teacher.failures():
            return
    cause = None
    if teachers:
        first = teachers[0]
        cause = first.left_out or first.root()
    a_class.fail("subject", "teacher_required", "primary teacher is required", "", cause)
