"""Checks as they are queued, begun and ended. They change nothing of a district."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from firstbell.store.ending import NUL_KEPT_AS
from firstbell.store.errors import StoreError
from firstbell.store.models import Check, Sync, SyncStatus
from firstbell.store.policies import today_in
from firstbell.store.retention import remove_upload
from firstbell.store.sources import SourceKept, kept_of, takes_uploads

#: For how long checked files may still be synced: over a weekend.
KEPT_FOR = timedelta(days=3)
_NOT_ENDED = (SyncStatus.QUEUED, SyncStatus.RUNNING)
_GONE = "these files are no longer kept; upload them again"


@dataclass(frozen=True, slots=True)
class CheckEnded:
    """What a check came to."""

    status: str
    #: Why a sync of the files would fail, and what to do about it; None when it would not.
    reason: str | None = None
    solution: str | None = None
    version: str | None = None
    #: As those of `store.ending.Ended`.
    tables: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    findings: Mapping[str, int] = field(default_factory=lambda: {"failure": 0, "warning": 0})
    codes: Mapping[str, int] = field(default_factory=dict)
    causes: Mapping[str, int] = field(default_factory=dict)
    changes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    reports: tuple[str, ...] = ()
    held: Mapping[str, int] | None = None
    #: Whether there is anything in the files that could be synced.
    can_be_synced: bool = False


def check_create(
    *, district: int, delivery: Path | None, who: str, tried: SourceKept | None = None
) -> Check:
    """A check that waits to be run.

    Args:
        district: its id.
        delivery: the folder or archive, one of ours; it is removed when nobody needs it any more.
            None: what the source delivers.
        who: asks for it.
        tried: the source to read in place of the district's.
    """
    path = None if delivery is None else str(delivery.absolute())
    return Check.objects.create(
        district_id=district,
        delivery=path,
        from_source=path is None,
        who=who,
        tried=tried and {"kind": tried.kind, "settings": tried.row},
    )


def tried_by(check: Check) -> SourceKept | None:
    """The source that a check reads in place of the district's; None: it reads that."""
    return None if check.tried is None else kept_of(check.tried["kind"], check.tried["settings"])


def check_of_source(district: int) -> Check | None:
    """The check of what a district's source delivers that has not ended; None: there is none."""
    waiting = Check.objects.filter(district_id=district, from_source=True, completed_at=None)
    return waiting.filter(tried__isnull=True).first()


def check_begin(pk: int) -> tuple[Check, Path | None, date] | None:
    """Begins the next attempt at a check.

    Returns:
        The check, what it reads, None being what the source delivers, and the day to judge by; None
        when it has ended.
    """
    with transaction.atomic():
        check = Check.objects.select_for_update().select_related(None).get(pk=pk)
        is_lost = check.delivery is None and not check.from_source
        if check.status not in _NOT_ENDED or is_lost:
            return None
        now = timezone.now()
        check.status, check.started_at = SyncStatus.RUNNING, now
        check.as_of = day = check.as_of or today_in(check.district, now)
        check.attempts += 1
        check.save()
    return check, Path(check.delivery) if check.delivery else None, day


def check_end(check: Check, ended: CheckEnded) -> None:
    """Records what a check came to, unless it has ended or another process has begun it anew.

    The files are kept while they may still be synced; otherwise they are removed.
    """
    with transaction.atomic():
        mine = Check.objects.select_for_update().filter(
            pk=check.pk, status__in=_NOT_ENDED, attempts=check.attempts
        )
        now = mine.first()
        if now is None:
            return
        delivery = now.delivery
        now.status, now.completed_at = SyncStatus(ended.status), timezone.now()
        now.reason = ended.reason and ended.reason.replace("\0", NUL_KEPT_AS)
        now.solution, now.version = ended.solution, ended.version
        now.tables, now.findings, now.codes = ended.tables, ended.findings, ended.codes
        now.causes, now.changes = ended.causes, ended.changes
        now.reports, now.held = list(ended.reports), ended.held
        if tried := tried_by(now):
            now.tried = {"kind": tried.kind, "settings": dict(tried.settings)}
        if ended.can_be_synced and not now.from_source and takes_uploads(now.district_id):
            now.kept_until = now.completed_at + KEPT_FOR
        else:
            now.delivery = None
        now.save()
    if delivery and now.delivery is None:
        remove_upload(Path(delivery))


def check_hand_over(*, district: int, check: int) -> tuple[Check, Path]:
    """Takes the files of a check for a sync, in the caller's transaction.

    Args:
        district: whose, by id.
        check: its number.

    Raises:
        StoreError: They are no longer kept, or somebody else was quicker.
    """
    found = Check.objects.select_for_update().filter(pk=check, district_id=district).first()
    if (
        found is None
        or found.delivery is None
        or found.kept_until is None
        or found.kept_until <= timezone.now()
    ):
        raise StoreError(_GONE)
    delivery, found.delivery = Path(found.delivery), None
    return found, delivery


def check_handed_over(check: Check, sync: Sync) -> None:
    """Records which sync has the files of a check, in the caller's transaction."""
    check.synced = sync
    check.save(update_fields=["delivery", "synced"])
