"""A sync that has ended, for whoever started it."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from firstbell.engine.result import Status
from firstbell.feed.refusal import Refused
from firstbell.reports.causes import NO_CAUSES, Causes
from firstbell.reports.order import Computed
from firstbell.reports.summary import Summary

TRY_AGAIN = "Nothing was applied. Start the sync again."
_DECIDE = (
    "Nothing was applied. If the delivery is right, apply it with firstbell hold apply; if not,"
    " send the right one."
)


@dataclass(frozen=True, slots=True)
class Ran:
    """What a sync came to."""

    summary: Summary
    #: What to do about it, in sentences, when it failed.
    solution: str = ""
    causes: Causes = NO_CAUSES
    #: Why records were left out without an error.
    skips: tuple[str, ...] = ()
    #: Its reports.
    files: tuple[Path, ...] = ()


def ran_of(computed: Computed, out: Path) -> Ran:
    """What was computed, with its reports in a folder."""
    solution = _DECIDE if computed.summary.status is Status.FAILED else ""
    files = tuple(out / "reports" / name for name in computed.files)
    return Ran(computed.summary, solution, computed.causes, computed.skips, files)


def refused_of(sync: int | None, as_of: date, refused: Refused) -> Ran:
    """That a delivery was refused."""
    return failed_of(sync, as_of, str(refused), refused.solution)


def failed_of(sync: int | None, as_of: date, reason: str, solution: str) -> Ran:
    """That nothing came of it; the sync is None for a preview."""
    return Ran(Summary(Status.FAILED, as_of, reason, sync=sync, changes={}), solution)
