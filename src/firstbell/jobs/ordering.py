"""What the pure part of a sync is asked for, from how its district stands."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from django.conf import settings

from firstbell.engine.policy import GuardLimits
from firstbell.feed.last import LastFeed
from firstbell.reports.order import Deltas, Order
from firstbell.store.artefacts import folder_of
from firstbell.store.models import District, Sync
from firstbell.store.policies import policy_of
from firstbell.store.unread import unread_of


def order_of(
    district: District,
    delivery: Path | None,
    day: date,
    guard: GuardLimits | None,
    out: Path,
    applied: Path | None,
    read_from: Mapping[str, str] | None = None,
) -> Order:
    """What is to be computed, but for the sync's id and what was not read before it.

    Args:
        district: whose.
        delivery: the folder or archive; None: the last feed is judged again.
        day: to judge by.
        guard: the guard's limits; None when a person lets the sync through.
        out: an empty folder of ours for what comes of it.
        applied: the folder of the roster as applied; None: nothing ever was.
        read_from: the source of the delivery; None: none that is known.
    """
    last, applied_by = None, district.applied_sync
    if district.last_feed is not None and not _is_of_another(district.last_feed, read_from):
        folder = folder_of(district.last_feed) / "feed"
        last = LastFeed(folder, frozenset(district.lost_changes))
    return Order(
        sync=None,
        delivery=delivery,
        policy=policy_of(district, day, settings.FIRSTBELL_PRODUCT),
        last=last,
        applied=applied,
        guard=guard,
        out=out,
        problems=applied_by.problems if applied_by else "",
        before=folder_of(applied_by) if applied_by else None,
    )


def unread_in(district: District, day: date) -> tuple[Deltas, ...]:
    """The deliveries that were not read since the last feed, as of a day, in order."""
    return tuple(Deltas(digest, frozenset(tables)) for digest, tables in unread_of(district, day))


def _is_of_another(feed: Sync, read_from: Mapping[str, str] | None) -> bool:
    """Whether the rows of a feed are not those that a delivery's changes, or missing files, belong to."""
    return bool(feed.read_from and read_from and feed.read_from != read_from)
