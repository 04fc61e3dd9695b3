"""How a district stands, on top of every page about it: is all well, of when is it, what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from firstbell.jobs.night import next_night
from firstbell.jobs.readiness import is_stale
from firstbell.store.history import Latest, SyncRow
from firstbell.store.models import SyncStatus
from firstbell.store.schedules import Schedule
from firstbell.store.scope import DistrictSeen

#: The columns of the numbers: what they are called, and of which table they are.
_COLUMNS = (
    ("Orgs", "orgs"),
    ("Users", "users"),
    ("Classes", "classes"),
    ("Enrollments", "enrollments"),
)


@dataclass(frozen=True, slots=True)
class Strip:
    """The answer to the first question of a morning."""

    #: The sync that leads: the last that was applied, or a newer one that failed; None: none has run.
    leads: SyncRow | None
    #: The one that was applied last, when another leads.
    applied_before: SyncRow | None
    #: How many causes there are to fix in what was applied; None when that is not known.
    causes: int | None
    #: When the delivery that was applied was read; None when none was.
    as_of: datetime | None
    #: When the next nightly sync starts; None when none is to come.
    next_at: datetime | None
    #: Why none is, or why not tonight; empty when there is nothing to say.
    next_note: str
    #: Whether there is a source to sync from.
    has_source: bool
    #: For how many hours no sync was applied; None while that is not too long.
    stale: int | None
    #: The sync whose removals are held until somebody decides; None when none is.
    held: int | None
    heads: Sequence[str]
    #: Rows of the table: what is counted, the numbers, and whether they are to be fixed.
    numbers: Sequence[tuple[str, Sequence[int | None], bool]]


def strip(district: DistrictSeen, latest: Latest, product: str) -> Strip:
    """Puts how a district stands into the words of the strip.

    Args:
        district: whose.
        latest: how it stands.
        product: how the product is called.
    """
    now, schedule = timezone.now(), latest.schedule
    ended, applied = latest.ended, latest.applied
    failed = ended is not None and ended.status == SyncStatus.FAILED
    following = next_night(schedule, now, district.pk)
    ended_at = applied.completed_at if applied else None
    paused = schedule.is_paused_on(timezone.localtime(now).date())
    stale = ended_at is not None and not paused and is_stale(ended_at, schedule, now)
    return Strip(
        leads=ended if failed else applied,
        applied_before=applied if failed else None,
        causes=(applied.causes or {}).get("total") if applied else None,
        as_of=applied.started_at if applied else None,
        next_at=following.starts_at if following else None,
        next_note=_note(schedule, paused, following is None),
        has_source=schedule.since is not None,
        stale=int((now - ended_at).total_seconds() // 3600) if stale and ended_at else None,
        held=latest.held,
        heads=[name for name, _ in _COLUMNS],
        numbers=_numbers(latest, product) if applied else (),
    )


def _note(schedule: Schedule, paused: bool, none_to_come: bool) -> str:
    if paused:
        until = schedule.paused_until
        return f"Paused until {until:%b} {until.day}" if until else "Paused"
    if schedule.since is None:
        return "No source is connected yet"
    return "None is to come" if none_to_come else ""


def _numbers(latest: Latest, product: str) -> Sequence[tuple[str, Sequence[int | None], bool]]:
    def of(outcome: str) -> list[int | None]:
        return [latest.tables.get(table, {}).get(outcome) for _, table in _COLUMNS]

    return (
        ("In the source", of("read"), False),
        (f"In {product}", [latest.roster.get(table) for _, table in _COLUMNS], False),
        ("To fix", of("failed"), True),
    )
