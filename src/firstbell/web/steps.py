"""How far a sync is that has not ended, in words."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstbell.reports.order import Step
from firstbell.store.history import SyncRow
from firstbell.store.models import SyncStatus

_WORDS: dict[Step, "str | Promise"] = {
    Step.RECEIVING: gettext_lazy("Receiving files"),
    Step.READING: gettext_lazy("Reading files"),
    Step.CHECKING: gettext_lazy("Checking records"),
    Step.COMPARING: gettext_lazy("Comparing with last night"),
    Step.WRITING: gettext_lazy("Writing reports"),
    Step.APPLYING: gettext_lazy("Applying"),
}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sync is, in the words of the page."""

    words: str
    #: What a page that shows it knows: as long as it is the same there is nothing new.
    known: str
    #: How many steps are done, and of how many; None: it has not begun, or has ended.
    done: int | None
    of: int = len(Step)


def progress_of(row: SyncRow) -> Progress:
    """Puts how far a sync is into words."""
    if row.status == SyncStatus.QUEUED:
        return Progress(_("Starts when the syncs before it have ended"), row.status, None)
    if not row.is_unfinished:
        return Progress(_("It has ended"), row.status, None)
    steps = list(Step)
    step = Step(row.step) if row.step in steps else Step.RECEIVING
    number = steps.index(step) + 1
    words = _("%(step)s, step %(number)d of %(of)d")
    said = words % {"step": _WORDS[step], "number": number, "of": len(steps)}
    return Progress(said, step, number - 1)
