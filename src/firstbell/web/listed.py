"""A sync as the list of syncs shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from firstbell.reports import findings as findings_csv
from firstbell.reports import held_removals
from firstbell.reports.sync_reports import REPORTED_TABLES, name_of
from firstbell.store.history import SyncRow
from firstbell.store.models import HoldDecision, SyncStatus, Trigger
from firstbell.web.steps import Progress, progress_of

#: What says that something was not brought in; the other files are for a closer look.
_REPORTS = frozenset((*map(name_of, REPORTED_TABLES), held_removals.NAME))

_SOURCES: dict[Trigger, "str | Promise"] = {
    Trigger.NIGHTLY: gettext_lazy("Nightly"),
    Trigger.NOW: gettext_lazy("Sync now"),
    Trigger.UPLOAD: gettext_lazy("Upload"),
    Trigger.SCHOOL_ONBOARDED: gettext_lazy("School onboarded"),
    Trigger.HOLD_APPLIED: gettext_lazy("Hold applied"),
    Trigger.RETRIED: gettext_lazy("Retried"),
}


_HOLDS: dict[HoldDecision, "str | Promise"] = {
    HoldDecision.OPEN: gettext_lazy("removals are held"),
    HoldDecision.DISMISSED: gettext_lazy("removals were held, and dismissed"),
    HoldDecision.APPLIED: gettext_lazy("removals were held, and applied"),
    HoldDecision.ENDED: gettext_lazy("removals were held; nobody decided"),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A sync, in the words of the page."""

    sync: SyncRow
    #: What it was started by.
    source: str
    #: What there is to know at once: what to fix, what is held, or why it failed; may be empty.
    second: str
    progress: Progress
    #: How many findings it has; None when they were not counted.
    failures: int | None
    warnings: int | None
    #: File names of its sync reports.
    reports: Sequence[str]
    #: The file name of all findings, warnings too; empty when they are not kept.
    everything: str
    #: File names of all that it says beside.
    others: Sequence[str]


def _second(sync: SyncRow) -> str:
    if sync.reason:
        return sync.reason
    causes = sync.causes or {}
    parts = []
    if total := causes.get("total"):
        to_fix = ngettext("%(number)s cause to fix", "%(number)s causes to fix", total)
        parts.append(to_fix % {"number": f"{total:,}"})
        if new := causes.get("new"):
            parts[-1] += ", " + _("%(number)s new") % {"number": f"{new:,}"}
    if sync.hold is not None:
        parts.append(str(_HOLDS[sync.hold]))
    return "; ".join(parts)


def listed(sync: SyncRow) -> Listed:
    """Puts a sync into the words of the page."""
    names = sync.reports or ()
    findings = (sync.findings or {}) if sync.status != SyncStatus.FAILED else {}
    return Listed(
        sync=sync,
        source=str(_SOURCES[sync.trigger]),
        second=_second(sync),
        progress=progress_of(sync),
        failures=findings.get("failure"),
        warnings=findings.get("warning"),
        reports=[name for name in names if name in _REPORTS],
        everything=findings_csv.NAME if findings_csv.NAME in names else "",
        others=[name for name in names if name not in {*_REPORTS, findings_csv.NAME}],
    )
