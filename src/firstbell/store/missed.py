"""Deliveries that could not be read: changes in them are lost to those that come after.

What a sync means §2.
"""

from collections.abc import Iterable
from datetime import date

from firstbell.store.models import District, Sync, SyncStatus


def delivery_opened(sync: Sync, digest: str | None, changes: Iterable[str]) -> None:
    """Records what a running sync is about to read: if it fails, that is lost.

    Args:
        sync: which is running.
        digest: of the delivery's files; None: not known.
        changes: tables that it brings changes (delta) of.
    """
    newest = Sync.objects.filter(pk=sync.pk, status=SyncStatus.RUNNING, attempts=sync.attempts)
    newest.update(digest=digest, change_files=sorted(changes))


def missed_deliveries(district: District, night: date | None) -> list[tuple[str | None, list[str]]]:
    """The deliveries with changes that were not read since the last one that was.

    Args:
        district: whose.
        night: that of the sync that asks: what failed in the same night is read again by it; None:
            it is no nightly one.

    Returns:
        the digest of the files, None where it is not known, and the tables it has changes of.
    """
    failed = Sync.objects.filter(district=district, status=SyncStatus.FAILED)
    if district.last_feed is not None:
        failed = failed.filter(completed_at__gt=district.last_feed.completed_at)
    if night is not None:
        failed = failed.exclude(night=night)
    return list(failed.exclude(change_files=[]).values_list("digest", "change_files"))
