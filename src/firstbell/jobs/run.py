"""Runs one sync: the shell around the pure part.

deliver → compute, in a process of its own → apply, in one transaction. A crash at any point leaves
last night's roster or tonight's, and running the sync again comes to the same.
"""

import os
import shutil
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import date
from functools import partial
from pathlib import Path

from django.db import InterfaceError, OperationalError
from django.utils import timezone

from firstbell import __version__
from firstbell.engine.policy import Policy
from firstbell.engine.result import Status
from firstbell.feed.package import Limits
from firstbell.feed.read import READ_TABLES
from firstbell.feed.refusal import Refused
from firstbell.jobs.child import Broken, Died, compute_apart
from firstbell.jobs.fetching import review_of
from firstbell.jobs.ordering import order_of, unread_in
from firstbell.jobs.ran import TRY_AGAIN, Ran, failed_of, ran_of, refused_of
from firstbell.reports.order import COMPUTED, Computed, Deltas, Step
from firstbell.sources.source import Source, taken_apart
from firstbell.store.alone import alone_with, say_that_we_live
from firstbell.store.apply import apply
from firstbell.store.artefacts import (
    applied_folder,
    folder_of,
    forget_applied,
    keep_applied,
    new_folder_of,
    remove_folder_of,
)
from firstbell.store.attempts import (
    Moved,
    Overtaken,
    attempt_begin,
    attempt_fetched,
    attempt_is_at,
)
from firstbell.store.ending import Ended, end_dead, end_failed, end_refused_by_guard
from firstbell.store.models import District, Sync, Trigger
from firstbell.store.policies import guard_of, today_in
from firstbell.store.syncs import sync_reads
from firstbell.store.unread import (
    delivery_begins,
    delivery_opened,
    delivery_refused,
    first_bell_of,
)

#: How often a sync is computed anew because its district has changed meanwhile.
_MOST_MOVES = 5
_RESTLESS = "the district was changed again and again while its sync was computed"
_NEWER = "a newer delivery has been read since this one was held"
_LOOK_AGAIN = "Nothing was applied. Look at what is held now with firstbell hold show."
_REVIEW = (
    "Nothing was applied. A specialist looks at what would change, and applies or dismisses it."
)


class _Stale(Exception):
    """A hold is to be applied that is no longer the newest."""


def run_sync(sync: Sync, delivery: Path | Source | None) -> Ran:
    """Runs a sync to its end; its row then says how it went, too.

    Args:
        sync: queued, or running when the worker that began it has died.
        delivery: the folder or archive, or what fetches it; None: the last feed is judged again.

    Raises:
        Overtaken: It has ended already, or another process runs it; nothing is done.
        OperationalError: The database is gone; the sync can be run again.
        InterfaceError: The same.
    """
    with alone_with(sync.district_id):
        attempt_begin(sync)
        end_dead(sync)
        return _run(sync, delivery)


def _run(sync: Sync, delivery: Path | Source | None) -> Ran:
    try:
        for _ in range(_MOST_MOVES):
            with suppress(Moved):
                return _compute_and_apply(sync, delivery)
        reason, solution, may_pass = _RESTLESS, TRY_AGAIN, True
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
        return refused_of(sync.pk, _day_of(sync), refused)
    except _Stale:
        reason, solution, may_pass = _NEWER, _LOOK_AGAIN, False
    except Died as error:
        reason, solution, may_pass = str(error), TRY_AGAIN, True
    except Broken as error:
        reason, solution, may_pass = str(error), TRY_AGAIN, False
        forget_applied(sync.district)  # it may be damaged in a way that is not seen at once
    except OSError as error:
        reason = f"the storage folder cannot be used: {error.strerror}"
        solution, may_pass = TRY_AGAIN, True
    except Exception as error:  # its text may name people
        reason, solution, may_pass = str(Broken.because_of(error)), TRY_AGAIN, False
    end_failed(sync, reason, may_pass=may_pass)
    remove_folder_of(sync)
    return failed_of(sync.pk, _day_of(sync), reason, solution)


def _day_of(sync: Sync) -> date:
    return sync.as_of or today_in(sync.district, timezone.now())


def _compute_and_apply(sync: Sync, delivered: Path | Source | None) -> Ran:
    delivery, source = taken_apart(delivered)
    district = District.objects.get(pk=sync.district_id)
    unread = unread_in(district, first_bell_of(sync))
    if delivery is not None and os.path.exists(delivery):  # noqa: PTH110 - Path.exists may raise
        delivery_begins(sync, READ_TABLES)
    if sync.from_feed_of_id not in (None, district.last_feed_id):
        raise _Stale
    if delivered is None:  # it judges what is the last feed now, which may be another than before
        sync_reads(sync, district.last_feed.read_from if district.last_feed else None)
    sync.fetched = None
    guard = None if sync.trigger == Trigger.HOLD_APPLIED else guard_of(district)
    day, out, applied = _day_of(sync), new_folder_of(sync), applied_folder(district)
    order = order_of(district, delivery, day, guard, out, applied, sync.read_from)
    review = review_of(district.read_from, sync.read_from) if guard else ""
    order = replace(order, sync=sync.pk, unread=unread, review=review)
    sync.engine_version, sync.policy = __version__, _as_json(order.policy)
    sync.is_review, sync.solution = bool(review), _REVIEW if review else None
    if not unread and not review:
        order = replace(order, same_as=_delivery_that_may_be_the_same(sync, district))
    attempt_is_at(sync, Step.RECEIVING)
    computed = compute_apart(
        order,
        Limits(),
        say_that_we_live,
        partial(_opened, sync),
        partial(attempt_is_at, sync),
        source,
        lambda part: attempt_fetched(sync, asdict(part)),
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
    return ran_of(computed, order.out)


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


def _as_json(policy: Policy) -> dict[str, object]:
    return {
        "product": policy.product,
        "onboarded": None if policy.onboarded is None else sorted(policy.onboarded),
        "never": sorted(policy.never),
    }


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
