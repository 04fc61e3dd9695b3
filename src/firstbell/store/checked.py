"""The checks of a district as its people see them; they are no syncs, and in no list of those."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.utils import timezone

from firstbell.store.artefacts import folder_of_check
from firstbell.store.history import SyncRow, SyncSeen
from firstbell.store.models import Check, Sync, SyncStatus, Trigger
from firstbell.store.scope import DistrictSeen


@dataclass(frozen=True, slots=True)
class CheckSeen:
    """A check on a page of its own."""

    #: As a sync of the same files would be told.
    seen: SyncSeen
    who: str
    #: It read what the source delivers; the files of all others were uploaded.
    from_source: bool
    #: The kind of the source that it read, which was not saved then; None: it read no such source.
    tried: str | None
    #: Removals that a sync would hold back; none where it would refuse all, None when nothing is.
    held: Mapping[str, int] | None
    #: Until when the files may still be synced; None: they may not.
    kept_until: datetime | None
    #: The sync that was asked for of the same files.
    synced: int | None


@dataclass(frozen=True, slots=True)
class CheckRow:
    """A check in the list of them."""

    row: SyncRow
    who: str
    synced: int | None
    from_source: bool


@dataclass(frozen=True, slots=True)
class UploadRow:
    """Files that were handed over, and what was done with them."""

    #: The number of the check, or of the sync.
    pk: int
    is_check: bool
    status: SyncStatus
    #: When it ended, was begun, or was asked for.
    at: datetime


def checks_of(district: DistrictSeen, *, most: int, after_first: int = 0) -> list[CheckRow]:
    """The checks of a district, the newest first.

    Args:
        district: whose.
        most: how many at most.
        after_first: how many are left out before them.
    """
    checks = Check.objects.filter(district_id=district.pk).order_by("-pk")
    return [
        CheckRow(_row(check), check.who, check.synced_id, check.from_source)
        for check in checks[after_first : after_first + most]
    ]


def check_of(district: DistrictSeen, pk: int) -> CheckSeen | None:
    """A check of a district; None when the district has none of that number."""
    check = Check.objects.filter(district_id=district.pk, pk=pk).first()
    if check is None:
        return None
    kept = check.delivery is not None and check.kept_until and check.kept_until > timezone.now()
    return CheckSeen(
        seen=_seen(check),
        who=check.who,
        from_source=check.from_source,
        tried=check.tried["kind"] if check.tried else None,
        held=check.held,
        kept_until=check.kept_until if kept else None,
        synced=check.synced_id,
    )


def check_report_of(district: DistrictSeen, check: int, name: str) -> Path | None:
    """The file of a check's report.

    Args:
        district: whose.
        check: the number of the check.
        name: the file's name.

    Returns:
        The file, which may have gone from the storage; None when the district has no such check, or
        it no such report.
    """
    found = Check.objects.filter(district_id=district.pk, pk=check)
    row = found.only("district_id", "attempts", "reports").first()
    if row is None or name not in (row.reports or ()):
        return None
    return folder_of_check(row) / "reports" / name


def uploads_of(district: DistrictSeen, *, most: int) -> list[UploadRow]:
    """What was uploaded last, the newest first: to be checked, and to be synced.

    Args:
        district: whose.
        most: how many at most.
    """
    columns = ("pk", "status", "completed_at", "started_at", "queued_at")
    checks = Check.objects.filter(district_id=district.pk, from_source=False)
    syncs = Sync.objects.filter(district_id=district.pk, trigger=Trigger.UPLOAD)
    found = [
        (queued_at, UploadRow(pk, is_check, SyncStatus(status), ended or started or queued_at))
        for is_check, rows in ((True, checks), (False, syncs))
        for pk, status, ended, started, queued_at in rows.order_by("-pk").values_list(*columns)[
            :most
        ]
    ]
    found.sort(key=lambda one: one[0], reverse=True)
    return [row for _, row in found[:most]]


def _seen(check: Check) -> SyncSeen:
    return SyncSeen(
        row=_row(check),
        solution=check.solution or "",
        may_pass=False,
        as_of=check.as_of,
        version=check.version,
        tables=check.tables or {},
        findings=check.findings or {},
        codes=check.codes or {},
        changes=check.changes or {},
        hold=None,
        folder=folder_of_check(check),
        night=None,
        source=None,
        fetched=(),
        delivered=(),
        earlier=None,
        later=None,
        applied=None,
    )


def _row(check: Check) -> SyncRow:
    return SyncRow(
        pk=check.pk,
        status=SyncStatus(check.status),
        trigger=Trigger.UPLOAD,
        queued_at=check.queued_at,
        started_at=check.started_at,
        completed_at=check.completed_at,
        reason=check.reason,
        reports=None if check.reports is None else tuple(check.reports),
        findings=check.findings,
        causes=check.causes,
        hold=None,
        step=None,
    )
