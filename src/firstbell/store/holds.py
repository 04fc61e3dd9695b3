"""What a person decides on what the guard held back or refused. What a sync means §6."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from firstbell.store.errors import StoreError
from firstbell.store.models import AuditEntry, District, HoldDecision, Sync, SyncStatus, Trigger
from firstbell.store.syncs import district_locked


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold on which nobody has decided yet."""

    sync: int
    as_of: date
    #: Why everything was refused; None when only removals are held.
    refused: str | None
    #: How many removals are held, by table.
    removals: dict[str, int]
    #: A specialist decides: what is held is the first sync from another source.
    is_review: bool = False
    #: The source that was read, as in `Sync`.
    read_from: dict[str, str] | None = None


def open_hold(district: District) -> Hold:
    """The hold of a district's newest sync; raises StoreError when there is none to decide on."""
    sync = _newest(district)
    if sync is None or sync.hold_decision != HoldDecision.OPEN or sync.as_of is None:
        raise StoreError(
            f"nothing of district {district.slug} is held; its newest sync held nothing back, or"
            " somebody has decided"
        )
    refused = sync.reason if sync.status == SyncStatus.FAILED else None
    return Hold(sync.pk, sync.as_of, refused, sync.held or {}, sync.is_review, sync.read_from)


def hold_dismiss(*, district: str, reason: str, who: str, sync: int | None = None) -> Hold:
    """Ends a hold: nothing changes.

    Args:
        district: its slug.
        reason: why, in the words of who decides.
        who: decides.
        sync: the one that was shown; None: whichever is held now.

    Raises:
        StoreError: There is nothing to decide on.
    """
    with transaction.atomic():
        found, hold = _locked(district, sync)
        Sync.objects.filter(pk=hold.sync).update(
            hold_decision=HoldDecision.DISMISSED, **_decided(reason, who)
        )
        _record(found, who, "hold dismissed", hold, reason)
    return hold


def hold_apply(*, district: str, reason: str, who: str, sync: int | None = None) -> Sync:
    """Queues the sync that applies what was held; it runs from the feed that was read.

    It judges by the day of the held sync: what is applied is what was shown.

    Args:
        district: its slug.
        reason: why, in the words of who decides.
        who: decides.
        sync: the one that was shown; None: whichever is held now.

    Raises:
        StoreError: There is nothing to decide on.
    """
    with transaction.atomic():
        found, hold = _locked(district, sync)
        Sync.objects.filter(pk=hold.sync).update(**_decided(reason, who))
        _record(found, who, "hold applied", hold, reason)
        return Sync.objects.create(
            district=found,
            trigger=Trigger.HOLD_APPLIED,
            as_of=hold.as_of,
            from_feed_of_id=hold.sync,
            read_from=hold.read_from,
        )


def _locked(slug: str, sync: int | None) -> tuple[District, Hold]:
    found = district_locked(slug)
    hold = open_hold(found)
    if sync not in (None, hold.sync):
        raise StoreError(f"sync {hold.sync} has held something meanwhile; look at it first")
    return found, hold


def _newest(district: District) -> Sync | None:
    return Sync.objects.filter(district=district).order_by("-pk").first()


def _decided(reason: str, who: str) -> dict[str, object]:
    return {"hold_decided_at": timezone.now(), "hold_decided_by": who, "hold_reason": reason}


def _record(district: District, who: str, what: str, hold: Hold, reason: str) -> None:
    district.version = F("version") + 1
    district.save(update_fields=["version"])
    AuditEntry.objects.create(
        district=district, who=who, what=what, details={"sync": hold.sync, "reason": reason}
    )
