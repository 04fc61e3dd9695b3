"""Removals that everybody expects, and that the guard does not count (§6)."""

from ..holding import Key, many, one
from ..people import enrollment_has_ended
from ..places import has_ended, is_onboarded, session_has_ended
from ..values import as_date, items
from ..words import Record, Roster, is_accepted
from .planning import DEACTIVATED, Objects, Plan


def is_expected(roster: Roster, objects: Objects, plan: Plan, key: Key) -> bool:
    """Tell whether the removal of an active object is expected (§6)."""
    if _hangs_on_a_school_taken_out(roster, objects, key):
        return True
    table, _ = key
    if table == "classes":
        return _class_has_ended(roster, objects, key)
    if table == "enrollments":
        return _enrollment_has_ended(roster, objects, plan, key)
    return False


def _hangs_on_a_school_taken_out(roster: Roster, objects: Objects, key: Key) -> bool:
    """Tell whether an object is, or as stored hangs on, a school no longer onboarded (§6).

    A user hangs on its schools when none of them is onboarded any more; orgs that are no schools
    do not count. An enrollment hangs on its school, on that of its class, and on its user.
    """
    if key not in objects:
        return False
    table, sourced_id = key
    stored = objects[key].values
    if table == "orgs":
        return stored.get("type") == "school" and not is_onboarded(roster, sourced_id)
    if table == "users":
        schools = [("orgs", org) for org in many(stored, "orgSourcedIds")]
        schools = [org for org in schools if _is_school(objects, org)]
        out = [org for org in schools if _hangs_on_a_school_taken_out(roster, objects, org)]
        return bool(schools) and len(out) == len(schools)
    parents: list[Key] = []
    if table in ("classes", "enrollments"):
        parents.append(("orgs", one(stored, "schoolSourcedId")))
    if table == "enrollments":
        parents.append(("classes", one(stored, "classSourcedId")))
        parents.append(("users", one(stored, "userSourcedId")))
    return any(_hangs_on_a_school_taken_out(roster, objects, parent) for parent in parents)


def _is_school(objects: Objects, org: Key) -> bool:
    """Tell whether an org is a school, as stored."""
    return org in objects and objects[org].values.get("type") == "school"


def _class_has_ended(roster: Roster, objects: Objects, key: Key) -> bool:
    """Tell whether a class's terms, tonight's or as stored, have all ended (§6)."""
    record = _tonight(roster, key)
    if record is not None and "academicSessions" in roster.records:
        terms = items(record.text("termSourcedIds"))
        if terms and all(_term_is_over(roster, term) for term in terms):
            return True
    stored = many(objects[key].values, "termSourcedIds")
    return bool(stored) and all(_stored_term_is_over(roster, objects, term) for term in stored)


def _term_is_over(roster: Roster, term: str) -> bool:
    """Tell whether a term is one of tonight's accepted sessions, and has ended (§6)."""
    session = roster.find("academicSessions", term)
    return session is not None and is_accepted(session) and session_has_ended(roster, session)


def _stored_term_is_over(roster: Roster, objects: Objects, term: str) -> bool:
    """Tell whether a term, as stored and active before this sync, has ended (§6)."""
    session = objects.get(("academicSessions", term))
    if session is None or not session.active:
        return False
    return has_ended(as_date(one(session.values, "endDate")), roster.as_of)


def _enrollment_has_ended(roster: Roster, objects: Objects, plan: Plan, key: Key) -> bool:
    """Tell whether an enrollment has ended, or its class goes because its terms have (§6).

    Its class is the one it has as stored.
    """
    record = _tonight(roster, key)
    if record is not None and enrollment_has_ended(roster, record):
        return True
    stored = objects[key].values
    if has_ended(as_date(one(stored, "endDate")), roster.as_of):
        return True
    a_class = ("classes", one(stored, "classSourcedId"))
    event = plan.events.get(a_class)
    if event is None or event.kind != DEACTIVATED:
        return False
    return _class_has_ended(roster, objects, a_class)


def _tonight(roster: Roster, key: Key) -> Record | None:
    """Give tonight's record of an object, if it can be believed."""
    record = roster.find(*key)
    return None if record is None or record.broken_identity else record
