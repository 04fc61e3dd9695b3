"""What the clock finds that people are to be told: rosters that are late, and that are stale."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction

from firstbell.jobs.night import Night, is_given_up, is_left_out, last_night
from firstbell.jobs.readiness import is_done, is_stale
from firstbell.store.models import About, Sync
from firstbell.store.news import forget_stale, queue_news, told_stale
from firstbell.store.nights import Stand, Try, stands


def notice(now: datetime) -> None:
    """Queues news of the rosters that will not be ready in time, are late, or are stale; each once.

    A sync that failed for a reason that may pass is news when it is not tried again.
    """
    if not settings.FIRSTBELL_MAIL:
        return
    with_source = [stand for stand in stands(now) if stand.has_source]
    for stand in with_source:
        night = last_night(stand.nights.schedule, now, stand.nights.district)
        if _is_news(stand, night, now):
            _queue_news_of(stand, night)
    _notice_stale(with_source, now)


def _is_news(stand: Stand, night: Night, now: datetime) -> bool:
    if is_left_out(stand.nights.schedule, night) or is_done(stand, night):
        return False
    tries = _tries(stand, night)
    return not any(one.told for one in tries) and (
        now >= night.ready_by or is_given_up(tries, night)
    )


def _queue_news_of(stand: Stand, night: Night) -> None:
    """Queues news of the newest sync of a night; there is one as soon as it could be queued."""
    syncs = Sync.objects.filter(district=stand.nights.district, night=night.day)
    newest = syncs.order_by("-pk").first()
    if newest is None:
        return
    with transaction.atomic():
        # Who holds it is just ending it: the next tick looks again.
        free = Sync.objects.select_for_update(skip_locked=True).filter(pk=newest.pk).first()
        if free is not None and free.completed_at is not None:
            queue_news(free)
        elif free is not None and not any(one.told_late for one in _tries(stand, night)):
            queue_news(free, About.LATE)


def _tries(stand: Stand, night: Night) -> Sequence[Try]:
    return stand.nights.tries.get(night.day, ())


def _notice_stale(among: Sequence[Stand], now: datetime) -> None:
    stale: set[int] = set()
    fresh: set[int] = set()
    for stand in among:
        if stand.applied is not None:
            is_it = is_stale(stand.applied_at, stand.nights.schedule, now)
            (stale if is_it else fresh).add(stand.applied)
    told = told_stale()
    if fresh & told:
        forget_stale(fresh & told)
    for sync in Sync.objects.filter(pk__in=stale - told):
        queue_news(sync, About.STALE)
