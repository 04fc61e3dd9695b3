"""The queue: syncs that wait, and the tasks that workers run. A task fetches, calls, nothing else.

A sync's row is the truth and its job only says that somebody has to look at it: whatever becomes of
the job, `stalled` gives a sync that has not ended another one.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.retry import RetryStrategy

from firstbell.jobs.asking import look_at
from firstbell.jobs.fetching import (
    KEY_GONE,
    NO_SOURCE,
    NO_SOURCE_YET,
    TYPE_IT,
    SecretLost,
    fetched_for,
)
from firstbell.jobs.night import due_night
from firstbell.jobs.notice import notice
from firstbell.jobs.notify import NotSent, tell
from firstbell.jobs.purge import purge_once_a_day
from firstbell.jobs.run import run_sync
from firstbell.store.artefacts import remove_folder_of
from firstbell.store.attempts import Overtaken
from firstbell.store.ending import end_failed
from firstbell.store.errors import StoreError
from firstbell.store.holds import hold_apply
from firstbell.store.models import About, District, SchoolRequest, Sync, Trigger
from firstbell.store.news import MAILS, NOTIFY
from firstbell.store.nights import nights_of_sources
from firstbell.store.retention import forget_delivery
from firstbell.store.syncs import sync_create

#: The queue of syncs, and that of the tasks of each minute, which no sync may keep waiting.
SYNCS, CLOCK = "syncs", "clock"
#: The queue of single records, which somebody waits for while syncs run.
ASKED = "asked"

#: How often a sync is begun before it is given up.
_MOST_ATTEMPTS = 3
#: How long a worker that runs a job may be silent, in seconds.
_SILENCE = 30
_EACH_MINUTE, _EACH_HOUR = "* * * * *", "23 * * * *"

#: Mail that the server does not take is handed in again for about seven hours.
_MOST_MAILINGS = 20

_DIED = "the worker that ran it died each time, and it was begun three times"

_STALLED = f"""
FROM procrastinate_jobs AS j
LEFT JOIN procrastinate_workers AS w ON w.id = j.worker_id
WHERE j.status = 'doing'
    AND (w.id IS NULL OR w.last_heartbeat < now() - interval '{_SILENCE} seconds')
"""
#: News whose worker is gone is told by another: nothing else says that there is any.
_TELL_AGAIN = f"""
SELECT procrastinate_retry_job_v2(j.id, now(), NULL, NULL, NULL) {_STALLED}
    AND j.queue_name = '{MAILS}' AND j.attempts < {_MOST_MAILINGS}
"""
#: Ends the other jobs whose worker is gone: they would bar their district for ever.
_END_STALLED = f"SELECT procrastinate_finish_job_v1(j.id, 'failed', false) {_STALLED}"
#: Syncs that nobody will run: they have not ended, but their job has.
_LOST = """
SELECT s.id
FROM syncs AS s
LEFT JOIN procrastinate_jobs AS j ON j.id = s.job AND j.status IN ('todo', 'doing')
WHERE s.completed_at IS NULL AND s.job IS NOT NULL AND j.id IS NULL
ORDER BY s.id
"""


class DatabaseGone(Exception):
    """The database was lost in mid-sync. It says no more, for what the driver says is logged."""


def queue_sync(
    *,
    district: District,
    trigger: Trigger,
    delivery: Path | None = None,
    as_of: date | None = None,
    night: date | None = None,
) -> Sync:
    """Queues a sync, in the caller's transaction if there is one.

    Args:
        district: whose.
        trigger: what it is started by.
        delivery: the folder or archive; None: what the source delivers.
        as_of: the day to judge by; None: the day in the district when it is run.
        night: the day whose first bell it is for; None: it is no nightly one.

    Returns:
        The sync; when one of the district waits that reads what the source delivers, and so would
        this one, that one. A sync with a delivery of its own is always a new one, in line behind.
    """

    def create() -> Sync:
        return sync_create(
            district=district, trigger=trigger, delivery=delivery, as_of=as_of, night=night
        )

    return _queued(create, _lock_of(district.pk) if delivery is None else None)


def queue_onboarded(district: District) -> Sync | None:
    """Queues a sync from the last feed, in the transaction that decides on schools.

    It begins after that, and so it is enough if one waits: it lets in what was decided before, too.

    Args:
        district: whose; locked by the caller.

    Returns:
        The sync; None when there is no feed yet.
    """
    if district.last_feed_id is None:
        return None

    def create() -> Sync:
        return sync_create(district=district, trigger=Trigger.SCHOOL_ONBOARDED)

    return _queued(create, f"{_lock_of(district.pk)} onboarded")


def _queued(create: Callable[[], Sync], queueing_lock: str | None) -> Sync:
    """A sync that waits, unless one with the same lock does already; None: no other has its lock."""
    while True:
        try:
            with transaction.atomic():  # a job that is refused would abort the caller's
                sync = create()
                _defer(sync, queueing_lock=queueing_lock or _own_lock(sync))
                return sync
        except AlreadyEnqueued:
            if queueing_lock and (waiting := _waiting(queueing_lock)):
                return waiting


def queue_hold_applied(*, district: str, reason: str, who: str, sync: int) -> Sync:
    """Decides to apply what was held, and queues the sync that does; see `hold_apply`.

    Raises:
        StoreError: There is nothing to decide on.
    """
    with transaction.atomic():
        applied = hold_apply(district=district, reason=reason, who=who, sync=sync)
        _defer(applied, queueing_lock=_own_lock(applied), priority=1)
    return applied


@app.task(name="sync", queue=SYNCS)
def run_queued(sync_id: int) -> None:
    """Runs a sync, unless it has ended."""
    sync = Sync.objects.get(pk=sync_id)
    try:
        run_sync(sync, fetched_for(sync))
    except Overtaken:
        pass
    except SecretLost:
        end_failed(sync, KEY_GONE, solution=TYPE_IT)
    except StoreError:  # its text is for commands
        end_failed(sync, NO_SOURCE, solution=NO_SOURCE_YET)
    except (OperationalError, InterfaceError):
        raise DatabaseGone from None
    forget_delivery(sync)


def queue_asked(request: SchoolRequest) -> None:
    """Lets a worker find out what a school would bring, when the caller's transaction commits."""
    lock = looking_lock_of(request.district_id)
    find_out.configure(lock=lock, priority=-1).defer(request_id=request.pk)


@app.task(name="find_out", queue=SYNCS)
def find_out(request_id: int) -> None:
    """Finds out what a school would bring that is asked for."""
    if request := SchoolRequest.objects.filter(pk=request_id).first():
        look_at(request)


@app.periodic(cron=_EACH_MINUTE)
@app.task(name="tick", queue=CLOCK, queueing_lock="tick")
def tick(timestamp: int) -> None:
    """Queues the syncs that are due, and news of rosters that come too late."""
    now = timezone.now()
    queue_due(now)
    notice(now)


def queue_due(now: datetime) -> None:
    """Queues the nightly syncs that are due at a moment; no harm when two do it at once."""
    for nights in nights_of_sources(now):
        if due_night(nights, now):
            with transaction.atomic():
                _queue_if_due(nights.district, now)


def _queue_if_due(district_id: int, now: datetime) -> None:
    # Who holds it applies a sync just now: the next tick asks again.
    district = District.objects.select_for_update(skip_locked=True).filter(pk=district_id).first()
    for nights in nights_of_sources(now, district_id) if district else ():
        if district and (night := due_night(nights, now)):
            again = night.day in nights.tries
            trigger = Trigger.RETRIED if again else Trigger.NIGHTLY
            sync = queue_sync(district=district, trigger=trigger, night=night.day)
            if sync.night != night.day:
                sync.night = night.day  # one that waits will read the same
                sync.save(update_fields=["night"])


@app.periodic(cron=_EACH_MINUTE)
@app.task(name="stalled", queue=CLOCK, queueing_lock="stalled")
def stalled(timestamp: int) -> None:
    """Finds syncs whose worker died, and runs them again."""
    recover()


@app.task(
    name=NOTIFY,
    queue=MAILS,
    retry=RetryStrategy(
        max_attempts=_MOST_MAILINGS,
        wait=60,
        linear_wait=120,
        retry_exceptions=[NotSent, DatabaseGone],
    ),
)
def notify(sync_id: int, about: str = About.ENDED) -> None:
    """Tells the people of its district something of a sync."""
    try:
        tell(sync_id, About(about))
    except (OperationalError, InterfaceError):
        raise DatabaseGone from None


@app.periodic(cron=_EACH_HOUR)
@app.task(name="purge", queue=CLOCK, queueing_lock="purge")
def purge(timestamp: int) -> None:
    """Removes once a day what has been kept long enough."""
    purge_once_a_day(timezone.now())


def recover() -> None:
    """Queues syncs anew that have lost their job, and fails those that were begun too often."""
    with connection.cursor() as cursor:
        cursor.execute(_TELL_AGAIN)
        cursor.execute(_END_STALLED)
        cursor.execute(_LOST)
        lost = [sync for (sync,) in cursor.fetchall()]
    for sync in lost:
        with suppress(AlreadyEnqueued), transaction.atomic():  # another worker was quicker
            _recover(Sync.objects.select_for_update().get(pk=sync))


def _recover(sync: Sync) -> None:
    if sync.completed_at is not None:
        return
    if sync.attempts >= _MOST_ATTEMPTS:
        end_failed(sync, _DIED, may_pass=True)
        remove_folder_of(sync)
    else:
        # Before a newer one that waits; which may well be there, so it has a place of its own.
        _defer(sync, queueing_lock=_own_lock(sync), priority=1)


def _defer(sync: Sync, *, queueing_lock: str, priority: int = 0) -> None:
    deferrer = run_queued.configure(
        lock=_lock_of(sync.district_id), queueing_lock=queueing_lock, priority=priority
    )
    sync.job = deferrer.defer(sync_id=sync.pk)
    sync.save(update_fields=["job"])


def _waiting(queueing_lock: str) -> Sync | None:
    """The sync whose job waits; None when it has just begun."""
    job = ProcrastinateJob.objects.filter(queueing_lock=queueing_lock, status="todo").first()
    return None if job is None else Sync.objects.filter(pk=job.args["sync_id"]).first()


def _own_lock(sync: Sync) -> str:
    return f"sync {sync.pk}"


def looking_lock_of(district_id: int) -> str:
    """Bars all but one job of a district that changes nothing: one district takes not all workers."""
    return f"looking at {district_id}"


def _lock_of(district_id: int) -> str:
    return f"district {district_id}"
