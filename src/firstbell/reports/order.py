"""What is asked of the pure part of a nightly sync, and what comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from firstbell.engine.guard import Going, GoingAt
from firstbell.engine.policy import GuardLimits, Policy
from firstbell.feed.last import LastFeed
from firstbell.reports.causes import NO_CAUSES, Causes
from firstbell.reports.summary import Summary

#: What a sync came to, kept beside its feed and reports.
COMPUTED = "computed.json"


class Step(StrEnum):
    """What is being done for a sync, in order; the last one by the worker itself."""

    RECEIVING = "receiving"
    READING = "reading"
    CHECKING = "checking"
    COMPARING = "comparing"
    WRITING = "writing"
    APPLYING = "applying"


@dataclass(frozen=True, slots=True)
class Deltas:
    """The changes in a delivery: they are lost to later ones unless it is read."""

    #: Of its files; None when they are not known.
    digest: str | None
    #: Those that it has changes (delta) of, or may have.
    tables: frozenset[str]


@dataclass(frozen=True, slots=True)
class Order:
    """One sync to compute."""

    #: Its id; None for a preview.
    sync: int | None
    #: A folder or zip archive; None: the last feed is judged again as it is.
    delivery: Path | None
    policy: Policy
    #: The feed of the last delivery that could be read; None: there was none.
    last: LastFeed | None
    #: The folder of the roster as applied, see `open_applied`; None: nothing was ever applied.
    applied: Path | None
    #: The guard's limits; None when a person lets the sync through.
    guard: GuardLimits | None
    #: An empty folder of ours for what comes of it.
    out: Path
    #: Deliveries that were not read since the last feed, in the order in which they came.
    unread: tuple[Deltas, ...] = ()
    #: Digest of the problems that are known from the sync applied last; empty when none was.
    problems: str = ""
    #: The folder of the sync applied last: what was in trouble then is nothing new.
    before: Path | None = None
    #: Why a person looks at it before it is applied, whatever its numbers; empty: there is no reason.
    review: str = ""
    #: Digest of the delivery of that sync, when the same would come to the same; None: it may not.
    same_as: str | None = None


@dataclass(frozen=True, slots=True)
class Computed:
    """What came of an order.

    Its folder then has `feed/`, and unless all is refused `reports/`, `findings.parquet`,
    `problems.parquet` (its failures: table, sourcedId, field, code, cause) unless they are those
    that were known, and where something changes `changes.parquet`, `changes/` (`<table>.parquet` and `removals.parquet`) and `applied/`, the roster after it.
    """

    summary: Summary
    #: Active objects after it, by table; none when it is refused.
    roster: Mapping[str, int]
    causes: Causes = NO_CAUSES
    #: Why records were left out without an error.
    skips: tuple[str, ...] = ()
    #: File names of the reports, in the order in which people look at them.
    files: tuple[str, ...] = ()
    #: Removals held back, by table, none for a sync that is refused; None when nothing is held.
    held: Mapping[str, int] | None = None
    #: What would have gone of each kind of objects; None when nothing is held or refused.
    guarded: Mapping[str, Going] | None = None
    #: The schools at which most of it would have gone.
    going_at: tuple[GoingAt, ...] = ()
    #: The first day after this one on which the same delivery may come to something else.
    same_until: date | None = None
    #: Tables of which a change file was lost, and no full export has come since.
    lost: frozenset[str] = frozenset()
    #: Of the delivery's files; None when the last feed was judged again.
    digest: str | None = None
    #: Of its problems; empty for a sync that is refused.
    problems: str = ""
    #: By which limits it was held or refused; None when it was not, or that was not kept yet.
    limits: GuardLimits | None = None
    #: Schools that would have lost too many of their students, see `engine.guard.Decision`.
    emptied: tuple[GoingAt, ...] = ()
    #: How many rows the reports have that are CSV files, by file name; none where not kept.
    rows: Mapping[str, int] = field(default_factory=dict)


_COMPUTED = TypeAdapter(Computed)


def keep(computed: Computed, folder: Path) -> None:
    """Writes what a sync came to into its folder."""
    (folder / COMPUTED).write_bytes(_COMPUTED.dump_json(computed))


def kept(folder: Path) -> Computed | None:
    """What a sync came to; None when that is not kept any more, or cannot be read."""
    try:
        return _COMPUTED.validate_json((folder / COMPUTED).read_bytes())
    except (OSError, ValidationError):
        return None
