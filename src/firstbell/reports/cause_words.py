"""A cause in words: its title, what it means for people, and how to fix it. What a sync means §5."""

from typing import TypedDict

import duckdb

from firstbell.engine.result import SyncResult
from firstbell.feed.database import text
from firstbell.reports.grouping import LEFT_OUT, MISSING_PARENT
from firstbell.rules.catalogue import rule
from firstbell.rules.classes import TEACHER_REQUIRED
from firstbell.rules.orgs import NOT_ONBOARDED

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


class Words(TypedDict):
    """What is said of a cause; see `Cause`."""

    title: str
    people: str
    solution: str
    of_export: bool


def words_of(result: SyncResult, code: str, parent: str, broken: int) -> Words:
    """What is said of a cause.

    Args:
        result: what came of the sync.
        code: of the rule that is broken, or by which a record was left out.
        parent: the parent that is missing or not onboarded; empty where the cause is no parent.
        broken: how many records break it.
    """
    judged = result.database.execute(
        "SELECT max(judged) FROM faults WHERE code = ?", [code]
    ).fetchone()
    of = judged[0] if judged else None
    solution, people = TEACHER_REQUIRED.solution, TEACHER_REQUIRED.people
    if code not in LEFT_OUT:
        solution, people = rule(code, result.version).solution, rule(code, result.version).people
    if parent and code in MISSING_PARENT:
        solution = _SHARE.format(parent=MISSING_PARENT[code])
    return {
        "title": _title(result, code, parent, broken, of),
        "people": people,
        "solution": solution if of is None else _EXPORT,
        "of_export": of is not None,
    }


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
