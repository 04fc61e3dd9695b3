"""What the people of a district are to be told of, once."""

from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app

from firstbell.store.models import About, District, Mail, News, Sync, SyncStatus

#: The queue of what is told, and the task that tells it: `jobs.tasks` has it.
MAILS, NOTIFY = "mails", "notify"


def queue_news(sync: Sync, about: About = About.ENDED) -> None:
    """Lets the people of a sync's district be told by mail, when the caller's transaction commits.

    Nothing is queued when that was queued before, or there is no mail server.

    Args:
        sync: what it is about.
        about: what is told of it.
    """
    if not settings.FIRSTBELL_MAIL:
        return
    _, is_new = News.objects.get_or_create(sync=sync, about=about)
    if is_new:
        app.configure_task(NOTIFY, queue=MAILS).defer(sync_id=sync.pk, about=about.value)


def is_news(sync: Sync) -> bool:
    """Whether people are told at once that a sync has ended, each if they chose to be.

    One of the night that failed for a reason that may pass is not: it is tried again, and when it is
    not any more, the clock sees to it.
    """
    return sync.status != SyncStatus.FAILED or sync.night is None or not sync.may_pass


def told_stale() -> set[int]:
    """The syncs that rosters are of which people were to be told are stale."""
    applied = District.objects.exclude(applied_sync=None).values("applied_sync")
    told = News.objects.filter(about=About.STALE, sync__in=applied)
    return set(told.values_list("sync_id", flat=True))


def forget_stale(fresh: Iterable[int]) -> None:
    """Lets people be told again should rosters become stale once more.

    Args:
        fresh: syncs that they are of, of which was told that they are stale, and which are not.
    """
    with transaction.atomic():
        for told in (Mail, News):
            told.objects.filter(about=About.STALE, sync__in=fresh).delete()
