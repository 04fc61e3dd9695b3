"""What a sync would do to every object: the records of tonight against what is active (§6, §7)."""

from dataclasses import dataclass, field

from ..holding import Key, one, stays
from ..people import schools_of_open_enrollments
from ..standard import TABLES
from ..words import Roster, Values
from .storing import primary_teacher, values_of

#: How an object comes in or changes; one that stays as it is has no event.
CREATED, UPDATED, DEACTIVATED, REACTIVATED = "created", "updated", "deactivated", "reactivated"


@dataclass
class Object:
    """An object of the system (§7)."""

    values: Values
    created_by: int  # the number of the sync that created it
    active: bool = True


#: What the system holds, by table and sourcedId.
Objects = dict[Key, Object]


@dataclass
class Event:
    """What a sync did to an object; of an update the changed values as they were before (§7)."""

    kind: str
    before: dict[str, str | tuple[str, ...] | None] = field(default_factory=dict)


@dataclass
class Plan:
    """What a sync would do (§6, §7)."""

    accepted: dict[Key, Values]  # tonight's values of every accepted record
    events: dict[Key, Event]  # removals are its deactivations


def active_values(objects: Objects) -> dict[str, dict[str, Values]]:
    """Give the values of what is active, by table and sourcedId."""
    active: dict[str, dict[str, Values]] = {table: {} for table in TABLES}
    for (table, sourced_id), known in objects.items():
        if known.active:
            active[table][sourced_id] = known.values
    return active


def make_plan(roster: Roster, objects: Objects) -> Plan:
    """Compare the records of tonight with what the system holds (§7)."""
    accepted = _accepted(roster)
    events: dict[Key, Event] = {}
    for key, values in accepted.items():
        event = _event(objects.get(key), values)
        if event is not None:
            events[key] = event
    for key, known in objects.items():
        if known.active and key[0] in roster.records and not stays(roster, key):
            events[key] = Event(DEACTIVATED)
    return Plan(accepted, events)


def _accepted(roster: Roster) -> dict[Key, Values]:
    """Give the values of every accepted record (§3, §5)."""
    lent = schools_of_open_enrollments(roster)
    accepted: dict[Key, Values] = {}
    for table, records in roster.records.items():
        for record in records:
            if record.outcome != "accepted":
                continue
            values = values_of(roster, record, lent)
            if table == "classes":
                # A class that is not active has no primary teacher "in the system now".
                stored = roster.active["classes"].get(record.sourced_id, {})
                now = one(stored, "primaryTeacher")
                values["primaryTeacher"] = primary_teacher(roster, record.sourced_id, now)
            accepted[(table, record.sourced_id)] = values
    return accepted


def _event(known: Object | None, values: Values) -> Event | None:
    """Say what an accepted record does to its object; a reactivation is no update (§7)."""
    if known is None:
        return Event(CREATED)
    if not known.active:
        return Event(REACTIVATED)
    before: dict[str, str | tuple[str, ...] | None] = {}
    for column in sorted({*known.values, *values}):
        if known.values.get(column) != values.get(column):
            before[column] = known.values.get(column)
    return Event(UPDATED, before) if before else None
