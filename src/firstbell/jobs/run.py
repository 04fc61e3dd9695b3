"""Runs one sync: the shell around the pure part.

deliver → compute, in a process of its own → apply, in one transaction. A crash at any point leaves
last night's roster or tonight's, and running the sync again comes to the same.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, replace
from datetime import date
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from firstbell import __version__
from firstbell.engine.policy import GuardLimits, Policy
from firstbell.engine.result import Status
from firstbell.feed.last import LastFeed
from firstbell.feed.package import Limits
from firstbell.feed.read import READ_TABLES
from firstbell.feed.refusal import Refused
from firstbell.jobs.child import Broken, Died, compute_apart
from firstbell.jobs.ran import Ran
from firstbell.jobs.room import own_room, temporary_folder
from firstbell.reports.order import COMPUTED, Computed, Deltas, Order, Step
from firstbell.reports.summary import Summary
from firstbell.store.alone import alone_with, say_that_we_live
from firstbell.store.apply import apply
from firstbell.store.artefacts import (
    applied_folder,
    folder_of,
    forget_applied,
    keep_applied,
    new_folder_of,
    remove_folder_of,
    roster_held,
)
from firstbell.store.attempts import Moved, Overtaken, attempt_begin, attempt_is_at
from firstbell.store.ending import Ended, end_dead, end_failed, end_refused_by_guard
from firstbell.store.models import District, Sync, Trigger
from firstbell.store.policies import guard_of, policy_of, today_in
from firstbell.store.unread import (
    delivery_begins,
    delivery_opened,
    delivery_refused,
    first_bell_of,
    unread_of,
)

#: How often a sync is computed anew because its district has changed meanwhile.
_MOST_MOVES = 5
_RESTLESS = "the district was changed again and again while its sync was computed"
_NEWER = "a newer delivery has been read since this one was held"
_LOOK_AGAIN = "Nothing was applied. Look at what is held now with firstbell hold show."
_TRY_AGAIN = "Nothing was applied. Start the sync again."
_DECIDE = (
    "Nothing was applied. If the delivery is right, apply it with firstbell hold apply; if not,"
    " send the right one."
)


class _Stale(Exception):
    """A hold is to be applied that is no longer the newest."""


def run_sync(sync: Sync, delivery: Path | None) -> Ran:
    """Runs a sync to its end; its row then says how it went, too.

    Args:
        sync: queued, or running when the worker that began it has died.
        delivery: the folder or archive; None: the last feed is judged again.

    Raises:
        Overtaken: It has ended already, or another process runs it; nothing is done.
        OperationalError: The database is gone; the sync can be run again.
        InterfaceError: The same.
    """
    with alone_with(sync.district_id):
        attempt_begin(sync)
        end_dead(sync)
        return _run(sync, delivery)


@contextmanager
def preview_sync(district: District, delivery: Path | None, as_of: date | None) -> Iterator[Ran]:
    """What a sync would come to; nothing is applied, and its reports are gone with the block.

    Args:
        district: whose.
        delivery: as for `run_sync`.
        as_of: the day to judge by; None: today there.
    """
    day = as_of or today_in(district, timezone.now())
    with ExitStack() as stack:
        try:
            room = stack.enter_context(own_room(temporary_folder()))
            applied = stack.enter_context(roster_held(district))
            order = _order(district, delivery, day, guard_of(district), room, applied)
            order = replace(order, unread=_unread(district, day))
            computed = compute_apart(order, Limits())
        except Refused as refused:
            yield _refused(None, day, refused)
        except (Died, Broken) as error:
            yield _failed(None, day, str(error), _TRY_AGAIN)
        else:
            yield _ran(computed, order.out)


def _run(sync: Sync, delivery: Path | None) -> Ran:
    try:
        for _ in range(_MOST_MOVES):
            with suppress(Moved):
                return _compute_and_apply(sync, delivery)
        reason, solution, may_pass = _RESTLESS, _TRY_AGAIN, True
    except (Overtaken, OperationalError, InterfaceError):
        raise
    except Refused as refused:
        delivery_refused(sync, refused.reason)
        end_failed(
            sync,
            str(refused),
            solution=refused.solution,
            may_pass=refused.reason.retry,
            delivered=[asdict(file) for file in refused.delivered],
        )
        remove_folder_of(sync)
        return _refused(sync.pk, _day_of(sync), refused)
    except _Stale:
        reason, solution, may_pass = _NEWER, _LOOK_AGAIN, False
    except Died as error:
        reason, solution, may_pass = str(error), _TRY_AGAIN, True
    except Broken as error:
        reason, solution, may_pass = str(error), _TRY_AGAIN, False
        forget_applied(sync.district)  # it may be damaged in a way that is not seen at once
    except OSError as error:
        reason = f"the storage folder cannot be used: {error.strerror}"
        solution, may_pass = _TRY_AGAIN, True
    except Exception as error:  # its text may name people
        reason, solution, may_pass = str(Broken.because_of(error)), _TRY_AGAIN, False
    end_failed(sync, reason, may_pass=may_pass)
    remove_folder_of(sync)
    return _failed(sync.pk, _day_of(sync), reason, solution)


def _day_of(sync: Sync) -> date:
    return sync.as_of or today_in(sync.district, timezone.now())


def _compute_and_apply(sync: Sync, delivery: Path | None) -> Ran:
    district = District.objects.get(pk=sync.district_id)
    unread = _unread(district, first_bell_of(sync))
    if delivery is not None and os.path.exists(delivery):  # noqa: PTH110 - Path.exists may raise
        delivery_begins(sync, READ_TABLES)
    if sync.from_feed_of_id not in (None, district.last_feed_id):
        raise _Stale
    guard = None if sync.trigger == Trigger.HOLD_APPLIED else guard_of(district)
    order = _order(
        district, delivery, _day_of(sync), guard, new_folder_of(sync), applied_folder(district)
    )
    order = replace(order, sync=sync.pk, unread=unread)
    sync.engine_version, sync.policy = __version__, _as_json(order.policy)
    if not unread:
        order = replace(order, same_as=_delivery_that_may_be_the_same(sync, district))
    attempt_is_at(sync, Step.RECEIVING)
    computed = compute_apart(
        order, Limits(), say_that_we_live, partial(_opened, sync), partial(attempt_is_at, sync)
    )
    attempt_is_at(sync, Step.APPLYING)
    ended = _ended(computed)
    if computed.summary.status is Status.FAILED:
        end_refused_by_guard(sync, ended, district)
    else:
        after = apply(sync, ended, order.out, district)
        roster = order.out / "applied" if ended.changes_something else order.applied
        if roster is not None:
            keep_applied(after, roster)
        shutil.rmtree(order.out / "changes", ignore_errors=True)
    return _ran(computed, order.out)


def _opened(sync: Sync, delivery: Deltas) -> None:
    if delivery.digest is not None:
        delivery_opened(sync, delivery.digest, delivery.tables)


def _delivery_that_may_be_the_same(sync: Sync, district: District) -> str | None:
    """The digest of the last delivery if that, sent again, comes to the same on this day."""
    last = district.last_feed
    if (
        last is None
        or last.digest is None
        or last.pk != district.applied_sync_id
        or last.held is not None
        or (last.engine_version, last.policy) != (sync.engine_version, sync.policy)
        or not _is_same_on(last, sync.as_of)
        or not (folder_of(last) / COMPUTED).exists()
    ):
        return None
    return str(last.digest)


def _is_same_on(last: Sync, day: date | None) -> bool:
    """Whether no date in the data of a sync lies between its day and another."""
    if day is None or last.as_of is None or day < last.as_of:
        return False
    return last.same_until is None or day < last.same_until


def _order(
    district: District,
    delivery: Path | None,
    day: date,
    guard: GuardLimits | None,
    out: Path,
    applied: Path | None,
) -> Order:
    """What is to be computed, but for the sync's id and what was not read before it."""
    last, applied_by = None, district.applied_sync
    if district.last_feed is not None:
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


def _unread(district: District, day: date) -> tuple[Deltas, ...]:
    return tuple(Deltas(digest, frozenset(tables)) for digest, tables in unread_of(district, day))


def _as_json(policy: Policy) -> dict[str, object]:
    return {
        "product": policy.product,
        "onboarded": None if policy.onboarded is None else sorted(policy.onboarded),
        "never": sorted(policy.never),
    }


def _ran(computed: Computed, out: Path) -> Ran:
    solution = _DECIDE if computed.summary.status is Status.FAILED else ""
    files = tuple(out / "reports" / name for name in computed.files)
    return Ran(computed.summary, solution, computed.causes, computed.skips, files)


def _refused(sync: int | None, as_of: date, refused: Refused) -> Ran:
    return _failed(sync, as_of, str(refused), refused.solution)


def _failed(sync: int | None, as_of: date, reason: str, solution: str) -> Ran:
    return Ran(Summary(Status.FAILED, as_of, reason, sync=sync, changes={}), solution)


def _ended(computed: Computed) -> Ended:
    summary = computed.summary
    return Ended(
        status=summary.status,
        reason=summary.reason,
        version=summary.version,
        tables={table: asdict(counts) for table, counts in summary.tables.items()},
        findings=dict(summary.findings),
        codes=dict(summary.codes),
        causes={"total": computed.causes.total, "new": computed.causes.new},
        roster=dict(computed.roster),
        changes={table: asdict(one) for table, one in (summary.changes or {}).items()},
        reports=computed.files,
        held=computed.held,
        same_until=computed.same_until,
        lost=computed.lost,
        digest=computed.digest,
        problems=computed.problems,
    )
