"""Attempts at a sync: only the newest may write, and only while the sync has not ended.

A process may be stopped for hours and go on as if nothing had been, while another has run its sync.
What it computed is then of no use, and its writes all begin by asking here.
"""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from firstbell.store.errors import StoreError
from firstbell.store.models import District, Sync, SyncStatus
from firstbell.store.policies import today_in

_NOT_ENDED = (SyncStatus.QUEUED, SyncStatus.RUNNING)


class Overtaken(StoreError):
    """The sync has ended, or another process has begun it anew: it is not this one's any more."""

    def __init__(self, sync: int) -> None:
        """Names the sync."""
        super().__init__(
            f"sync {sync} has ended already, or another process has taken it over; this one has"
            " applied nothing"
        )


class Moved(Exception):
    """The district has changed since the sync was computed: nothing is written."""


def attempt_begin(sync: Sync) -> None:
    """Begins the next attempt at a sync.

    Args:
        sync: queued, or running when the process that began it has died; it is read afresh.

    Raises:
        Overtaken: It has ended.
    """
    with transaction.atomic():
        Sync.objects.select_for_update().get(pk=sync.pk)
        sync.refresh_from_db()
        if sync.status not in _NOT_ENDED:
            raise Overtaken(sync.pk)
        now = timezone.now()
        sync.status, sync.started_at = SyncStatus.RUNNING, now
        sync.as_of = sync.as_of or today_in(sync.district, now)
        sync.attempts += 1
        sync.fetched = None
        sync.save()


def attempt_is_at(sync: Sync, step: str) -> None:
    """Tells who looks what is being done; nothing when another process has the sync by now."""
    its_row = Sync.objects.filter(pk=sync.pk, status=SyncStatus.RUNNING, attempts=sync.attempts)
    its_row.update(step=step)


def attempt_fetched(sync: Sync, part: Mapping[str, object]) -> None:
    """Keeps what it took to fetch a part of the delivery."""
    sync.fetched = [*(sync.fetched or ()), part]
    its_row = Sync.objects.filter(pk=sync.pk, attempts=sync.attempts)
    its_row.update(fetched=sync.fetched)


def attempt_check(sync: Sync) -> None:
    """Keeps the attempt the newest until the caller's transaction ends.

    Raises:
        Overtaken: It is not the newest, or the sync has ended.
    """
    its_row = Sync.objects.select_for_update().filter(
        pk=sync.pk, status__in=_NOT_ENDED, attempts=sync.attempts
    )
    if its_row.first() is None:
        raise Overtaken(sync.pk)


def district_lock(sync: Sync, then: District) -> District:
    """The district as it is now, which nobody else changes until the caller's transaction ends.

    Args:
        sync: which is running.
        then: its district when the state that the sync was computed from was read.

    Raises:
        Moved: The district is another one by now.
        Overtaken: As `attempt_check` says.
    """
    now = District.objects.select_for_update().get(pk=then.pk)
    attempt_check(sync)
    if _state(now) != _state(then):
        raise Moved
    return now


def _state(district: District) -> tuple[object, ...]:
    """What a sync is computed from; a feed moves on also when the guard refuses it."""
    return district.version, district.last_feed_id, district.lost_changes
