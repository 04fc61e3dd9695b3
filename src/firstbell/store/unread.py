"""Deliveries that were to be read and were not, in the order in which they came.

Changes (delta) in them are missing in the feed, so that later changes do not fit onto it. What a sync
means §2.
"""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import QuerySet

from firstbell.feed.refusal import Reason
from firstbell.store.attempts import attempt_check
from firstbell.store.models import District, Sync, UnreadDelivery
from firstbell.store.policies import today_in

#: There is nothing that could be read.
_NOTHING = (Reason.PATH_MISSING, Reason.NOT_A_DELIVERY, Reason.NO_FILES)


def unread_of(district: District, day: date) -> list[tuple[str | None, list[str]]]:
    """The deliveries of a district that were not read since its last feed.

    Args:
        district: whose.
        day: for whose first bell it is asked: a delivery that was not whole then, or could not be
            opened, is the one that is there now.

    Returns:
        of each the digest of its files, None where it is not known, and the tables that it may have
        changes of.
    """
    unread = UnreadDelivery.objects.filter(district=district).exclude(digest=None, day=day)
    return list(unread.order_by("pk").values_list("digest", "tables"))


def first_bell_of(sync: Sync) -> date:
    """The day for whose first bell a sync is."""
    return sync.night or sync.as_of or today_in(sync.district, sync.queued_at)


def delivery_begins(sync: Sync, tables: Iterable[str]) -> None:
    """Records that a sync is about to open a delivery.

    Args:
        sync: which is running.
        tables: those that it may have changes of.

    Raises:
        Overtaken: The sync has ended, or was begun anew by another process; so do the others.
    """
    with transaction.atomic():
        attempt_check(sync)
        UnreadDelivery.objects.create(
            district=sync.district,
            sync_id=sync.pk,
            attempt=sync.attempts,
            day=first_bell_of(sync),
            tables=sorted(tables),
        )


def delivery_opened(sync: Sync, digest: str, changes: Iterable[str]) -> None:
    """Records what a sync is about to read; one that was not read before keeps its place.

    Args:
        sync: which is running.
        digest: of the delivery's files.
        changes: tables that it has changes of.
    """
    tables = sorted(changes)
    with transaction.atomic():
        attempt_check(sync)
        known = UnreadDelivery.objects.filter(district=sync.district, digest=digest).exists()
        own = _of_attempt(sync).filter(digest=None)
        if tables and not known:
            own.update(digest=digest, tables=tables)
        else:
            own.delete()


def delivery_refused(sync: Sync, reason: Reason) -> None:
    """Records why the delivery of a sync is not read: it may be no loss, or be whole a little later."""
    with transaction.atomic():
        attempt_check(sync)
        if reason in _NOTHING:
            _of_attempt(sync).delete()
        elif reason.retry:
            _of_attempt(sync).update(digest=None)


def delivery_read(sync: Sync, digest: str) -> None:
    """Forgets what was not read up to this delivery, in the caller's transaction.

    Args:
        sync: which has read it.
        digest: of the delivery's files. It may be one that was sent again: those behind it are still
            to come.
    """
    unread = UnreadDelivery.objects.filter(district=sync.district)
    again = unread.filter(digest=digest).order_by("pk").first()
    (unread.filter(pk__lte=again.pk) if again else unread).delete()


def _of_attempt(sync: Sync) -> QuerySet[UnreadDelivery]:
    return UnreadDelivery.objects.filter(sync_id=sync.pk, attempt=sync.attempts)
