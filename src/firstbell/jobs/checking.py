"""Checks of uploaded files and of what sources deliver, and syncs of uploads. A check changes nothing; one of a district runs at a time.

A check's row is the truth, as with syncs: one that has lost its job gets another.
"""

import shutil
from collections.abc import Set
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

from django.db import InterfaceError, OperationalError, connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from firstbell.engine.result import Status
from firstbell.feed.refusal import Refused
from firstbell.jobs.child import Broken, Died
from firstbell.jobs.fetching import (
    KEY_GONE,
    NO_SOURCE,
    NO_SOURCE_YET,
    TYPE_IT,
    SecretLost,
    fetched_of,
)
from firstbell.jobs.preview import compute_preview
from firstbell.jobs.tasks import CLOCK, SYNCS, DatabaseGone, looking_lock_of, queue_sync
from firstbell.reports.order import COMPUTED, Computed
from firstbell.reports.summary import write_summary
from firstbell.store.artefacts import new_folder_of_check
from firstbell.store.checks import (
    CheckEnded,
    check_begin,
    check_create,
    check_end,
    check_hand_over,
    check_handed_over,
    check_of_source,
    tried_by,
)
from firstbell.store.errors import StoreError
from firstbell.store.models import Check, District, Sync, Trigger
from firstbell.store.sources import SourceKept
from firstbell.store.uploads import upload_recorded

#: Syncs go first.
_PRIORITY = -1
_MOST_ATTEMPTS = 3
_EACH_MINUTE = "* * * * *"
#: What people look at, and of the roster as it was read only the schools, by whose names findings are
#: found. The rest goes, and what would be applied with it.
_KEPT = frozenset((COMPUTED, "findings.parquet", "reports", "feed"))
_KEPT_OF_FEED = frozenset(("orgs.parquet",))
_TRY_AGAIN = "Nothing was applied. Check again."
_DIED = "the worker that ran it died each time, and it was begun three times"
_GUARDED = (
    "Check that these are the right files. If they are, sync them: it is refused for now, and you"
    " decide on it."
)
_GUARDED_OF_SOURCE = (
    "If it is the right source, let it sync: the sync is refused at first, and you decide on it."
)
#: Checks that nobody will run: they have not ended, but their job has.
_LOST = """
SELECT c.id
FROM checks AS c
LEFT JOIN procrastinate_jobs AS j ON j.id = c.job AND j.status IN ('todo', 'doing')
WHERE c.completed_at IS NULL AND j.id IS NULL
ORDER BY c.id
"""


def queue_check(*, district: int, delivery: Path, who: str) -> Check:
    """Queues a check of files, in the caller's transaction if there is one.

    Args:
        district: its id.
        delivery: the folder or archive, one of ours.
        who: asks for it.
    """
    with transaction.atomic():
        check = check_create(district=district, delivery=delivery, who=who)
        _defer(check)
    return check


def queue_check_of_source(*, district: int, who: str, tried: SourceKept | None = None) -> Check:
    """Queues a check of what a district's source delivers, unless one waits or runs.

    Args:
        district: its id.
        who: asks for it.
        tried: a source that is not saved, to be read in place of the district's.
    """
    with transaction.atomic():
        waiting = None if tried else check_of_source(district)
        check = waiting or check_create(district=district, delivery=None, who=who, tried=tried)
        if waiting is None:
            _defer(check)
    return check


def queue_upload(*, district: int, delivery: Path, who: str) -> Sync:
    """Queues a sync of files that were handed over, in line behind those that wait.

    Args:
        district: its id.
        delivery: the folder or archive, one of ours; it goes with the sync.
        who: has handed it over.
    """
    with transaction.atomic():
        found = District.objects.get(pk=district)
        sync = queue_sync(district=found, trigger=Trigger.UPLOAD, delivery=delivery)
        upload_recorded(sync=sync, who=who)
    return sync


def queue_checked(*, district: int, check: int, who: str) -> Sync:
    """Queues a sync of the files of a check.

    Args:
        district: its id.
        check: its number.
        who: asks for it.

    Raises:
        StoreError: The files are no longer kept, or somebody else was quicker.
    """
    with transaction.atomic():
        found, delivery = check_hand_over(district=district, check=check)
        sync = queue_upload(district=district, delivery=delivery, who=who)
        check_handed_over(found, sync)
    return sync


@app.task(name="check", queue=SYNCS)
def run_check(check_id: int) -> None:
    """Runs a check, unless it has ended."""
    try:
        if begun := check_begin(check_id):
            check, delivery, day = begun
            check_end(check, _ended(check, delivery, day))
    except (OperationalError, InterfaceError):
        raise DatabaseGone from None


@app.periodic(cron=_EACH_MINUTE)
@app.task(name="stalled checks", queue=CLOCK, queueing_lock="stalled checks")
def stalled_checks(timestamp: int) -> None:
    """Finds checks whose worker died, and runs them again."""
    recover_checks()


def recover_checks() -> None:
    """Queues checks anew that have lost their job, and fails those that were begun too often."""
    with connection.cursor() as cursor:
        cursor.execute(_LOST)
        lost = [check for (check,) in cursor.fetchall()]
    for pk in lost:
        with suppress(AlreadyEnqueued), transaction.atomic():  # another worker was quicker
            check = Check.objects.select_for_update().get(pk=pk)
            if check.attempts >= _MOST_ATTEMPTS:
                check_end(check, _failed(_DIED, _TRY_AGAIN))
            else:
                _defer(check)


def _defer(check: Check) -> None:
    deferrer = run_check.configure(
        lock=looking_lock_of(check.district_id),
        queueing_lock=f"check {check.pk}",
        priority=_PRIORITY,
    )
    check.job = deferrer.defer(check_id=check.pk)
    check.save(update_fields=["job"])


def _ended(check: Check, delivery: Path | None, day: date) -> CheckEnded:
    try:
        out = new_folder_of_check(check)
        read, said = (delivery, None) if delivery else fetched_of(check.district, tried_by(check))
        computed = compute_preview(check.district, read, day, out, read_from=said)
        _tidy(out, computed)
    except Refused as refused:
        return _failed(str(refused), refused.solution)
    except SecretLost:
        return _failed(KEY_GONE, TYPE_IT)
    except StoreError:  # its text is for commands
        return _failed(NO_SOURCE, NO_SOURCE_YET)
    except (Died, Broken) as error:
        return _failed(str(error), _TRY_AGAIN)
    except OSError as error:
        return _failed(f"the storage folder cannot be used: {error.strerror}", _TRY_AGAIN)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # its text may name people
        return _failed(str(Broken.because_of(error)), _TRY_AGAIN)
    return _told(computed, from_source=check.from_source)


def _tidy(out: Path, computed: Computed) -> None:
    """Leaves what people look at; summary.json is then that of `firstbell check`."""
    _keep_only(_KEPT, out)
    _keep_only(_KEPT_OF_FEED, out / "feed")
    if computed.files:
        write_summary(replace(computed.summary, sync=None, changes=None), out / "reports")


def _keep_only(names: Set[str], folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.name in names:
            continue
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _failed(reason: str, solution: str) -> CheckEnded:
    return CheckEnded(Status.FAILED, reason, solution)


def _told(computed: Computed, *, from_source: bool) -> CheckEnded:
    summary = computed.summary
    refused = summary.status is Status.FAILED
    return CheckEnded(
        status=summary.status,
        reason=summary.reason,
        solution=(_GUARDED_OF_SOURCE if from_source else _GUARDED) if refused else None,
        version=summary.version,
        tables={table: asdict(counts) for table, counts in summary.tables.items()},
        findings=dict(summary.findings),
        codes=dict(summary.codes),
        causes={"total": computed.causes.total, "new": computed.causes.new},
        changes={table: asdict(one) for table, one in (summary.changes or {}).items()},
        reports=computed.files,
        held=computed.held,
        can_be_synced=True,
    )
