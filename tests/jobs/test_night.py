"""When a nightly sync is due: over the change of clocks, ends of years, time zones, and outages."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstbell.jobs.night import due_night, last_night, night_for
from firstbell.store.nights import Nights, Try
from firstbell.store.schedules import Schedule

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_DAY = date(2026, 11, 24)
_MINUTE = timedelta(minutes=1)


def _schedule(
    zone: str = "UTC", starts_from: str = "01:00", until: str = "04:00", ready_by: str = "06:00"
) -> Schedule:
    first, last, ready = map(time.fromisoformat, (starts_from, until, ready_by))
    return Schedule(ZoneInfo(zone), first, last, ready, since=_LONG_AGO)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


def _nights(schedule: Schedule, *tries: Try, day: date = _DAY, district: int = 1) -> Nights:
    return Nights(district, "north", schedule, {day: tries} if tries else {})


def _window(schedule: Schedule, day: date) -> tuple[datetime, datetime, datetime]:
    """The first start of a thousand districts, the last, and the ready-by time."""
    nights = [night_for(schedule, day, district) for district in range(1000)]
    starts = sorted(night.starts_at for night in nights)
    return starts[0], starts[-1], nights[0].ready_by


def _minutes(first: str, last: str) -> Iterator[datetime]:
    now = _at(first)
    while now < _at(last):
        yield now
        now += _MINUTE


def test_starts_are_spread_over_the_window() -> None:
    starts = [night_for(_schedule(), _DAY, district).starts_at for district in range(1200)]
    by_quarter = [0] * 12
    for start in starts:
        by_quarter[(start - _at("2026-11-24T01:00")) // timedelta(minutes=15)] += 1
    assert min(by_quarter) > 60
    assert starts == [night_for(_schedule(), _DAY, district).starts_at for district in range(1200)]


@pytest.mark.parametrize(
    ("schedule", "starts", "ready_by"),
    [
        (_schedule(), "2026-11-24T01:00", "2026-11-24T06:00"),
        (_schedule("America/New_York"), "2026-11-24T06:00", "2026-11-24T11:00"),
        (_schedule("Asia/Kathmandu"), "2026-11-23T19:15", "2026-11-24T00:15"),
        (_schedule("UTC", "22:00", "02:00"), "2026-11-23T22:00", "2026-11-24T06:00"),
        (_schedule("UTC", "20:00", "23:00"), "2026-11-23T20:00", "2026-11-24T06:00"),
        (_schedule("UTC", "01:00", "01:00", "01:00"), "2026-11-24T01:00", "2026-11-24T01:00"),
    ],
)
def test_a_night_is_for_the_day_of_its_first_bell(
    schedule: Schedule, starts: str, ready_by: str
) -> None:
    first, last, ready = _window(schedule, _DAY)
    assert _at(starts) <= first <= last <= ready == _at(ready_by)
    assert first - _at(starts) <= timedelta(minutes=2)


@pytest.mark.parametrize(
    ("day", "starts", "until", "ready_by"),
    [
        # Clocks go from 02:00 to 03:00: two hours of window, and 02:30 is 03:30.
        (date(2026, 3, 8), "2026-03-08T06:00", "2026-03-08T08:00", "2026-03-08T10:00"),
        # Clocks go back from 02:00 to 01:00: 01:00 is the first one of two.
        (date(2026, 11, 1), "2026-11-01T05:00", "2026-11-01T09:00", "2026-11-01T11:00"),
    ],
)
def test_the_window_keeps_to_the_clocks_of_the_district(
    day: date, starts: str, until: str, ready_by: str
) -> None:
    first, last, ready = _window(_schedule("America/New_York"), day)
    assert timedelta(0) <= first - _at(starts) < timedelta(minutes=2)
    assert timedelta(0) <= _at(until) - last < timedelta(minutes=2)
    assert ready == _at(ready_by)


def test_a_time_that_the_day_does_not_have_is_later() -> None:
    spring = date(2026, 3, 8)
    schedule = _schedule("America/New_York", "02:30", "02:45", "03:00")
    first, last, ready = _window(schedule, spring)
    assert first.astimezone(schedule.zone).strftime("%H:%M") == "03:30"
    assert first <= last <= ready


def test_the_night_of_new_year_is_one_like_others() -> None:
    schedule = _schedule("Australia/Sydney", "22:00", "02:00")
    night = last_night(schedule, _at("2026-12-31T20:00"), 7)
    assert night.day == date(2027, 1, 1)
    assert night.starts_at.astimezone(schedule.zone).date() in (
        date(2026, 12, 31),
        date(2027, 1, 1),
    )


def test_a_district_is_due_once_a_night() -> None:
    nights, queued = _nights(_schedule()), []
    for now in _minutes("2026-11-22T12:00", "2026-11-26T12:00"):
        if night := due_night(nights, now):
            queued.append(night.day)
            done = Try(now + _MINUTE, may_pass=False, reason=None)
            nights = replace(nights, tries={**nights.tries, night.day: (done,)})
    # The first one is caught up with: it was missed before noon.
    assert queued == [date(2026, 11, day) for day in (22, 23, 24, 25, 26)]


def test_after_an_outage_it_is_due_once() -> None:
    schedule = replace(_schedule(), since=_at("2026-11-01T12:00"))
    now = _at("2026-11-24T10:00")
    night = due_night(_nights(schedule), now)
    assert night and night.day == _DAY
    done = Try(now + _MINUTE, may_pass=False, reason=None)
    assert due_night(_nights(schedule, done), now + 2 * _MINUTE) is None


def test_what_was_set_in_the_day_begins_with_the_next_night() -> None:
    schedule = replace(_schedule(), since=_at("2026-11-24T14:00"))
    assert due_night(_nights(schedule), _at("2026-11-24T14:01")) is None
    night = due_night(_nights(schedule), _at("2026-11-25T04:00"))
    assert night and night.day == date(2026, 11, 25)


@pytest.mark.parametrize(
    "left_out",
    [
        {"paused": True},
        {"paused": True, "paused_until": date(2026, 11, 25)},
        {"blackout": frozenset({_DAY})},
        {"since": None},
    ],
)
def test_a_night_that_is_left_out_is_not_due(left_out: dict[str, object]) -> None:
    schedule = replace(_schedule(), **left_out)  # type: ignore[arg-type] # a mix
    assert due_night(_nights(schedule), _at("2026-11-24T05:00")) is None


@pytest.mark.parametrize(
    "taken_in",
    [
        {"paused": True, "paused_until": _DAY},
        {"blackout": frozenset({date(2026, 11, 23), date(2026, 11, 25)})},
    ],
)
def test_a_night_after_them_is_due(taken_in: dict[str, object]) -> None:
    schedule = replace(_schedule(), **taken_in)  # type: ignore[arg-type] # a mix
    assert due_night(_nights(schedule), _at("2026-11-24T05:00"))


def test_what_may_pass_is_tried_again_until_ready_by() -> None:
    nights, queued = _nights(_schedule()), []
    for now in _minutes("2026-11-24T00:00", "2026-11-24T23:59"):
        night = due_night(nights, now)
        if night and night.day == _DAY:
            queued.append(now)
            tries = (*nights.tries.get(_DAY, ()), Try(now, may_pass=True, reason="not there"))
            nights = replace(nights, tries={_DAY: tries})
        elif night:
            nights = replace(nights, tries={**nights.tries, night.day: (Try(now, False, None),)})
    pauses = [(later - sooner) // _MINUTE for sooner, later in pairwise(queued)]
    assert pauses[:4] == [15, 30, 60, 60]
    assert _at("2026-11-24T05:00") <= queued[-1] < _at("2026-11-24T06:00")


@pytest.mark.parametrize(
    "last", [Try(None, False, None), Try(_at("2026-11-24T01:30"), False, "it is another file")]
)
def test_what_runs_or_does_not_pass_is_not_tried_again(last: Try) -> None:
    assert due_night(_nights(_schedule(), last), _at("2026-11-24T05:30")) is None


_ZONES = ("UTC", "America/New_York", "Europe/Dublin", "Australia/Lord_Howe", "Pacific/Apia")
_TIMES = st.integers(0, 24 * 60 - 1)


@given(
    zone=st.sampled_from(_ZONES),
    start=_TIMES,
    window=st.integers(0, 23 * 60),
    data=st.data(),
    day=st.dates(date(2012, 1, 1), date(2035, 12, 31)),
    district=st.integers(1, 10_000),
)
def test_whatever_the_schedule_each_night_follows_the_one_before(
    zone: str, start: int, window: int, data: st.DataObject, day: date, district: int
) -> None:
    length = window + data.draw(st.integers(0, 23 * 60 - window))
    times = (_LONG_AGO + timedelta(minutes=start + later) for later in (0, window, length))
    first, last, ready = (moment.time() for moment in times)
    schedule = Schedule(ZoneInfo(zone), first, last, ready, since=_LONG_AGO)
    tonight = night_for(schedule, day, district)
    tomorrow = night_for(schedule, day + timedelta(days=1), district)
    assert tonight.starts_at <= tonight.ready_by
    assert tonight.starts_at < tomorrow.starts_at
    assert last_night(schedule, tonight.starts_at, district) == tonight
    assert last_night(schedule, tomorrow.starts_at - _MINUTE, district).day <= day
    nights = Nights(district, "north", schedule, {})
    due = due_night(nights, tonight.starts_at)
    assert due == tonight
    done = replace(nights, tries={day: (Try(tonight.starts_at, False, None),)})
    assert due_night(done, tomorrow.starts_at - timedelta(seconds=1)) is None
