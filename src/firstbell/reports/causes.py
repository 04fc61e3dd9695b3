"""What to fix, by how much it holds back. What a sync means §5.

Failures are grouped by where they began. One cause is one rule and one owner, and for a parent that
is missing or not onboarded the same parent; a fault of the export comes before all others.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb

from firstbell.engine.result import SyncResult
from firstbell.feed.database import text
from firstbell.reports.cause_words import words_of
from firstbell.reports.counting import counted, listed
from firstbell.reports.grouping import (
    LEFT_OUT,
    MISSING_PARENT,
    count_known,
    create_roots,
    owner_of,
    rank_causes,
)
from firstbell.reports.waiting import WaitingRecord, waiting_records
from firstbell.rules.enrollments import CLASS_NOT_SHARED
from firstbell.rules.orgs import NOT_ONBOARDED
from firstbell.rules.rule import Owner


@dataclass(frozen=True, slots=True)
class BrokenRecord:
    """A record that breaks a rule, as the reports tell it."""

    #: The table of the record, and the number of its row in the file; None: it has none there.
    table: str
    row: int | None
    #: None when it has none.
    sourced_id: str | None
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing to fix, and all that it holds back."""

    code: str
    title: str
    owner: Owner
    solution: str
    #: What it means for people, in one sentence.
    people: str
    #: The table whose records break it.
    table: str
    #: The parent that is missing or not onboarded; empty where the cause is no parent.
    parent: str
    #: The export as a whole is at fault, not its records.
    of_export: bool
    #: Records that break it.
    broken: int
    #: By table: records that would come in if it were fixed, skipped ones among them.
    comes_in: Mapping[str, int]
    #: By table: those of them that do not break it themselves.
    follows: Mapping[str, int]
    #: Those of them that are skipped.
    skipped: int
    #: Some records that break it, those first in the file first.
    first: tuple[BrokenRecord, ...]
    #: How many of those that break it did so at the sync before; None: there was none.
    known: int | None
    #: The day since which every sync has found it, and in how many; None: that is not known.
    since: date | None
    syncs: int | None
    #: Findings that go back to it; 0 where that is not known.
    findings: int = 0
    #: Some of the records that follow.
    waits: tuple[WaitingRecord, ...] = ()

    @property
    def examples(self) -> tuple[str, ...]:
        """SourcedIds of some records that break it."""
        ids = (broken.sourced_id for broken in self.first)
        return tuple(filter(None, dict.fromkeys(ids)))

    @property
    def is_new(self) -> bool:
        """Whether no record broke it at the sync before."""
        return self.known == 0

    @property
    def turn(self) -> Owner:
        """Whose turn it is to fix it: that of the rule's owner, but for an export as a whole."""
        return Owner.SHARING if self.of_export else self.owner

    @property
    def held_back(self) -> int:
        """Records that would come in if it were fixed."""
        return sum(self.comes_in.values())

    @property
    def waiting(self) -> int:
        """Those of them that do not break it themselves."""
        return sum(self.follows.values())

    @property
    def effect(self) -> str:
        """What fixing it brings: `Fix 1 user, and 1 class and 31 enrollments follow`."""
        following = self.follows
        if self.code == NOT_ONBOARDED.code:
            first = "Onboard the school"
        elif self.code == CLASS_NOT_SHARED.code:
            first, following = "Share the classes that are taught now", self.comes_in
        elif self.of_export or self.parent:
            add = f"Add the {MISSING_PARENT.get(self.code)} or correct the id"
            first = "Fix the export" if self.of_export else add
            following = self.comes_in
        else:
            first = f"Fix {counted(self.broken, self.table)}"
        all_of_it = listed(following)
        verb = "follows" if sum(following.values()) == 1 else "follow"
        return f"{first}, and {all_of_it} {verb}" if all_of_it else first


@dataclass(frozen=True, slots=True)
class Causes:
    """The causes of a sync, the one that holds back most first."""

    shown: tuple[Cause, ...]
    #: How many there are in all, and how many of them are new.
    total: int
    new: int
    #: How many schools are not onboarded, and how many records are skipped with them.
    schools: int
    skipped: int
    #: Those of the sync before that are no more.
    resolved: tuple[Cause, ...] = ()


NO_CAUSES = Causes((), 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Before:
    """What was to fix at the sync before."""

    #: Its findings.parquet.
    findings: Path
    causes: Causes


def find_causes(result: SyncResult, most: int = 50, before: Before | None = None) -> Causes:
    """Groups the failures of a sync by cause.

    Args:
        result: what came of the sync.
        most: how many causes are shown at most.
        before: what was to fix at the sync before; None: there was none.
    """
    database = result.database
    create_roots(database)
    rank_causes(database, result.version)
    if not count_known(database, before.findings if before else None):
        before = None
    found = database.execute(
        "SELECT cause, code, tab, parent, broken, known, findings FROM causes ORDER BY nth LIMIT ?",
        [most],
    ).fetchall()
    earlier = {(one.code, one.parent): one for one in before.causes.shown} if before else {}
    still = _still(database, list(earlier))
    weights, examples = _weights(database, most), _examples(database, most)
    waits = waiting_records(result, most)
    shown = []
    for number, code, table, parent, broken, known, findings in found:
        since, syncs = _since(result.policy.as_of, known, earlier.get((code, parent)))
        shown.append(
            Cause(
                **words_of(result, code, parent, broken),
                code=code,
                owner=owner_of(code, result.version),
                table="classes" if code in LEFT_OUT else table,
                parent=parent,
                broken=broken,
                comes_in={tab: comes_in for tab, comes_in, _, _ in weights[number]},
                follows={tab: follows for tab, _, follows, _ in weights[number]},
                skipped=sum(skipped for *_, skipped in weights[number]),
                first=tuple(examples[number]),
                known=known,
                since=since,
                syncs=syncs,
                findings=findings,
                waits=tuple(waits[number]),
            )
        )
    resolved = tuple(one for key, one in earlier.items() if key not in still)
    return Causes(tuple(shown), *_totals(database), resolved)


def unchanged(causes: Causes) -> Causes:
    """The causes of a sync, as those of the next one that has the same findings."""
    shown = tuple(
        replace(one, known=one.broken, syncs=one.syncs and one.syncs + 1) for one in causes.shown
    )
    return replace(causes, shown=shown, new=0, resolved=())


def _still(
    database: duckdb.DuckDBPyConnection, keys: list[tuple[str, str]]
) -> set[tuple[str, str]]:
    """Those of some causes, told by code and parent, that are there."""
    return set(
        database.execute(
            "SELECT code, parent FROM causes SEMI JOIN"
            " (SELECT unnest(?::VARCHAR[]) AS code, unnest(?::VARCHAR[]) AS parent)"
            " USING (code, parent)",
            [[code for code, _ in keys], [parent for _, parent in keys]],
        ).fetchall()
    )


def _totals(database: duckdb.DuckDBPyConnection) -> tuple[int, int, int, int]:
    """Causes, new ones, schools that are not onboarded, and records that are skipped with them."""
    school = f"code = {text(NOT_ONBOARDED.code)}"
    found = database.execute(f"""
        SELECT count(*), count(*) FILTER (known = 0), count(*) FILTER ({school}),
               coalesce((SELECT sum(skipped) FROM weights JOIN causes USING (cause) WHERE {school}), 0)
        FROM causes
    """).fetchone()
    assert found  # noqa: S101 - there is always a count
    total, new, schools, skipped = found
    return total, new, schools, int(skipped)


def _since(as_of: date, known: int | None, earlier: Cause | None) -> tuple[date | None, int | None]:
    if not known:
        return as_of, 1
    return (earlier.since, earlier.syncs and earlier.syncs + 1) if earlier else (None, None)


def _weights(
    database: duckdb.DuckDBPyConnection, most: int
) -> Mapping[int, list[tuple[str, int, int, int]]]:
    """By cause: table, records that come in, those that follow, and those that are skipped."""
    by_cause: dict[int, list[tuple[str, int, int, int]]] = defaultdict(list)
    found = database.execute(
        "SELECT cause, w.tab, comes_in, follows, skipped"
        " FROM weights AS w JOIN causes USING (cause) WHERE nth <= ?",
        [most],
    ).fetchall()
    for number, *weight in found:
        by_cause[number].append(tuple(weight))
    return by_cause


def _examples(database: duckdb.DuckDBPyConnection, most: int) -> Mapping[int, list[BrokenRecord]]:
    by_cause: dict[int, list[BrokenRecord]] = defaultdict(list)
    found = database.execute(
        """
        SELECT c.cause, f.tab, f.row, f.sourcedId, f.field, coalesce(f.message, m.message)
        FROM (SELECT cause, unnest(examples) AS finding FROM causes WHERE nth <= ?) AS c
        JOIN findings AS f ON f.rowid = c.finding LEFT JOIN messages AS m USING (code)
        ORDER BY f.row NULLS LAST, f.sourcedId
        """,
        [most],
    ).fetchall()
    for number, *broken in found:
        by_cause[number].append(BrokenRecord(*broken))
    return by_cause
