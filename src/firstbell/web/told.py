"""A sync as its own page tells it: in sentences, and its causes with who must act and how."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from firstbell.oneroster.dictionary import FEED_TABLES, Version
from firstbell.reports.causes import NO_CAUSES, Cause, Causes
from firstbell.reports.counting import noun, number_of
from firstbell.reports.order import Computed
from firstbell.reports.to_fix import name_of
from firstbell.rules.catalogue import rule
from firstbell.rules.rule import Owner
from firstbell.store.findings import FindingSeen
from firstbell.store.history import SyncRow, SyncSeen
from firstbell.store.models import SyncStatus, Trigger

#: Who must act, in the words of every page.
TURNS = {
    Owner.DISTRICT: "Your district acts, in the SIS",
    Owner.SHARING: "Your district acts, in the export from your SIS",
    Owner.SPECIALIST: "Your specialist acts",
}
_OUTCOMES = ("read", "accepted", "failed", "skipped", "removed")
_DONE = ("created", "updated", "deactivated")
#: Of how many causes it is said what fixing them brings, and for how much of all.
_MOST_FIRST, _MUCH = 3, 2 / 3


@dataclass(frozen=True, slots=True)
class ToldCause:
    """A cause, with its place in the list."""

    number: int
    cause: Cause
    #: Who must act.
    turn: str
    #: What is new about it, in words; empty when its age is not known.
    note: str
    #: How wide its bar is, in percent of the widest that there could be.
    share: int
    #: Most of what it holds back is skipped.
    skips: bool
    #: The name of the report with the rows that break it, if the sync has it.
    rows: str


@dataclass(frozen=True, slots=True)
class Told:
    """All that the page of a sync tells beside the row of the list."""

    seen: SyncSeen
    #: Whether another one ended on the same day: its title then needs the time.
    one_of_several: bool
    #: How long it took, in words; empty when it has not ended.
    took: str
    #: Whether it is tried again by itself.
    tried_again: bool
    #: What came of it, in a sentence; empty when it has not ended or failed.
    verdict: str
    #: What is to be done first, in a sentence; empty when that is plain.
    first: str
    causes: Sequence[ToldCause]
    #: How many causes there are beside those.
    more: int
    #: Titles of causes that are no more.
    resolved: Sequence[str]
    #: Why records were left out without an error.
    skips: Sequence[str]
    #: Of each file: its name, and how many records were read, accepted, failed, skipped, removed.
    came_in: Sequence[tuple[str, Sequence[int]]]
    #: Of each table in which something changed: created, updated and deactivated objects.
    changed: Sequence[tuple[str, Sequence[int]]]
    #: Whether what came of it is no longer kept.
    gone: bool


@dataclass(frozen=True, slots=True)
class ToldFinding:
    """A finding, with who must act and how."""

    finding: FindingSeen
    turn: str
    solution: str


def told_finding(finding: FindingSeen, version: Version) -> ToldFinding:
    """Puts a finding into the words of its page.

    Args:
        finding: what was found.
        version: of OneRoster, as the sync read it.
    """
    broken = rule(finding.code, version)
    return ToldFinding(finding, TURNS[broken.owner], broken.solution)


def told(seen: SyncSeen, computed: Computed | None, product: str) -> Told:
    """Puts a sync into the words of its page.

    Args:
        seen: the sync.
        computed: what it came to; None: it came to nothing, or that is not kept any more.
        product: how the product is called.
    """
    causes = computed.causes if computed else NO_CAUSES
    failed = _failed(seen.tables)
    shown = told_causes(causes.shown, seen.tables)
    ended_well = seen.row.status in (SyncStatus.COMPLETED, SyncStatus.WITH_ERRORS)
    return Told(
        seen=seen,
        one_of_several=_day(seen.row) in {_day(seen.earlier), _day(seen.later)},
        took=_took(seen.row),
        tried_again=seen.may_pass
        and seen.later is None
        and seen.row.trigger in (Trigger.NIGHTLY, Trigger.RETRIED),
        verdict=_verdict(seen, causes, failed, product) if ended_well and computed else "",
        first=_first(causes.shown, failed),
        causes=shown,
        more=causes.total - len(shown),
        resolved=[cause.title for cause in causes.resolved],
        skips=computed.skips if computed else (),
        came_in=list(_came_in(seen.tables)),
        changed=list(_changed(seen.changes)),
        gone=ended_well and computed is None,
    )


def _day(row: SyncRow | None) -> date | None:
    return timezone.localtime(row.completed_at).date() if row and row.completed_at else None


def _took(row: SyncRow) -> str:
    if row.started_at is None or row.completed_at is None:
        return ""
    minutes = round((row.completed_at - row.started_at).total_seconds() / 60)
    return number_of(minutes, "minute") if minutes else "Under a minute"


def told_causes(
    causes: Sequence[Cause], tables: Mapping[str, Mapping[str, int]]
) -> list[ToldCause]:
    """The first causes of a sync, with their places in the list.

    Args:
        causes: the biggest first.
        tables: records of the sync, by table and outcome.
    """
    failed = _failed(tables)
    return [_told_cause(number, cause, failed) for number, cause in enumerate(causes, start=1)]


def _failed(tables: Mapping[str, Mapping[str, int]]) -> int:
    return sum(counts.get("failed", 0) for counts in tables.values())


def _told_cause(number: int, cause: Cause, failed: int) -> ToldCause:
    fixed = cause.held_back - cause.skipped
    return ToldCause(
        number=number,
        cause=cause,
        turn=TURNS[Owner.SHARING if cause.of_export else cause.owner],
        note=_note(cause),
        skips=cause.skipped > fixed,
        share=100 if cause.skipped > fixed else round(100 * fixed / max(failed, 1)),
        rows=name_of(cause.table),
    )


def _note(cause: Cause) -> str:
    if cause.is_new:
        return "New"
    if cause.since is None or cause.syncs is None or cause.known is None:
        return ""
    day = f"{cause.since:%a, %b} {cause.since.day}"
    since = f"Open since {day} ({number_of(cause.syncs, 'sync')})"
    more = cause.broken - cause.known
    return f"{since} · {more:,} more since the sync before" if more > 0 else since


def _verdict(seen: SyncSeen, causes: Causes, failed: int, product: str) -> str:
    total = causes.total
    if not total:
        read = sum(counts.get("read", 0) for counts in seen.tables.values())
        if not read:
            return ""
        return f"All {read:,} records are in {product}, or out of scope for a known reason."
    out = f"{number_of(total, 'cause')} {'keeps' if total == 1 else 'keep'} {number_of(failed, 'record')} out"
    if not causes.skipped:
        return f"{out}."
    which = (
        "a school that is not onboarded keeps"
        if causes.schools == 1
        else f"{causes.schools:,} schools that are not onboarded keep"
    )
    return f"{out}, and {which} out {causes.skipped:,} more."


def _first(shown: Sequence[Cause], failed: int) -> str:
    """The fewest causes of the district that bring in two thirds, three at most."""
    numbers: list[str] = []
    brought = 0
    for number, cause in enumerate(shown, start=1):
        if cause.owner is not Owner.SPECIALIST:
            numbers.append(str(number))
            brought += cause.held_back - cause.skipped
        if brought >= failed * _MUCH or len(numbers) == _MOST_FIRST:
            break
    if len(shown) < 2 or not brought:
        return ""
    which = " and ".join(filter(None, (", ".join(numbers[:-1]), numbers[-1])))
    return f"Fixing {which} brings in {brought:,} of the {failed:,}."


def _came_in(tables: Mapping[str, Mapping[str, int]]) -> Iterator[tuple[str, Sequence[int]]]:
    for table in FEED_TABLES:
        if table in tables:
            yield table, [tables[table].get(outcome, 0) for outcome in _OUTCOMES]


def _changed(changes: Mapping[str, Mapping[str, int]]) -> Iterator[tuple[str, Sequence[int]]]:
    for table in FEED_TABLES:
        done = dict(changes.get(table, {}))
        done["created"] = done.get("created", 0) + done.pop("reactivated", 0)
        if any(done.values()):
            yield noun(2, table).capitalize(), [done.get(name, 0) for name in _DONE]
