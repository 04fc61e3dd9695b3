"""A sync as its own page tells it: in sentences, and its causes with who must act and how."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.utils import dateformat, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from firstbell.oneroster.dictionary import FEED_TABLES, Version
from firstbell.reports.causes import NO_CAUSES, Cause, Causes
from firstbell.reports.grouping import LEFT_OUT
from firstbell.reports.order import Computed
from firstbell.reports.to_fix import name_of
from firstbell.rules.catalogue import rule
from firstbell.rules.rule import Owner
from firstbell.store.findings import FindingSeen
from firstbell.store.history import SyncRow, SyncSeen
from firstbell.store.models import SyncStatus
from firstbell.web.amounts import noun
from firstbell.web.apis import called, is_api

#: Who must act, in the words of every page.
TURNS: dict[Owner, "str | Promise"] = {
    Owner.DISTRICT: gettext_lazy("Your district acts, in the SIS"),
    Owner.SHARING: gettext_lazy("Your district acts, in the export from your SIS"),
    Owner.SPECIALIST: gettext_lazy("Your specialist acts"),
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
    #: Since when it is open, in words; empty when it is new, or that is not known.
    note: str
    #: How wide its bar is, in percent of the widest that there could be.
    share: int
    #: Most of what it holds back is skipped.
    skips: bool
    #: Whether its rows could be read, and are kept.
    has_rows: bool
    #: The name of the report with the rows that break it, if the sync has it.
    rows: str
    #: What finds the records that break it among the findings.
    sought: str
    #: How many records wait for it beside those that are named.
    more: int


@dataclass(frozen=True, slots=True)
class Told:
    """All that the page of a sync tells beside the row of the list."""

    seen: SyncSeen
    #: Whether another one ended on the same day: its title then needs the time.
    one_of_several: bool
    #: How long it took, in words; empty when it has not ended.
    took: str
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
    #: How many objects that are in all, and how many findings there are.
    changes: int
    findings: int
    #: How many rows the reports have that are CSV files, by file name; none where not known.
    rows: Mapping[str, int]
    #: Whether what came of it is no longer kept.
    gone: bool


@dataclass(frozen=True, slots=True)
class ToldFinding:
    """A finding, with who must act and how."""

    finding: FindingSeen
    turn: str
    solution: str


def turn_of(owner: Owner, source: str | None) -> str:
    """Who must act, in the words of every page.

    Args:
        owner: of the rule or cause.
        source: where the records came from.
    """
    if owner is Owner.SHARING and source and is_api(source):
        return _("Your district acts, in %(source)s") % {"source": called(source)}
    return str(TURNS[owner])


def told_finding(finding: FindingSeen, version: Version, source: str | None) -> ToldFinding:
    """Puts a finding into the words of its page.

    Args:
        finding: what was found.
        version: of OneRoster, as the sync read it.
        source: where the records came from.
    """
    broken = rule(finding.code, version)
    return ToldFinding(finding, turn_of(broken.owner, source), broken.solution)


def told(seen: SyncSeen, computed: Computed | None, product: str, source: str | None) -> Told:
    """Puts a sync into the words of its page.

    Args:
        seen: the sync.
        computed: what it came to; None: it came to nothing, or that is not kept any more.
        product: how the product is called.
        source: where the records came from.
    """
    causes = computed.causes if computed else NO_CAUSES
    failed = _failed(seen.tables)
    shown = told_causes(causes.shown, seen.tables, source)
    ended_well = seen.row.status in (SyncStatus.COMPLETED, SyncStatus.WITH_ERRORS)
    return Told(
        seen=seen,
        one_of_several=_day(seen.row) in {_day(seen.earlier), _day(seen.later)},
        took=_took(seen.row),
        verdict=_verdict(seen, causes, failed, product) if ended_well and computed else "",
        first=_first(causes.shown, failed),
        causes=shown,
        more=causes.total - len(shown),
        resolved=[cause.title for cause in causes.resolved],
        skips=computed.skips if computed else (),
        came_in=list(_came_in(seen.tables)),
        changed=list(_changed(seen.changes)),
        changes=sum(sum(counts.values()) for counts in seen.changes.values()),
        findings=sum(seen.findings.values()),
        rows=computed.rows if computed else {},
        gone=ended_well and computed is None,
    )


def _day(row: SyncRow | None) -> date | None:
    return timezone.localtime(row.completed_at).date() if row and row.completed_at else None


def _took(row: SyncRow) -> str:
    if row.started_at is None or row.completed_at is None:
        return ""
    minutes = round((row.completed_at - row.started_at).total_seconds() / 60)
    if not minutes:
        return _("Under a minute")
    return ngettext("%(number)d minute", "%(number)d minutes", minutes) % {"number": minutes}


def told_causes(
    causes: Sequence[Cause],
    tables: Mapping[str, Mapping[str, int]],
    source: str | None,
) -> list[ToldCause]:
    """The first causes of a sync, with their places in the list.

    Args:
        causes: the biggest first.
        tables: records of the sync, by table and outcome.
        source: where the records came from.
    """
    failed = _failed(tables)
    return [
        _told_cause(number, cause, failed, source) for number, cause in enumerate(causes, start=1)
    ]


def _failed(tables: Mapping[str, Mapping[str, int]]) -> int:
    return sum(counts.get("failed", 0) for counts in tables.values())


def _told_cause(number: int, cause: Cause, failed: int, source: str | None) -> ToldCause:
    fixed = cause.held_back - cause.skipped
    return ToldCause(
        number=number,
        cause=cause,
        turn=turn_of(cause.turn, source),
        note=_note(cause),
        skips=cause.skipped > fixed,
        share=100 if cause.skipped > fixed else round(100 * fixed / max(failed, 1)),
        has_rows=not cause.code.endswith(".row_unreadable"),
        rows=name_of(cause.table),
        sought=_sought(number, cause),
        more=cause.waiting - len(cause.waits),
    )


def _sought(number: int, cause: Cause) -> str:
    rule_or_file = {"table": cause.table} if cause.code in LEFT_OUT else {"code": cause.code}
    return urlencode(rule_or_file | ({"cause": number} if cause.findings else {}))


def _note(cause: Cause) -> str:
    if cause.is_new or cause.since is None or cause.syncs is None or cause.known is None:
        return ""
    since = ngettext(
        "Open since %(day)s (%(number)d sync)", "Open since %(day)s (%(number)d syncs)", cause.syncs
    ) % {"day": dateformat.format(cause.since, "D, M j"), "number": cause.syncs}
    more = cause.broken - cause.known
    if more <= 0:
        return since
    return f"{since} · " + _("%(number)s more since the sync before") % {"number": f"{more:,}"}


def _verdict(seen: SyncSeen, causes: Causes, failed: int, product: str) -> str:
    total = causes.total
    if not total:
        read = sum(counts.get("read", 0) for counts in seen.tables.values())
        said = {"number": f"{read:,}", "product": product}
        if not read:
            return ""
        return (
            _("All %(number)s records are in %(product)s, or out of scope for a known reason.")
            % said
        )
    out = ngettext(
        "%(number)s cause keeps %(records)s out", "%(number)s causes keep %(records)s out", total
    ) % {"number": f"{total:,}", "records": _records(failed)}
    if not causes.skipped:
        return f"{out}."
    which = ngettext(
        "a school that is not onboarded keeps out %(records)s more",
        "%(number)s schools that are not onboarded keep out %(records)s more",
        causes.schools,
    ) % {"number": f"{causes.schools:,}", "records": f"{causes.skipped:,}"}
    return _("%(first)s, and %(second)s.") % {"first": out, "second": which}


def _records(number: int) -> str:
    return ngettext("%(number)s record", "%(number)s records", number) % {"number": f"{number:,}"}


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
    which = _(" and ").join(filter(None, (", ".join(numbers[:-1]), numbers[-1])))
    said = {"which": which, "brought": f"{brought:,}", "failed": f"{failed:,}"}
    return _("Fixing %(which)s brings in %(brought)s of the %(failed)s.") % said


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
