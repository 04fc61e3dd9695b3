"""What to fix, by how much it holds back. What a sync means §5.

Failures are grouped by where they began. One cause is one rule and one owner, and for a parent that
is missing or not onboarded the same parent; a fault of the export comes before all others.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from firstbell.engine.result import SyncResult
from firstbell.feed.database import count, text
from firstbell.reports.counting import counted, listed
from firstbell.reports.grouping import (
    EXAMPLES,
    LEFT_OUT,
    MISSING_PARENT,
    create_roots,
    owner_of,
    rank_causes,
)
from firstbell.rules.catalogue import rule
from firstbell.rules.classes import TEACHER_REQUIRED
from firstbell.rules.orgs import NOT_ONBOARDED
from firstbell.rules.rule import Owner

#: What to do about a fault of the export, in place of the rule's own words for one record.
_EXPORT = (
    "Look at how the export is set up before you correct single records: one setting there can "
    "break them all."
)


#: What to do about a parent that is not in the data.
_SHARE = (
    "If your SIS has this {parent}, share the {parent} too; if not, correct the id wherever it is "
    "named."
)


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
    #: SourcedIds of some records that break it.
    examples: tuple[str, ...]

    @property
    def held_back(self) -> int:
        """Records that would come in if it were fixed."""
        return sum(self.comes_in.values())

    @property
    def effect(self) -> str:
        """What fixing it brings: `Fix 1 user, and 1 class and 31 enrollments follow`."""
        following = self.follows
        if self.code == NOT_ONBOARDED.code:
            first = "Onboard the school"
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
    #: How many there are in all.
    total: int


NO_CAUSES = Causes((), 0)


def find_causes(result: SyncResult, most: int = 10) -> Causes:
    """Groups the failures of a sync by cause.

    Args:
        result: what came of the sync.
        most: how many causes are shown at most.
    """
    database = result.database
    create_roots(database)
    rank_causes(database, result.version)
    total = count(database, "SELECT count(*) FROM causes")
    found = database.execute(
        "SELECT cause, code, tab, parent, broken, examples FROM causes ORDER BY nth LIMIT ?",
        [most],
    ).fetchall()
    return Causes(tuple(_cause(result, *row) for row in found), total)


def _cause(
    result: SyncResult,
    number: int,
    code: str,
    table: str,
    parent: str,
    broken: int,
    examples: list[str | None],
) -> Cause:
    database = result.database
    weights = database.execute(
        "SELECT tab, comes_in, follows, skipped FROM weights WHERE cause = ?", [number]
    ).fetchall()
    judged = database.execute("SELECT max(judged) FROM faults WHERE code = ?", [code]).fetchone()
    of = judged[0] if judged else None
    solution, people = TEACHER_REQUIRED.solution, TEACHER_REQUIRED.people
    if code not in LEFT_OUT:
        solution, people = rule(code, result.version).solution, rule(code, result.version).people
    if parent and code in MISSING_PARENT:
        solution = _SHARE.format(parent=MISSING_PARENT[code])
    if of is not None:
        solution = _EXPORT
    return Cause(
        code=code,
        title=_title(result, code, parent, broken, of),
        owner=owner_of(code, result.version),
        solution=solution,
        people=people,
        table="classes" if code in LEFT_OUT else table,
        parent=parent,
        of_export=of is not None,
        broken=broken,
        comes_in={tab: comes_in for tab, comes_in, _, _ in weights},
        follows={tab: follows for tab, _, follows, _ in weights},
        skipped=sum(skipped for *_, skipped in weights),
        examples=tuple(filter(None, dict.fromkeys(examples)))[:EXAMPLES],
    )


def _title(result: SyncResult, code: str, parent: str, broken: int, judged: int | None) -> str:
    if code in LEFT_OUT:
        return f"{TEACHER_REQUIRED.title}: {LEFT_OUT[code]}"
    broken_rule = rule(code, result.version)
    if judged is not None:
        every = f"all {judged:,}" if broken == judged else f"{broken:,} of {judged:,}"
        if code.endswith("_required") and code != TEACHER_REQUIRED.code:
            return (
                f"{broken_rule.field} is empty for {every} that need it: the export leaves it out"
            )
        return f"{broken_rule.title}, in {every} records: a fault of the export"
    if code == NOT_ONBOARDED.code:
        return f"{broken_rule.title}: {_name_of_org(result.database, parent)}"
    if parent:
        return f"{MISSING_PARENT[code].capitalize()} {parent} is not in the data"
    return broken_rule.title


def _name_of_org(database: duckdb.DuckDBPyConnection, sourced_id: str) -> str:
    found = database.execute(
        f'SELECT any_value("cell_name") FROM records_orgs WHERE "sourcedId" = {text(sourced_id)}'
    ).fetchone()
    return f"{found[0]} ({sourced_id})" if found and found[0] else sourced_id
