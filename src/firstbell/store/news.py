"""What the people of a district are to be told of, once."""

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from firstbell.store.models import Sync, SyncStatus

#: The queue of what is told, and the task that tells it: `jobs.tasks` has it.
MAILS, NOTIFY = "mails", "notify"


def queue_news(sync: Sync) -> None:
    """Lets the people of a sync's district be told of it by mail, when the caller's transaction commits.

    Nothing is queued when they are told already, or there is no mail server.
    """
    if not settings.FIRSTBELL_MAIL:
        return
    untold = Sync.objects.filter(pk=sync.pk, told_at=None)
    if untold.update(told_at=timezone.now()):
        app.configure_task(NOTIFY, queue=MAILS).defer(sync_id=sync.pk)


def is_news(sync: Sync) -> bool:
    """Whether a sync that has ended is told of at once.

    One of the night that failed for a reason that may pass is not: it is tried again, and when it is
    not any more, the clock sees to it.
    """
    if sync.status == SyncStatus.FAILED:
        return sync.night is None or not sync.may_pass
    return sync.held is not None
