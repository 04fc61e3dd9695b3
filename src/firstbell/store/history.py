"""The syncs of a district as its people see them. What a sync means §10."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db.models import F, Q

from firstbell.store.artefacts import folder_of
from firstbell.store.models import Sync, SyncStatus, Trigger
from firstbell.store.scope import DistrictSeen

_UNFINISHED = (SyncStatus.RUNNING, SyncStatus.QUEUED)
#: The default: today and the 29 days before.
_DAYS = timedelta(days=29)


@dataclass(frozen=True, slots=True)
class Days:
    """From one day to another in a district's time zone, both included."""

    since: date
    until: date

    @classmethod
    def before(cls, until: date) -> "Days":
        """A day and the 29 before it."""
        return cls(until - _DAYS, until)

    def within(self, timezone: str) -> tuple[datetime, datetime]:
        """Their first moment, and the first moment after them."""
        zone = ZoneInfo(timezone)
        after = self.until + timedelta(days=1)
        return (
            datetime.combine(self.since, time(), zone),
            datetime.combine(after, time(), zone),
        )


@dataclass(frozen=True, slots=True)
class SyncRow:
    """A sync in the list of them."""

    pk: int
    status: SyncStatus
    trigger: Trigger
    queued_at: datetime
    #: None: it waits.
    started_at: datetime | None
    #: None: it has not ended.
    completed_at: datetime | None
    #: Why it failed, in one sentence without a full stop.
    reason: str | None
    #: File names, in the order in which people look at them; None: they are no longer kept.
    reports: tuple[str, ...] | None

    @property
    def is_unfinished(self) -> bool:
        """Whether it waits or runs."""
        return self.status in _UNFINISHED


def syncs_of(district: DistrictSeen, days: Days, *, unfinished: bool, most: int) -> list[SyncRow]:
    """The syncs of a district that ended on some days, the newest first.

    Args:
        district: whose.
        days: on which they ended.
        unfinished: whether those that have not ended come first.
        most: how many at most.
    """
    since, after = days.within(district.timezone)
    shown = Q(completed_at__gte=since, completed_at__lt=after)
    if unfinished:
        shown |= Q(completed_at=None)
    rows = Sync.objects.filter(shown, district_id=district.pk).order_by(
        F("completed_at").desc(nulls_first=True), F("started_at").asc(nulls_last=True), "-pk"
    )
    return [_row(*row) for row in rows.values_list(*_COLUMNS)[:most]]


_COLUMNS = (
    "pk",
    "status",
    "trigger",
    "queued_at",
    "started_at",
    "completed_at",
    "reason",
    "reports",
)


def has_synced(district: DistrictSeen) -> bool:
    """Whether there is any sync of a district."""
    return Sync.objects.filter(district_id=district.pk).exists()


def report_of(district: DistrictSeen, sync: int, name: str) -> Path | None:
    """The file of a report.

    Args:
        district: whose.
        sync: the id of the sync.
        name: the file's name.

    Returns:
        The file, which may have gone from the storage; None when the district has no such sync, or
        it no such report.
    """
    found = Sync.objects.filter(district_id=district.pk, pk=sync)
    row = found.only("district_id", "attempts", "reports").first()
    if row is None or name not in (row.reports or ()):
        return None
    return folder_of(row) / "reports" / name


def _row(
    pk: int,
    status: str,
    trigger: str,
    queued_at: datetime,
    started_at: datetime | None,
    completed_at: datetime | None,
    reason: str | None,
    reports: Sequence[str] | None,
) -> SyncRow:
    return SyncRow(
        pk=pk,
        status=SyncStatus(status),
        trigger=Trigger(trigger),
        queued_at=queued_at,
        started_at=started_at,
        completed_at=completed_at,
        reason=reason,
        reports=None if reports is None else tuple(reports),
    )
