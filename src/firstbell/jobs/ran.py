"""A sync that has ended, for whoever started it."""

from dataclasses import dataclass
from pathlib import Path

from firstbell.reports.causes import NO_CAUSES, Causes
from firstbell.reports.summary import Summary


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
