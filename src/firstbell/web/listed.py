"""A sync as the list of syncs shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from firstbell.reports import held_removals
from firstbell.reports.sync_reports import REPORTED_TABLES, name_of
from firstbell.store.history import SyncRow
from firstbell.store.models import Trigger

#: What says that something was not brought in; the other files are for a closer look.
_REPORTS = frozenset((*map(name_of, REPORTED_TABLES), held_removals.NAME))

_SOURCES = {
    Trigger.NIGHTLY: "Nightly",
    Trigger.NOW: "Sync now",
    Trigger.UPLOAD: "Upload",
    Trigger.SCHOOL_ONBOARDED: "School onboarded",
    Trigger.HOLD_APPLIED: "Hold applied",
    Trigger.RETRIED: "Retried",
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A sync, in the words of the page."""

    sync: SyncRow
    #: What it was started by.
    source: str
    #: File names of its sync reports.
    reports: Sequence[str]
    #: File names of all that it says beside.
    others: Sequence[str]


def listed(sync: SyncRow) -> Listed:
    """Puts a sync into the words of the page."""
    names = sync.reports or ()
    return Listed(
        sync=sync,
        source=_SOURCES[sync.trigger],
        reports=[name for name in names if name in _REPORTS],
        others=[name for name in names if name not in _REPORTS],
    )
