"""Which districts are ready for the first bell, and which need somebody. Pure but for its query."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from firstbell.jobs.night import Night, is_left_out, last_night
from firstbell.store.nights import Stand, stands
from firstbell.store.schedules import STALE_AFTER, Schedule


class Readiness(StrEnum):
    """How a district stands, worst first."""

    STALE = "stale"
    LATE = "late"
    HELD = "held"
    PAUSED = "paused"
    #: The night has begun, and its sync has not ended well yet.
    WAITING = "waiting"
    BY_HAND = "no source"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class DistrictReadiness:
    """How one district stands, and what there is to say of it."""

    slug: str
    readiness: Readiness
    #: In one sentence, without a full stop.
    detail: str
    #: When its roster was brought up to date last; None: never.
    applied_at: datetime | None


def readiness(now: datetime) -> list[DistrictReadiness]:
    """All districts, worst first."""
    worst_first = list(Readiness)
    found = [_judged(stand, now) for stand in stands(now)]
    return sorted(found, key=lambda one: (worst_first.index(one.readiness), one.slug))


def is_done(stand: Stand, night: Night) -> bool:
    """Whether a sync was applied since a night began."""
    return stand.applied_at is not None and stand.applied_at >= night.starts_at


def _judged(stand: Stand, now: datetime) -> DistrictReadiness:
    schedule = stand.nights.schedule
    night = last_night(schedule, now, stand.nights.district)
    how, detail = _how(stand, schedule, night, now)
    return DistrictReadiness(stand.nights.slug, how, detail, stand.applied_at)


def _how(stand: Stand, schedule: Schedule, night: Night, now: datetime) -> tuple[Readiness, str]:
    slug = stand.nights.slug
    today = now.astimezone(schedule.zone).date()
    if stand.held is not None:
        return Readiness.HELD, f"sync {stand.held} waits for a decision: firstbell hold show {slug}"
    if stand.takes_uploads:
        return Readiness.READY, f"{_since(stand, schedule)}; its people upload its files"
    if not stand.has_source:
        return Readiness.BY_HAND, f"firstbell source set {slug} folder PATH gives it one"
    if schedule.is_paused_on(today):
        until = schedule.paused_until or f"firstbell district resume {slug}"
        return Readiness.PAUSED, f"no nightly sync until {until}"
    if is_stale(stand.applied_at, schedule, now):
        return Readiness.STALE, _since(stand, schedule)
    if is_done(stand, night) or is_left_out(schedule, night):
        return Readiness.READY, _since(stand, schedule)
    if now < night.ready_by:
        ready_by = night.ready_by.astimezone(schedule.zone)
        return Readiness.WAITING, f"to be ready by {ready_by:%H:%M}{_last_reason(stand, night)}"
    return Readiness.LATE, f"{_since(stand, schedule)}{_last_reason(stand, night)}"


def is_stale(applied_at: datetime | None, schedule: Schedule, now: datetime) -> bool:
    """Whether no sync was completed for 48 hours in which there should have been one.

    Hours of blackout days do not count, nor those before a pause was over; a district that is paused,
    or was never synced, is not stale.

    Args:
        applied_at: when a sync was applied last; None: none ever was.
        schedule: of the district.
        now: the moment.
    """
    today = now.astimezone(schedule.zone).date()
    if applied_at is None or schedule.is_paused_on(today):
        return False
    since = max([applied_at, *_ends_of_pauses(schedule)])
    if now - since < STALE_AFTER:
        return False
    off = sum((_hours_of(day, schedule, since, now) for day in schedule.blackout), timedelta())
    return now - since - off >= STALE_AFTER


def _ends_of_pauses(schedule: Schedule) -> Iterator[datetime]:
    """When there were syncs again, as far as that is known; the pauses are over."""
    if schedule.resumed_at is not None:
        yield schedule.resumed_at
    if schedule.paused and schedule.paused_until is not None:
        yield _begin_of(schedule.paused_until, schedule)


def _hours_of(day: date, schedule: Schedule, since: datetime, until: datetime) -> timedelta:
    """How much of a day lies between two moments."""
    begins, ends = _begin_of(day, schedule), _begin_of(day + timedelta(days=1), schedule)
    return max(min(ends, until) - max(begins, since), timedelta())


def _begin_of(day: date, schedule: Schedule) -> datetime:
    """In UTC, for between two moments of one zone its changes of the clock are not counted."""
    return datetime.combine(day, time(), schedule.zone).astimezone(UTC)


def _since(stand: Stand, schedule: Schedule) -> str:
    if stand.applied_at is None:
        return "it has no roster yet"
    return f"its roster is of {stand.applied_at.astimezone(schedule.zone):%Y-%m-%d %H:%M}"


def _last_reason(stand: Stand, night: Night) -> str:
    tries = stand.nights.tries.get(night.day, ())
    return f"; the last try failed: {tries[-1].reason}" if tries and tries[-1].reason else ""
