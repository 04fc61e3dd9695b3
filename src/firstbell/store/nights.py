"""What is known of the nights of all districts: their schedules, and what has been tried."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from firstbell.store.models import District, HoldDecision, Source, Sync
from firstbell.store.schedules import Schedule, schedule_of

#: How far back tries are looked for: the last night of any time zone is among them.
_BACK = timedelta(days=4)


@dataclass(frozen=True, slots=True)
class Try:
    """A sync of a night."""

    #: None: it has not ended.
    completed_at: datetime | None
    #: It failed for a reason that may pass by itself.
    may_pass: bool
    #: Why it failed; None when it did not.
    reason: str | None
    #: The people of its district were told of it.
    told: bool = False


@dataclass(frozen=True, slots=True)
class Nights:
    """A district with its nights."""

    district: int
    slug: str
    schedule: Schedule
    #: By the day whose first bell they are for, in the order in which they were queued.
    tries: Mapping[date, tuple[Try, ...]]


@dataclass(frozen=True, slots=True)
class Stand:
    """What else tells how a district stands."""

    nights: Nights
    has_source: bool
    #: When the last sync that was applied ended; None: there was none.
    applied_at: datetime | None
    #: The sync on which somebody has to decide; None: none.
    held: int | None


def nights_of_sources(now: datetime, district: int | None = None) -> list[Nights]:
    """The nights of the districts with a source.

    Args:
        now: the moment.
        district: only this one; None: all.
    """
    with_source = District.objects.filter(pk__in=Source.objects.values("district"))
    if district is not None:
        with_source = with_source.filter(pk=district)
    tries = _tries(now, district)
    return [_nights(found, tries) for found in with_source]


def tries_of(district: int, night: date) -> list[Try]:
    """The syncs of one night of a district, in the order in which they were queued."""
    columns = ("completed_at", "may_pass", "reason", "told_at")
    found = Sync.objects.filter(district=district, night=night).order_by("pk")
    return [
        Try(completed_at, may_pass, reason, told_at is not None)
        for completed_at, may_pass, reason, told_at in found.values_list(*columns)
    ]


def stands(now: datetime) -> list[Stand]:
    """How every district stands, by slug."""
    tries = _tries(now, None)
    sources = set(Source.objects.values_list("district_id", flat=True))
    held = dict(
        Sync.objects.filter(hold_decision=HoldDecision.OPEN).values_list("district_id", "pk")
    )
    return [
        Stand(
            _nights(district, tries),
            district.pk in sources,
            None if district.applied_sync is None else district.applied_sync.completed_at,
            held.get(district.pk),
        )
        for district in District.objects.select_related("applied_sync").order_by("slug")
    ]


def _tries(now: datetime, district: int | None) -> Mapping[int, list[tuple[date, Try]]]:
    found = Sync.objects.filter(night__gt=(now - _BACK).date()).order_by("pk")
    if district is not None:
        found = found.filter(district=district)
    tries: dict[int, list[tuple[date, Try]]] = defaultdict(list)
    columns = ("district_id", "night", "completed_at", "may_pass", "reason", "told_at")
    for its, night, completed_at, may_pass, reason, told_at in found.values_list(*columns):
        if night is not None:
            tries[its].append((night, Try(completed_at, may_pass, reason, told_at is not None)))
    return tries


def _nights(district: District, tries: Mapping[int, list[tuple[date, Try]]]) -> Nights:
    by_night: dict[date, tuple[Try, ...]] = {}
    for night, one in tries.get(district.pk, ()):
        by_night[night] = (*by_night.get(night, ()), one)
    return Nights(district.pk, district.slug, schedule_of(district), by_night)
