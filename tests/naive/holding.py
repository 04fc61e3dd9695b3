"""Failed records whose objects stay as they were last night (§1), and what absence proves (§7)."""

from collections.abc import Container

from .places import is_onboarded
from .words import Finding, Record, Roster, Values

#: A table and a sourcedId.
Key = tuple[str, str]


def hold(roster: Roster, table: str) -> None:
    """Hold the failed records of a table whose objects are active and keep their parents (§1)."""
    active = roster.active.get(table, {})
    for sourced_id, record in roster.by_id[table].items():
        if sourced_id in active and is_failed(record):
            if keeps_its_parents(roster, (table, sourced_id)):
                record.held = active[sourced_id]


def is_failed(record: Record) -> bool:
    """Tell whether a record failed, and was not left out for a school not onboarded (§1).

    A broken identity holds in academicSessions and courses too, where it counts as skipped: what
    cannot be read or believed never counts as gone.
    """
    if record.left_out is not None:
        return False
    return record.outcome == "failed" or record.broken_identity


def keeps_its_parents(roster: Roster, key: Key, kept: Container[Key] = ()) -> bool:
    """Tell whether an active object keeps its class, its user and its school tonight (§1).

    `kept` are objects whose removal the guard holds back.
    """
    table, sourced_id = key
    stored = roster.active[table][sourced_id]
    if table == "orgs":
        return stored.get("type") != "school" or is_onboarded(roster, sourced_id)
    if table == "users":
        orgs = many(stored, "orgSourcedIds")
        return not orgs or any(stays(roster, ("orgs", org), kept) for org in orgs)
    if table == "classes":
        return stays(roster, ("orgs", one(stored, "schoolSourcedId")), kept)
    if table == "enrollments":
        parents = [
            ("classes", one(stored, "classSourcedId")),
            ("users", one(stored, "userSourcedId")),
            ("orgs", one(stored, "schoolSourcedId")),
        ]
        return all(stays(roster, parent, kept) for parent in parents)
    return True


def stays(roster: Roster, key: Key, kept: Container[Key] = ()) -> bool:
    """Tell whether an object is active after this sync (§1, §6, §7)."""
    table, sourced_id = key
    if key in kept:
        return True
    record = roster.find(table, sourced_id)
    if record is not None:
        return record.outcome == "accepted" or record.held is not None
    return sourced_id in roster.active.get(table, {}) and absence_is_unproven(roster, table)


def absence_is_unproven(roster: Roster, table: str) -> bool:
    """Tell whether an unreadable row may be any record of its table (§7)."""
    return any(not record.readable and record.sourced_id == "" for record in roster.records[table])


def warn_of_absence(roster: Roster) -> None:
    """Say where objects stay because their absence proves nothing (§7)."""
    for table in roster.records:
        missing = [id_ for id_ in roster.active.get(table, {}) if roster.find(table, id_) is None]
        if missing and absence_is_unproven(roster, table):
            message = (
                "rows that cannot be read name no sourcedId, "
                "so no record missing from the file was removed"
            )
            code = f"{table}.absence_unproven"
            roster.feed_level.append(
                Finding(f"{table}.csv", None, "", "", "warning", code, message, "", "")
            )


def one(stored: Values, column: str) -> str:
    """Give a stored value that is no list; '' is absent."""
    value = stored.get(column, "")
    assert isinstance(value, str)
    return value


def many(stored: Values, column: str) -> tuple[str, ...]:
    """Give the items of a stored list."""
    value = stored.get(column, ())
    assert isinstance(value, tuple)
    return value
