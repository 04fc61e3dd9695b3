"""When the nightly syncs of a district are run, and what its specialists decide on that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from firstbell.store.errors import StoreError
from firstbell.store.models import AuditEntry, District
from firstbell.store.syncs import district_locked

#: For how long no sync has to have been completed until a roster is stale.
STALE_AFTER = timedelta(hours=48)
_DAY = 24 * 60
#: What is decided here; the web may write nothing else of a district.
_DECIDED = (
    *("starts_from", "starts_until", "ready_by", "nights_since"),
    *("paused", "paused_until", "resumed_at", "blackout"),
)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The nights of a district."""

    zone: ZoneInfo
    #: Its sync starts between these two times of day, and the roster is to be ready by the third.
    starts_from: time
    starts_until: time
    ready_by: time
    paused: bool = False
    #: The first day with a nightly sync again; None: it is resumed by hand.
    paused_until: date | None = None
    #: When it was resumed by hand last; None: never.
    resumed_at: datetime | None = None
    #: Days without a nightly sync.
    blackout: frozenset[date] = frozenset()
    #: Nights whose sync was to start earlier are not caught up with; None: there are none at all.
    since: datetime | None = None

    def is_paused_on(self, day: date) -> bool:
        """Whether there is no nightly sync for a day, until it is resumed or a day comes."""
        return self.paused and (self.paused_until is None or day < self.paused_until)


def schedule_of(district: District) -> Schedule:
    """The nights of a district."""
    return Schedule(
        zone=ZoneInfo(district.timezone),
        starts_from=district.starts_from,
        starts_until=district.starts_until,
        ready_by=district.ready_by,
        paused=district.paused,
        paused_until=district.paused_until,
        resumed_at=district.resumed_at,
        blackout=frozenset(district.blackout),
        since=district.nights_since,
    )


def schedule_set(
    *,
    district: str,
    starts_from: time | None,
    starts_until: time | None,
    ready_by: time | None,
    who: str,
) -> District:
    """Sets the times of a district's night; None: it stays as it is.

    Args:
        district: its slug.
        starts_from: when its sync may start.
        starts_until: when it must have started.
        ready_by: when the roster must be ready.
        who: does it.

    Raises:
        StoreError: They do not come in this order, or there is no such district.
    """
    with transaction.atomic():
        found = district_locked(district)
        found.starts_from = starts_from or found.starts_from
        found.starts_until = starts_until or found.starts_until
        found.ready_by = ready_by or found.ready_by
        if not is_in_order(found.starts_from, found.starts_until, found.ready_by):
            raise StoreError(
                f"a sync that starts between {found.starts_from:%H:%M} and"
                f" {found.starts_until:%H:%M} cannot be ready by {found.ready_by:%H:%M};"
                " give times that follow each other within one day"
            )
        times = {
            name: f"{getattr(found, name):%H:%M}"
            for name in ("starts_from", "starts_until", "ready_by")
        }
        return _saved(found, who, "night scheduled", times)


def pause(*, district: str, until: date | None, who: str) -> District:
    """Starts no nightly sync of a district any more.

    Args:
        district: its slug.
        until: the first day with one again; None: until it is resumed.
        who: does it.

    Raises:
        StoreError: The day has come already, or there is no such district.
    """
    with transaction.atomic():
        found = district_locked(district)
        if until is not None and until <= _today(found):
            raise StoreError(f"{until} is no day to come; give the first day with a sync again")
        found.paused, found.paused_until = True, until
        return _saved(found, who, "paused", {"until": until and until.isoformat()})


def resume(*, district: str, who: str) -> District:
    """Starts the nightly syncs of a district again; raises NoSuchDistrict when there is none."""
    with transaction.atomic():
        found = district_locked(district)
        if schedule_of(found).is_paused_on(_today(found)):
            found.resumed_at = timezone.now()
        found.paused, found.paused_until = False, None
        return _saved(found, who, "resumed", {})


def blackout(*, district: str, days: Sequence[date], remove: bool, who: str) -> District:
    """Says on which days a district has no nightly sync, beside those that were said before.

    Args:
        district: its slug.
        days: which.
        remove: whether there is one on these days after all.
        who: does it.

    Raises:
        NoSuchDistrict: There is none of that id.
    """
    with transaction.atomic():
        found = district_locked(district)
        before = set(found.blackout)
        found.blackout = sorted(before - set(days) if remove else before | set(days))
        said = {"days": [day.isoformat() for day in sorted(set(days))]}
        return _saved(found, who, "blackout removed" if remove else "blackout added", said)


def _today(district: District) -> date:
    return timezone.now().astimezone(ZoneInfo(district.timezone)).date()


def is_in_order(starts_from: time, starts_until: time, ready_by: time) -> bool:
    """Whether three times of day follow each other within a day, which may go past midnight."""
    first, last, ready = (
        moment.hour * 60 + moment.minute for moment in (starts_from, starts_until, ready_by)
    )
    return (last - first) % _DAY <= (ready - first) % _DAY


def _saved(district: District, who: str, what: str, details: Mapping[str, object]) -> District:
    """What was decided holds from the next start on: no night is caught up with because of it."""
    if district.nights_since is not None:
        district.nights_since = timezone.now()
    district.save(update_fields=_DECIDED)
    AuditEntry.objects.create(district=district, who=who, what=what, details=details)
    return district
