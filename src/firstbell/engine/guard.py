"""Too many would go: what is held back, or refused altogether. What a sync means §6."""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from firstbell.engine.held import taken_in
from firstbell.engine.policy import GuardLimits, Policy
from firstbell.engine.tables import fill_in
from firstbell.feed.database import count, text
from firstbell.feed.read import Reading
from firstbell.rules.sql import one_of

#: What is guarded: the table of the feed, and which of its objects.
_GUARDED = {
    "schools": ("orgs", "\"type\" = 'school'"),
    "users": ("users", "true"),
    "classes": ("classes", "true"),
    "enrollments": ("enrollments", "true"),
}
_NEVER_EMPTY = ("users", "classes", "enrollments")
#: Where an object is, over `applied_<table>`: people may be at several schools.
_PLACES = {
    "users": "unnest(orgSourcedIds)",
    "classes": '"schoolSourcedId"',
    "enrollments": '"schoolSourcedId"',
}
_MOST_PLACES = 5


@dataclass(frozen=True, slots=True)
class Going:
    """What would happen to one kind of objects."""

    active: int
    #: Would be deactivated, and are not expected to be.
    going: int
    #: Would be deactivated as expected.
    expected: int
    #: Would be created or reactivated.
    new: int
    #: Would get other values.
    changed: int = 0


@dataclass(frozen=True, slots=True)
class GoingAt:
    """What would go of one table at one school, unexpectedly."""

    table: str
    #: The school's name and id.
    name: str
    sourced_id: str
    active: int
    going: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What the guard makes of a sync."""

    #: By what is guarded: schools, users, classes, enrollments.
    going: Mapping[str, Going]
    #: Why all of it is refused, in one sentence without a full stop; empty when it is not.
    refused: str = ""
    #: The unexpected removals are held back.
    held: bool = False
    #: Where most would go when something is held or refused, of users if any of them would.
    at: tuple[GoingAt, ...] = ()
    #: When something is held: schools that would lose too many students, of which these number.
    emptied: tuple[GoingAt, ...] = ()


def guard(reading: Reading, policy: Policy, limits: GuardLimits, review: str = "") -> Decision:
    """Judges what a sync would take away; adds the column `expected` to `removals`.

    Args:
        reading: the delivery, with `removals` and `changes_<table>` in its database.
        policy: what the sync was judged by.
        limits: of the district.
        review: why all of it is refused whatever its numbers; empty: there is no reason.
    """
    database = reading.database
    _tell_expected(database, policy, frozenset(reading.files))
    going = {name: _going(database, name) for name in _GUARDED}
    if refused := review or _refused(reading, going, limits):
        return Decision(going, refused, at=_going_at(database))
    emptied = _emptied(database, limits)
    if emptied or any(is_too_many(one, limits) for one in going.values()):
        return Decision(going, held=True, at=_going_at(database), emptied=emptied)
    return Decision(going)


def is_too_many(one: Going, limits: GuardLimits) -> bool:
    """Whether so much would go of one kind of objects that it is held."""
    return one.going > limits.least and 100 * one.going > limits.gone * one.active


def is_replaced(one: Going, limits: GuardLimits) -> bool:
    """Whether so much of one kind of objects would go, and as much come, that all is refused."""
    return _is_large(one.going, one.active, limits) and _is_large(one.new, one.active, limits)


def is_emptied(name: str, one: Going) -> bool:
    """Whether nothing would be left of a kind of objects of which that is refused.

    Args:
        name: what is guarded: schools, users, classes or enrollments.
        one: what would happen to it.
    """
    left = one.active - one.going - one.expected + one.new
    return name in _NEVER_EMPTY and one.going > 0 and left == 0


def _is_large(number: int, active: int, limits: GuardLimits) -> bool:
    return number > limits.least and 100 * number > limits.replaced * active


def hold_back(database: duckdb.DuckDBPyConnection) -> None:
    """Moves the unexpected removals from `removals` to `held_removals` (tab, id, reason)."""
    schools = (
        "tab <> 'orgs' OR id IN (SELECT sourcedId FROM applied_orgs WHERE \"type\" = 'school')"
    )
    where = f"NOT expected AND tab IN {one_of(['orgs', *_NEVER_EMPTY])} AND ({schools})"
    database.execute(
        f"CREATE TABLE held_removals AS SELECT tab, id, reason FROM removals WHERE {where}"
    )
    database.execute(f"DELETE FROM removals WHERE {where}")


def _tell_expected(
    database: duckdb.DuckDBPyConnection, policy: Policy, tables: frozenset[str]
) -> None:
    sessions = "SELECT NULL::VARCHAR AS id, NULL::DATE AS ends"
    if "academicSessions" in tables:
        sessions = 'SELECT "sourcedId" AS id, "endDate" AS ends FROM "final_academicSessions"'
    as_of = f"DATE {text(policy.as_of.isoformat())}"
    for statement in fill_in("expected", sessions=sessions, as_of=as_of, taken_in=taken_in(policy)):
        database.execute(statement)


def _going(database: duckdb.DuckDBPyConnection, name: str) -> Going:
    table, which = _GUARDED[name]
    active = count(database, f"SELECT count(*) FROM applied_{table} WHERE active AND {which}")
    of_these = (
        f"FROM removals WHERE tab = {text(table)}"
        f" AND id IN (SELECT sourcedId FROM applied_{table} WHERE {which})"
    )
    return Going(
        active,
        count(database, f"SELECT count(*) {of_these} AND NOT expected"),
        count(database, f"SELECT count(*) {of_these} AND expected"),
        count(
            database,
            f"SELECT count(*) FROM changes_{table} WHERE change <> 'updated' AND {which}",
        ),
        count(
            database,
            f"SELECT count(*) FROM changes_{table} WHERE change = 'updated' AND {which}",
        ),
    )


def _refused(reading: Reading, going: Mapping[str, Going], limits: GuardLimits) -> str:
    database = reading.database
    for name, one in going.items():
        if reading.api and is_emptied(name, one) and _has_none(database, name):
            return (
                f"{reading.api} shares no {name} any more, which would deactivate"
                f" {one.going + one.expected:,} of {one.active:,}"
            )
        if is_replaced(one, limits) or is_emptied(name, one):
            share = _share(one.going, one.active)
            return f"would deactivate {one.going:,} of {one.active:,} {name} ({share}) and create {one.new:,}"
    active = going["users"].active
    renamed = count(
        database,
        "SELECT count(*) FROM changes_users AS c JOIN applied_users AS a ON a.sourcedId = c.sourcedId"
        ' WHERE c.change = \'updated\' AND c."givenName" <> a."givenName"'
        ' AND c."familyName" <> a."familyName"',
    )
    if _is_large(renamed, active, limits):
        return (
            f"would change the given and the family name of {renamed:,} of {active:,} users"
            f" ({_share(renamed, active)})"
        )
    return ""


def _has_none(database: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Whether a delivery has no row of what is guarded."""
    table, _ = _GUARDED[name]
    return count(database, f"SELECT count(*) FROM rows_{table}") == 0


def _share(number: int, of: int) -> str:
    return f"{100 * number / of:.0f} %"


def _emptied(database: duckdb.DuckDBPyConnection, limits: GuardLimits) -> tuple[GoingAt, ...]:
    """Schools that would lose too many of their students unexpectedly, those first that lose most."""
    rows = database.execute(f"""
        SELECT * FROM (
            SELECT coalesce(o."name", ''), o.sourcedId, count(*) AS students, count(r.id) AS going
            FROM (SELECT sourcedId, unnest(orgSourcedIds) AS org FROM applied_users
                  WHERE active AND "role" = 'student') AS u
            JOIN applied_orgs AS o ON o.sourcedId = u.org AND o."type" = 'school'
            LEFT JOIN (SELECT id FROM removals WHERE tab = 'users' AND NOT expected) AS r
                   ON r.id = u.sourcedId
            GROUP BY ALL
        ) WHERE students >= {limits.school_students} AND 100 * going > {limits.gone_of_school} * students
        ORDER BY going DESC, sourcedId LIMIT {_MOST_PLACES}
    """).fetchall()
    return tuple(GoingAt("users", *row) for row in rows)


def _going_at(database: duckdb.DuckDBPyConnection) -> tuple[GoingAt, ...]:
    """The schools at which most would go, those first that lose most."""
    for table, place in _PLACES.items():
        rows = database.execute(f"""
            SELECT coalesce(o."name", ''), o.sourcedId, count(*), count(r.id) AS going
            FROM (SELECT sourcedId, {place} AS org FROM applied_{table} WHERE active) AS a
            JOIN applied_orgs AS o ON o.sourcedId = a.org AND o."type" = 'school'
            LEFT JOIN (SELECT id FROM removals WHERE tab = {text(table)} AND NOT expected) AS r
                   ON r.id = a.sourcedId
            GROUP BY ALL HAVING going > 0 ORDER BY going DESC, o.sourcedId LIMIT {_MOST_PLACES}
        """).fetchall()
        if rows:
            return tuple(GoingAt(table, *row) for row in rows)
    return ()
