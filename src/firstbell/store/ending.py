"""How a sync's row, and its district's, say that it has ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from firstbell.store.attempts import attempt_check, district_lock
from firstbell.store.models import District, HoldDecision, Sync, SyncStatus
from firstbell.store.news import is_news, queue_news
from firstbell.store.unread import delivery_read

#: PostgreSQL keeps no NUL in a text.
NUL_KEPT_AS = "\ufffd"
_DEAD = "the process that ran it came to an end before it did"


@dataclass(frozen=True, slots=True)
class Ended:
    """What a sync came to whose delivery could be read."""

    status: str
    #: Why nothing of it was let in, in one sentence without a full stop; None when it was.
    reason: str | None
    #: Of OneRoster; None when nothing was let in.
    version: str | None
    #: Records by table and outcome.
    tables: Mapping[str, Mapping[str, int]]
    #: By severity.
    findings: Mapping[str, int]
    #: By rule.
    codes: Mapping[str, int]
    #: How many causes there are to fix, `total`, and how many of them are `new`.
    causes: Mapping[str, int]
    #: Active objects after it, by table.
    roster: Mapping[str, int]
    #: Objects created, updated, deactivated and reactivated, by table.
    changes: Mapping[str, Mapping[str, int]]
    #: File names of the reports.
    reports: tuple[str, ...] = ()
    #: Removals held back, by table, none where all is refused; None when nothing is held.
    held: Mapping[str, int] | None = None
    #: The first day after its own on which the same delivery may come to something else.
    same_until: date | None = None
    #: Tables of which a change file was lost, and no full export has come since.
    lost: frozenset[str] = frozenset()
    #: Of the delivery's files; None when the last feed was judged again.
    digest: str | None = None
    #: Of its problems; empty when nothing was let in.
    problems: str = ""

    @property
    def changes_something(self) -> bool:
        """Whether any object is to be written."""
        return any(number for of_table in self.changes.values() for number in of_table.values())


def end_sync(sync: Sync, ended: Ended, district: District) -> None:
    """Records what a sync came to, in the caller's transaction.

    Args:
        sync: which was running.
        ended: what came of it.
        district: locked by the caller; it is saved.
    """
    sync.refresh_from_db(fields=["told_at"])  # the clock may have told that it is late
    sync.status, sync.reason = SyncStatus(ended.status), ended.reason
    sync.completed_at, sync.step = timezone.now(), None
    sync.version = ended.version
    sync.tables, sync.findings, sync.codes = ended.tables, ended.findings, ended.codes
    sync.problems, sync.causes, sync.roster = ended.problems, ended.causes, ended.roster
    sync.changes, sync.reports = ended.changes, list(ended.reports)
    sync.same_until, sync.digest = ended.same_until, ended.digest
    _decide_open_holds(sync)
    if ended.held is not None:
        sync.held, sync.hold_decision = ended.held, HoldDecision.OPEN
    sync.save()
    if ended.digest is not None:
        delivery_read(sync, ended.digest)
    district.last_feed = sync
    district.lost_changes = sorted(ended.lost)
    district.save()
    if is_news(sync):
        queue_news(sync)


def end_refused_by_guard(sync: Sync, ended: Ended, then: District) -> None:
    """Records that a delivery was read, and that the guard let nothing of it in.

    Args:
        sync: which is running.
        ended: what came of it.
        then: its district when the state that it was computed from was read.

    Raises:
        Moved: The district is another one by now.
        Overtaken: The sync has ended, or was begun anew by another process.
    """
    with transaction.atomic():
        end_sync(sync, ended, district_lock(sync, then))


def end_failed(
    sync: Sync,
    reason: str,
    *,
    solution: str | None = None,
    may_pass: bool = False,
    delivered: Sequence[Mapping[str, object]] = (),
) -> None:
    """Records that a sync failed; the roster is as it was.

    Args:
        sync: which was running.
        reason: one plain sentence without a full stop.
        solution: what to do about it, in plain sentences.
        may_pass: whether the same sync may go well a little later.
        delivered: what each file brought, see `feed.delivered`.

    Raises:
        Overtaken: The sync has ended, or was begun anew by another process.
    """
    with transaction.atomic():
        _fail(sync, reason, solution, may_pass=may_pass, delivered=delivered)
        if is_news(sync):
            queue_news(sync)


def end_dead(sync: Sync) -> None:
    """Ends syncs of its district that still seem to run, while nobody but the caller may run any.

    Those of the queue are left: it runs them again.
    """
    others = Sync.objects.filter(district=sync.district_id, status=SyncStatus.RUNNING, job=None)
    for dead in others.exclude(pk=sync.pk):
        with transaction.atomic():
            _fail(dead, _DEAD, None, may_pass=True)  # no news: what comes now is


def _fail(
    sync: Sync,
    reason: str,
    solution: str | None,
    *,
    may_pass: bool,
    delivered: Sequence[Mapping[str, object]] = (),
) -> None:
    attempt_check(sync)
    sync.refresh_from_db()  # it may bear what was to be written before something went wrong
    sync.status, sync.completed_at, sync.step = SyncStatus.FAILED, timezone.now(), None
    sync.reason = reason.replace("\0", NUL_KEPT_AS)  # it may quote the delivery
    sync.solution, sync.may_pass = solution, may_pass
    sync.tables, sync.changes, sync.reports = {}, {}, []
    sync.delivered = delivered or None
    sync.findings, sync.codes = {"failure": 0, "warning": 0}, {}
    sync.save()


def _decide_open_holds(sync: Sync) -> None:
    """A sync that applies a hold decides it; any other judges afresh, and so ends open ones."""
    still_open = Sync.objects.filter(district=sync.district_id, hold_decision=HoldDecision.OPEN)
    if sync.from_feed_of is not None:
        still_open.filter(pk=sync.from_feed_of.pk).update(hold_decision=HoldDecision.APPLIED)
    still_open.update(hold_decision=HoldDecision.ENDED, hold_decided_at=timezone.now())
