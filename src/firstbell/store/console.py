"""How all districts stand, for specialists: counted, searched and a page at a time."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db import connection

from firstbell.store.models import Standing
from firstbell.store.schedules import STALE_AFTER, Schedule, schedule_of


class Health(StrEnum):
    """How a district stands; each is in exactly one, and those that need somebody come first."""

    FAILED = "failed"
    HELD = "held"
    STALE = "stale"
    WITH_ERRORS = "errors"
    PAUSED = "paused"
    NOT_STARTED = "notstarted"
    COMPLETED = "completed"


class Order(StrEnum):
    """What districts are sorted by."""

    ATTENTION = "attention"
    NAME = "name"
    COMPLETED = "completed"
    FAILURES = "failures"


_HEALTH = f"""
CASE WHEN s.status = 'Failed' THEN '{Health.FAILED}'
     WHEN s.held_sync IS NOT NULL THEN '{Health.HELD}'
     WHEN d.paused AND (d.paused_until IS NULL
                        OR (%(now)s AT TIME ZONE d.timezone)::date < d.paused_until)
     THEN '{Health.PAUSED}'
     WHEN s.applied_at IS NULL THEN '{Health.NOT_STARTED}'
     WHEN s.applied_at < %(long)s AND d.id <> ALL (%(fresh)s) THEN '{Health.STALE}'
     WHEN s.applied_status = 'Completed with Errors' THEN '{Health.WITH_ERRORS}'
     ELSE '{Health.COMPLETED}' END
"""
_JUDGED = f"""
WITH judged AS (
    SELECT d.id, d.slug, d.name, d.timezone, d.paused_until, d.onboard_all, {_HEALTH} AS health,
           s.reason, s.ended_sync, s.applied_at, s.failures, s.failures_before, s.causes,
           s.new_causes, s.held_sync, s.held
    FROM districts AS d LEFT JOIN standings AS s ON s.district_id = d.id
    WHERE %(name)s = '' OR strpos(lower(d.name), lower(%(name)s)) > 0
       OR strpos(d.slug, lower(%(name)s)) > 0
)
"""
_ORDERS = {
    Order.ATTENTION: f"array_position(ARRAY{[str(one) for one in Health]}, health),"
    " failures DESC NULLS LAST, lower(name)",
    Order.NAME: "lower(name)",
    Order.COMPLETED: "applied_at DESC NULLS LAST, lower(name)",
    Order.FAILURES: "failures DESC NULLS LAST, lower(name)",
}
_PAGE = """
, shown AS (
    SELECT * FROM judged WHERE %(health)s = '' OR health = %(health)s
    ORDER BY {order}, id LIMIT %(most)s OFFSET %(after_first)s
)
SELECT slug, name, timezone, health, reason, ended_sync, applied_at, failures, failures_before,
       causes, new_causes, held_sync, held, paused_until, schools.number, schools.waiting,
       asked.number, s.nights
FROM shown
LEFT JOIN (SELECT district_id, nights FROM standings) AS s ON s.district_id = shown.id
CROSS JOIN LATERAL (
    SELECT count(*) AS number,
           count(*) FILTER (WHERE d.state IS NULL AND NOT shown.onboard_all) AS waiting
    FROM feed_schools AS f
    LEFT JOIN schools AS d ON (d.district_id, d.sourced_id) = (f.district_id, f.sourced_id)
    WHERE f.district_id = shown.id
) AS schools
CROSS JOIN LATERAL (
    SELECT count(*) AS number FROM school_requests
    WHERE district_id = shown.id AND answered_at IS NULL
) AS asked
ORDER BY {order}, id
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which districts are looked for; what is empty is no condition."""

    #: A part of the name or of the id.
    name: str = ""
    health: Health | None = None
    order: Order = Order.ATTENTION


@dataclass(frozen=True, slots=True)
class StandingSeen:
    """How one district stands."""

    slug: str
    name: str
    timezone: str
    health: Health
    #: Why the sync that ended last failed; None when it did not.
    reason: str | None
    #: The sync that ended last; None when none has.
    ended: int | None
    #: When a sync was applied last; None when none was.
    applied_at: datetime | None
    #: Failures of that one, and of the one applied before it; None: not known.
    failures: int | None
    failures_before: int | None
    #: Causes to fix of that one, and how many of them are new; None: not known.
    causes: int | None
    new_causes: int | None
    #: The sync on which somebody has to decide, and how many removals it holds; None: none.
    held_sync: int | None
    held: int | None
    #: The first day with a nightly sync again; None: it is not paused, or until it is resumed.
    paused_until: date | None
    #: Schools in the last feed, those of them that nobody has decided on, and those asked for.
    schools: int
    waiting: int
    asked: int
    #: By day there: the failures of the last sync that ended on it, None when that failed.
    nights: Mapping[date, int | None]


def long_without_sync(now: datetime) -> Sequence[tuple[int, datetime, Schedule]]:
    """Districts that may be stale: when each was completed last, and its nights.

    The transaction must be of a specialist.
    """
    long = Standing.objects.filter(applied_at__lt=now - STALE_AFTER).select_related("district")
    return [
        (one.district_id, one.applied_at, schedule_of(one.district))
        for one in long
        if one.applied_at is not None
    ]


def count_by_health(now: datetime, fresh: Sequence[int], name: str = "") -> Mapping[Health, int]:
    """How many districts stand how; the transaction must be of a specialist.

    Args:
        now: the moment.
        fresh: those without a completed sync for long that are not stale.
        name: a part of the name or of the id; empty: all.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_JUDGED} SELECT health, count(*) FROM judged GROUP BY health", _at(now, fresh, name)
        )
        found = dict(cursor.fetchall())
    return {health: found.get(health, 0) for health in Health}


def standings(
    now: datetime, fresh: Sequence[int], wanted: Wanted, *, most: int, after_first: int = 0
) -> Sequence[StandingSeen]:
    """How districts stand; the transaction must be of a specialist.

    Args:
        now: the moment.
        fresh: as for `count_by_health`.
        wanted: which of them, and in what order.
        most: how many at most.
        after_first: how many are left out before them.
    """
    query = _JUDGED + _PAGE.format(order=_ORDERS[wanted.order])
    values = {
        **_at(now, fresh, wanted.name),
        "health": wanted.health or "",
        "most": most,
        "after_first": after_first,
    }
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [_seen(row) for row in cursor.fetchall()]


def _at(now: datetime, fresh: Sequence[int], name: str) -> dict[str, Any]:
    return {"now": now, "long": now - STALE_AFTER, "fresh": list(fresh), "name": name}


def _seen(row: Sequence[Any]) -> StandingSeen:
    slug, name, timezone, health, *others, nights = row
    by_day = {date.fromisoformat(day): failures for day, failures in json.loads(nights or "[]")}
    return StandingSeen(*(slug, name, timezone, Health(health), *others, by_day))
