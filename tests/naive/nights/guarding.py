"""The guard: whether a sync may remove what it would remove (§6)."""

from dataclasses import dataclass, field
from fractions import Fraction

from ..holding import Key, many
from ..words import Roster
from .expecting import is_expected
from .planning import CREATED, DEACTIVATED, REACTIVATED, UPDATED, Objects, Plan

#: What the guard looks at, and the table in which it stands.
GUARDED = {
    "schools": "orgs",
    "users": "users",
    "classes": "classes",
    "enrollments": "enrollments",
}


@dataclass(frozen=True)
class Limits:
    """From where on removals are too many; settable per district (§6)."""

    removed: float = 0.10  # of a table
    replaced: float = 0.25
    objects: int = 50  # and more than so many
    of_a_school: float = 0.5
    students: int = 50  # in a school with at least so many


@dataclass
class Guarded:
    """What would become of one guarded table."""

    before: set[Key]
    gone: set[Key]  # unexpectedly
    new: int
    after: int


@dataclass
class Verdict:
    """What the guard says."""

    tables: dict[str, Guarded]
    refused_for: list[str] = field(default_factory=list)  # `replacement:users`, `nothing:classes`
    held: set[Key] = field(default_factory=set)  # removals held back


def guard(roster: Roster, objects: Objects, plan: Plan, limits: Limits) -> Verdict:
    """Compare tonight's sync with what is active (§6)."""
    verdict = Verdict({name: _guarded(roster, objects, plan, name) for name in GUARDED})
    for name, table in verdict.tables.items():
        gone, new, before = len(table.gone), table.new, len(table.before)
        if _are_many(gone, before, limits.replaced, limits):
            if _are_many(new, before, limits.replaced, limits):
                verdict.refused_for.append(f"replacement:{name}")
        if name != "schools" and table.gone and table.after == 0:
            verdict.refused_for.append(f"nothing:{name}")
    users = verdict.tables["users"]
    if _are_many(_renamed(plan), len(users.before), limits.replaced, limits):
        verdict.refused_for.append("names:users")
    if _is_large(objects, verdict.tables, limits):
        for table in verdict.tables.values():
            verdict.held |= table.gone
    return verdict


def _are_many(count: int, of: int, share: float, limits: Limits) -> bool:
    """Tell whether a count is more than a share of the active ones, and more than 50 (§6)."""
    return count > _exactly(share) * of and count > limits.objects


def _exactly(share: float) -> Fraction:
    """Give a share as it is written, so that 10 % of 510 are 51."""
    return Fraction(str(share))


def _guarded(roster: Roster, objects: Objects, plan: Plan, name: str) -> Guarded:
    """Count what is active in a guarded table, what would go unexpectedly, what is new (§6)."""
    table = GUARDED[name]
    guarded = Guarded(set(), set(), 0, 0)
    for key, known in objects.items():
        if known.active and key[0] == table and (name != "schools" or _is_school(known.values)):
            guarded.before.add(key)
    for key, event in plan.events.items():
        if event.kind == DEACTIVATED and key in guarded.before:
            if not is_expected(roster, objects, plan, key):
                guarded.gone.add(key)
        if event.kind in (CREATED, REACTIVATED) and key[0] == table:
            if name != "schools" or _is_school(plan.accepted[key]):
                guarded.new += 1
    going = [key for key, event in plan.events.items() if event.kind == DEACTIVATED]
    guarded.after = len(guarded.before) - len(guarded.before & set(going)) + guarded.new
    return guarded


def _is_school(values: dict[str, str | tuple[str, ...]]) -> bool:
    """Tell whether an org is a school, by its values."""
    return values.get("type") == "school"


def _renamed(plan: Plan) -> int:
    """Count the active users who would change both names (§6)."""
    renamed = 0
    for (table, _), event in plan.events.items():
        if table == "users" and event.kind == UPDATED:
            if "givenName" in event.before and "familyName" in event.before:
                renamed += 1
    return renamed


def _is_large(objects: Objects, tables: dict[str, Guarded], limits: Limits) -> bool:
    """Tell whether too much would go from a table, or too many students from one school (§6)."""
    for table in tables.values():
        if _are_many(len(table.gone), len(table.before), limits.removed, limits):
            return True
    users = tables["users"]
    for _, school in tables["schools"].before:
        students: set[Key] = set()
        for key in users.before:
            values = objects[key].values
            if values.get("role") == "student" and school in many(values, "orgSourcedIds"):
                students.add(key)
        if len(students) >= limits.students:
            if len(students & users.gone) > _exactly(limits.of_a_school) * len(students):
                return True
    return False
