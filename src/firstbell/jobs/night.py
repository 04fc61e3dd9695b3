"""When a district's nightly sync is due. Pure: the clock is an argument.

A night is named by the day whose first bell it is for. Its times of day are those of the district's
time zone. One that a day does not have, because clocks are put forward, is as much later as they are
put forward; one that it has twice is the first of the two.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from firstbell.store.nights import Nights, Try
from firstbell.store.schedules import Schedule

_ONE = timedelta(days=1)
#: How far ahead the next night is looked for.
_MOST_DAYS = 400
#: Before the second try, the third, and every other.
_PAUSES = (timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class Night:
    """One night of one district."""

    #: The day whose first bell it is for.
    day: date
    #: When the district's sync starts.
    starts_at: datetime
    #: When the roster is to be ready.
    ready_by: datetime


def night_for(schedule: Schedule, day: date, district: int) -> Night:
    """The night for a day's first bell.

    Args:
        schedule: of the district.
        day: there.
        district: its id, by which starts are spread over the window.
    """
    last_day = day if schedule.starts_until <= schedule.ready_by else day - _ONE
    first_day = last_day if schedule.starts_from <= schedule.starts_until else last_day - _ONE
    first = _moment(first_day, schedule.starts_from, schedule.zone)
    last = max(first, _moment(last_day, schedule.starts_until, schedule.zone))
    ready_by = max(last, _moment(day, schedule.ready_by, schedule.zone))
    return Night(day, first + (last - first) * _spread(district), ready_by)


def last_night(schedule: Schedule, now: datetime, district: int) -> Night:
    """The last night whose sync was to start by now."""
    day = now.astimezone(schedule.zone).date() + _ONE
    while (night := night_for(schedule, day, district)).starts_at > now:
        day -= _ONE
    return night


def next_night(schedule: Schedule, now: datetime, district: int) -> Night | None:
    """The next night whose sync starts after a moment; None when none is to come."""
    day = now.astimezone(schedule.zone).date()
    for _ in range(_MOST_DAYS):
        night = night_for(schedule, day, district)
        if night.starts_at > now and not is_left_out(schedule, night):
            return night
        day += _ONE
    return None


def is_left_out(schedule: Schedule, night: Night) -> bool:
    """Whether there is no sync that night: it is paused, blacked out, or before its time."""
    too_early = schedule.since is None or night.starts_at < schedule.since
    return schedule.is_paused_on(night.day) or night.day in schedule.blackout or too_early


def due_night(nights: Nights, now: datetime) -> Night | None:
    """The night for which a sync of the district is to be queued now; None when none is.

    It is the last one only: nights missed in an outage are caught up with once.
    """
    night = last_night(nights.schedule, now, nights.district)
    if is_left_out(nights.schedule, night):
        return None
    tries = nights.tries.get(night.day, ())
    return night if not tries or _is_worth_another(tries, night, now) else None


def next_try(tries: Sequence[Try], night: Night) -> datetime | None:
    """When a night's sync is tried again; None when the last did not fail, or that is given up."""
    ended = tries[-1].completed_at if tries and tries[-1].may_pass else None
    if ended is None:
        return None
    at = ended + _pause(tries)
    return at if at < night.ready_by else None


def is_given_up(tries: Sequence[Try], night: Night) -> bool:
    """Whether the last of a night's syncs failed for a reason that may pass, and no other follows."""
    if not tries or not tries[-1].may_pass:
        return False
    ended = tries[-1].completed_at
    return ended is not None and ended + _pause(tries) >= night.ready_by


def _is_worth_another(tries: Sequence[Try], night: Night, now: datetime) -> bool:
    ended = tries[-1].completed_at
    if ended is None or not tries[-1].may_pass:
        return False
    return ended + _pause(tries) <= now < night.ready_by


def _pause(tries: Sequence[Try]) -> timedelta:
    return _PAUSES[min(len(tries), len(_PAUSES)) - 1]


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def _spread(district: int) -> float:
    """Where in the window a district starts, from 0 to 1; the same every night."""
    digest = sha256(str(district).encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32
