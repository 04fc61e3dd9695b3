"""The syncs of a district as its people see them. What a sync means §10."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet

from firstbell.store.artefacts import folder_of
from firstbell.store.models import HoldDecision, Sync, SyncStatus, Trigger
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
    #: Findings by severity; None: not known.
    findings: Mapping[str, int] | None
    #: How many causes there were to fix, `total`, and how many of them were `new`; None: not known.
    causes: Mapping[str, int] | None
    #: What was decided on what the guard held back; None: it held nothing.
    hold: HoldDecision | None
    #: What is being done, see `reports.order.Step`; None: it does not run.
    step: str | None = None
    #: Of what kind the source is that it reads; None: a person has named its delivery.
    source: str | None = None

    @property
    def is_unfinished(self) -> bool:
        """Whether it waits or runs."""
        return self.status in _UNFINISHED


def syncs_of(
    district: DistrictSeen,
    days: Days,
    *,
    unfinished: bool,
    status: SyncStatus | None = None,
    most: int,
    after_first: int = 0,
) -> list[SyncRow]:
    """The syncs of a district that ended on some days, the newest first.

    Args:
        district: whose.
        days: on which they ended.
        unfinished: whether those that have not ended come first.
        status: how they ended; None: in any way.
        most: how many at most.
        after_first: how many are left out before them.
    """
    since, after = days.within(district.timezone)
    shown = Q(completed_at__gte=since, completed_at__lt=after)
    if unfinished:
        shown |= Q(completed_at=None)
    rows = Sync.objects.filter(shown, district_id=district.pk).order_by(
        F("completed_at").desc(nulls_first=True), F("started_at").asc(nulls_last=True), "-pk"
    )
    if status is not None:
        rows = rows.filter(status=status)
    return [_row(*row) for row in rows.values_list(*_COLUMNS)[after_first : after_first + most]]


#: What a row of the list is made of, beside the id.
ROW_COLUMNS = (
    "status",
    "trigger",
    "queued_at",
    "started_at",
    "completed_at",
    "reason",
    "reports",
    "findings",
    "causes",
    "hold_decision",
    "step",
    "read_from",
)
_COLUMNS = ("pk", *ROW_COLUMNS)


@dataclass(frozen=True, slots=True)
class HoldSeen:
    """What the guard held back, and what was decided."""

    #: How many removals, by table of the feed; none when the whole delivery was refused.
    removals: Mapping[str, int]
    decision: HoldDecision
    decided_at: datetime | None
    decided_by: str | None
    reason: str | None
    #: Whether somebody can still decide: no newer sync has begun.
    is_open: bool
    #: A specialist decides: it is the first sync from another source.
    is_review: bool = False


@dataclass(frozen=True, slots=True)
class SyncSeen:
    """A sync on a page of its own."""

    row: SyncRow
    #: What to do about it when it failed, in plain sentences; empty when nothing is known.
    solution: str
    #: It failed for a reason that may pass by itself, and is tried again.
    may_pass: bool
    as_of: date | None
    #: Of OneRoster.
    version: str | None
    #: Records by table of the feed and outcome, empty when nothing was read or it is not kept.
    tables: Mapping[str, Mapping[str, int]]
    #: How many findings there are, by severity and by rule.
    findings: Mapping[str, int]
    codes: Mapping[str, int]
    #: Objects created, updated, deactivated and reactivated, by table.
    changes: Mapping[str, Mapping[str, int]]
    #: What the guard held back; None when nothing.
    hold: HoldSeen | None
    #: With what came of it; it may have gone.
    folder: Path
    #: The day whose first bell it was for; None: it was no nightly one.
    night: date | None
    #: What each file brought when it failed, see `feed.delivered`; none when that is not known.
    delivered: Sequence[Mapping[str, Any]]
    #: The kind of source that it read; None: a person has named the delivery.
    source: str | None
    #: What it took to fetch it, by part, see `sources.source.Fetched`; none when it was there.
    fetched: Sequence[Mapping[str, Any]]
    #: The syncs of the district that ended before and after it, by number; if they were asked for.
    earlier: SyncRow | None
    later: SyncRow | None
    #: The sync that was applied last before it; None when none was.
    applied: SyncRow | None


def sync_of(district: DistrictSeen, pk: int, *, alone: bool = False) -> SyncSeen | None:
    """A sync of a district; None when the district has none of that number.

    Args:
        district: whose.
        pk: its number.
        alone: the syncs beside it are not asked for.
    """
    syncs = Sync.objects.filter(district_id=district.pk)
    sync = syncs.filter(pk=pk).first()
    if sync is None:
        return None
    ended = syncs.exclude(completed_at=None)
    applied = ended.filter(
        pk__lt=pk, status__in=(SyncStatus.COMPLETED, SyncStatus.WITH_ERRORS)
    ).order_by("-pk")
    return SyncSeen(
        row=row_of(sync),
        solution=sync.solution or "",
        may_pass=sync.may_pass,
        as_of=sync.as_of,
        version=sync.version,
        tables=sync.tables or {},
        findings=sync.findings or {},
        codes=sync.codes or {},
        changes=sync.changes or {},
        hold=_hold(sync, is_newest=not syncs.filter(pk__gt=pk).exists()),
        folder=folder_of(sync),
        night=sync.night,
        delivered=sync.delivered or (),
        source=(sync.read_from or {}).get("kind"),
        fetched=sync.fetched or (),
        earlier=None if alone else first_row(ended.filter(pk__lt=pk).order_by("-pk")),
        later=None if alone else first_row(ended.filter(pk__gt=pk).order_by("pk")),
        applied=None if alone else first_row(applied),
    )


def _hold(sync: Sync, *, is_newest: bool) -> HoldSeen | None:
    if sync.hold_decision is None:
        return None
    decision = HoldDecision(sync.hold_decision)
    return HoldSeen(
        removals=sync.held or {},
        decision=decision,
        decided_at=sync.hold_decided_at,
        decided_by=sync.hold_decided_by,
        reason=sync.hold_reason,
        is_open=decision == HoldDecision.OPEN and is_newest,
        is_review=sync.is_review,
    )


def row_of(sync: Sync) -> SyncRow:
    """A sync as the list of them has it."""
    return _row(*(getattr(sync, column) for column in _COLUMNS))


def first_row(syncs: QuerySet[Sync]) -> SyncRow | None:
    """The first of some syncs; None when there are none."""
    row = syncs.values_list(*_COLUMNS).first()
    return None if row is None else _row(*row)


def has_synced(district: DistrictSeen) -> bool:
    """Whether there is any sync of a district."""
    return Sync.objects.filter(district_id=district.pk).exists()


def sync_row(district: DistrictSeen, pk: int) -> SyncRow | None:
    """A sync as the list of them has it; None when the district has none of that number."""
    return first_row(Sync.objects.filter(district_id=district.pk, pk=pk))


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
    findings: Mapping[str, int] | None,
    causes: Mapping[str, int] | None,
    hold: str | None,
    step: str | None,
    read_from: Mapping[str, str] | None,
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
        findings=findings,
        causes=causes,
        hold=None if hold is None else HoldDecision(hold),
        step=step,
        source=read_from["kind"] if read_from else None,
    )
