"""What is known of the nights of all districts: their schedules, and what has been tried."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from firstbell.store.models import UPLOAD, About, District, HoldDecision, News, Source, Sync
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
    #: The people of its district were told how it ended.
    told: bool = False
    #: They were told that it is late.
    told_late: bool = False


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
    #: Whether there is a source that is read each night.
    has_source: bool
    #: Whether its people upload its files instead.
    takes_uploads: bool
    #: The last sync that was applied; None: there was none.
    applied: int | None
    #: When that ended; None: there was none.
    applied_at: datetime | None
    #: The sync on which somebody has to decide; None: none.
    held: int | None


def nights_of_sources(now: datetime, district: int | None = None) -> list[Nights]:
    """The nights of the districts with a source that is read each night.

    Args:
        now: the moment.
        district: only this one; None: all.
    """
    with_source = District.objects.filter(pk__in=_read_nightly())
    if district is not None:
        with_source = with_source.filter(pk=district)
    tries = _tries(now, district)
    return [_nights(found, tries) for found in with_source]


def tries_of(district: int, night: date) -> list[Try]:
    """The syncs of one night of a district, in the order in which they were queued.

    Whether its people were told of them is not asked for.
    """
    found = Sync.objects.filter(district=district, night=night).order_by("pk")
    return [Try(*row) for row in found.values_list("completed_at", "may_pass", "reason")]


def stands(now: datetime) -> list[Stand]:
    """How every district stands, by slug."""
    tries = _tries(now, None)
    kinds = dict(Source.objects.values_list("district_id", "kind"))
    held = dict(
        Sync.objects.filter(hold_decision=HoldDecision.OPEN).values_list("district_id", "pk")
    )
    return [
        Stand(
            _nights(district, tries),
            kinds.get(district.pk) not in (None, UPLOAD),
            kinds.get(district.pk) == UPLOAD,
            district.applied_sync_id,
            None if district.applied_sync is None else district.applied_sync.completed_at,
            held.get(district.pk),
        )
        for district in District.objects.select_related("applied_sync").order_by("slug")
    ]


def _read_nightly() -> QuerySet[Source, int]:
    """The ids of the districts with such a source."""
    return Source.objects.exclude(kind=UPLOAD).values_list("district_id", flat=True)


def _tries(now: datetime, district: int | None) -> Mapping[int, list[tuple[date, Try]]]:
    found = Sync.objects.filter(night__gt=(now - _BACK).date()).order_by("pk")
    if district is not None:
        found = found.filter(district=district)
    tries: dict[int, list[tuple[date, Try]]] = defaultdict(list)
    told = set(News.objects.filter(sync__in=found).values_list("sync_id", "about"))
    columns = ("pk", "district_id", "night", "completed_at", "may_pass", "reason")
    for pk, its, night, completed_at, may_pass, reason in found.values_list(*columns):
        if night is not None:
            one = Try(
                completed_at, may_pass, reason, (pk, About.ENDED) in told, (pk, About.LATE) in told
            )
            tries[its].append((night, one))
    return tries


def _nights(district: District, tries: Mapping[int, list[tuple[date, Try]]]) -> Nights:
    by_night: dict[date, tuple[Try, ...]] = {}
    for night, one in tries.get(district.pk, ()):
        by_night[night] = (*by_night.get(night, ()), one)
    return Nights(district.pk, district.slug, schedule_of(district), by_night)
