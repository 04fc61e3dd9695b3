"""Orgs, academicSessions and courses (§3, §4)."""

from datetime import date

from .cells import check_cells
from .values import as_date
from .words import Record, Roster, is_school


def judge_orgs(roster: Roster) -> None:
    """Judge every org (§4)."""
    for org in roster.open("orgs"):
        if is_school(org) and org.sourced_id in roster.never:
            org.skip(org.own("never"))
            continue
        if is_school(org) and not is_onboarded(roster, org.sourced_id):
            org.said = []
            message = (
                f"school is not onboarded in {roster.product}, "
                "school and all associated records will not be synced"
            )
            org.fail("school", "not_onboarded", message, "", None)
            org.left_out = org.own("not_onboarded")
            org.settle()
            continue
        check_cells(roster, org)
        _check_parent(roster, org)
        org.settle()


def judge_sessions(roster: Roster) -> None:
    """Judge every academic session; nothing here keeps anyone out (§3)."""
    for session in roster.open("academicSessions"):
        check_cells(roster, session)
        year = session.text("schoolYear")
        if year != "" and not is_year(year):
            message = "schoolYear must be a year (YYYY)"
            session.warn("schoolYear", "school_year_not_year", message, year)
        if ends_before_it_starts(session):
            message = "endDate is before startDate"
            session.warn("endDate", "end_before_start", message, session.text("endDate"))
        _check_parent(roster, session)
        session.outcome = "accepted"


def judge_courses(roster: Roster) -> None:
    """Judge every course; nothing here keeps anyone out (§3)."""
    for course in roster.open("courses"):
        check_cells(roster, course)
        org = course.text("orgSourcedId")
        if org != "" and roster.find("orgs", org) is None:
            message = "orgSourcedId not found in our system"
            course.warn("orgSourcedId", "org_not_found", message, org)
        course.outcome = "accepted"


def has_ended(end: date | None, as_of: date) -> bool:
    """Tell whether something has ended: the day after its last day (§1)."""
    return end is not None and end < as_of


def session_has_ended(roster: Roster, session: Record) -> bool:
    """Tell whether a term has ended; an endDate before its start was dropped (§4)."""
    if ends_before_it_starts(session):
        return False
    return has_ended(as_date(session.known("endDate")), roster.as_of)


def ends_before_it_starts(session: Record) -> bool:
    """Tell whether both dates can be read and are the wrong way round (§4)."""
    start = as_date(session.known("startDate"))
    end = as_date(session.known("endDate"))
    return start is not None and end is not None and end < start


def is_onboarded(roster: Roster, school_id: str) -> bool:
    """Tell whether a school is onboarded; without a list every school is (§9)."""
    if school_id in roster.never:
        return False
    return roster.onboarded is None or school_id in roster.onboarded


def is_year(value: str) -> bool:
    """Tell whether a value is four digits (§4)."""
    return len(value) == 4 and all(character in "0123456789" for character in value)


def _check_parent(roster: Roster, record: Record) -> None:
    """Warn of a parent that no row has (§4)."""
    parent = record.text("parentSourcedId")
    if parent != "" and roster.find(record.table, parent) is None:
        message = "parentSourcedId not found in our system"
        record.warn("parentSourcedId", "parent_not_found", message, parent)
