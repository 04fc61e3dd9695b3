"""Syncs as they are queued."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from firstbell.store.errors import NoSuchDistrict
from firstbell.store.models import District, Sync, Trigger

#: What starts syncs that judge the last feed again.
FROM_LAST_FEED = (Trigger.HOLD_APPLIED, Trigger.SCHOOL_ONBOARDED)


def district_of(slug: str) -> District:
    """The district of an id; raises NoSuchDistrict when there is none."""
    found = District.objects.filter(slug=slug).first()
    if found is None:
        raise NoSuchDistrict(slug)
    return found


def district_locked(slug: str) -> District:
    """The district of an id, which nobody else changes until the caller's transaction ends.

    Raises:
        NoSuchDistrict: There is none.
    """
    found = District.objects.select_for_update().filter(slug=slug).first()
    if found is None:
        raise NoSuchDistrict(slug)
    return found


def sync_create(
    *,
    district: District,
    trigger: Trigger,
    delivery: Path | None = None,
    as_of: date | None = None,
    night: date | None = None,
) -> Sync:
    """A sync that waits to be run.

    Args:
        district: whose.
        trigger: what it was started by.
        delivery: the folder or archive; None: what the source delivers.
        as_of: the day to judge by; None: the day in the district when it is run.
        night: the day whose first bell it is for; None: it is no nightly one.
    """
    path = None if delivery is None else str(delivery.absolute())
    return Sync.objects.create(
        district=district, trigger=trigger, delivery=path, as_of=as_of, night=night
    )


def sync_reads(sync: Sync, source: Mapping[str, str] | None) -> None:
    """Records what source a sync reads that has not ended; None: a person has named its delivery."""
    sync.read_from = None if source is None else dict(source)
    Sync.objects.filter(pk=sync.pk, completed_at=None).update(read_from=sync.read_from)


def judges_last_feed(sync: Sync) -> bool:
    """Whether a sync judges the last feed again, instead of what is delivered."""
    return sync.delivery is None and sync.trigger in FROM_LAST_FEED
