"""What holds in every sync, whatever was delivered."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from firstbell.engine.policy import Policy
from firstbell.engine.result import SyncResult
from firstbell.feed.refusal import Refused
from firstbell.oneroster.dictionary import OPTIONAL_TABLES
from firstbell.reports.check import checked
from tests.made_up import make_up


@dataclass
class Record:
    """A record of one table, with what was made of it."""

    row: int
    sourced_id: str
    outcome: str
    #: The rule that ended its judging before its time.
    code: str
    #: Where that began.
    origin: str
    #: The parents it names, by column.
    parents: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """A finding on a record."""

    file: str
    row: int
    sourced_id: str
    severity: str
    code: str
    cause: str


@dataclass(frozen=True)
class Outcome:
    """A sync, as far as the laws speak of it."""

    counts: dict[str, dict[str, int]]
    records: dict[str, list[Record]]
    findings: list[Finding]
    faults: set[str]

    def accepted(self, table: str) -> set[str]:
        return {r.sourced_id for r in self.records[table] if r.outcome == "accepted"}

    def on(self, table: str, record: Record) -> list[Finding]:
        return [f for f in self.findings if (f.file, f.row) == (f"{table}.csv", record.row)]


_PARENTS = {
    "users": ("orgSourcedIds",),
    "classes": ("schoolSourcedId",),
    "enrollments": ("schoolSourcedId", "userSourcedId", "classSourcedId"),
}

_ORGS = """CASE WHEN r."orgSourcedIds" IS NOT NULL THEN coalesce(
    (SELECT list(s.id) FROM several_users AS s WHERE s.pos = r.pos), [r."orgSourcedIds"]) END"""


def _outcome(result: SyncResult) -> Outcome:
    database = result.database
    found = database.execute(
        "SELECT tab || '.csv', row, coalesce(sourcedId, ''), severity, code, coalesce(cause, '')"
        " FROM findings"
    ).fetchall()
    faults = database.execute("SELECT code FROM faults").fetchall()
    return Outcome(
        {t: {n: getattr(c, n) for n in c.__slots__} for t, c in result.counts.items()},
        {table: _records(result, table) for table in result.counts},
        [Finding(*cells) for cells in found],
        {code for (code,) in faults},
    )


def _records(result: SyncResult, table: str) -> list[Record]:
    columns = _PARENTS.get(table, ())
    parents = ", ".join(
        _ORGS if column == "orgSourcedIds" else f'r."{column}"' for column in columns
    )
    found = result.database.execute(
        "SELECT r.pos + 2, coalesce(r.sourcedId, ''), coalesce(j.outcome, 'accepted'),"
        f" coalesce(j.code, ''), coalesce(j.origin, ''), {parents or 'NULL'}"
        f" FROM records_{table} AS r"
        f" LEFT JOIN (FROM judged WHERE tab = '{table}' AND pos IS NOT NULL) AS j USING (pos)"
    ).fetchall()
    records = []
    for row, sourced_id, outcome, code, origin, *cells in found:
        named = {
            column: [] if cell is None else cell if isinstance(cell, list) else [cell]
            for column, cell in zip(columns, cells, strict=False)
        }
        records.append(Record(row, sourced_id, outcome, code, origin, named))
    unreadable = result.database.execute(
        "SELECT row, coalesce(sourcedId, ''), outcome, code, coalesce(origin, '') FROM judged"
        f" WHERE tab = '{table}' AND pos IS NULL"
    ).fetchall()
    return records + [Record(*cells) for cells in unreadable]


def every_record_ends_in_one_outcome(outcome: Outcome) -> None:
    for table, records in outcome.records.items():
        rows = Counter(record.row for record in records)
        assert max(rows.values(), default=1) == 1, f"a record of {table} has two outcomes"
        assert {r.outcome for r in records} <= {"accepted", "failed", "skipped", "removed"}


def the_outcomes_add_up_to_what_was_read(outcome: Outcome) -> None:
    for table, counts in outcome.counts.items():
        assert counts.pop("read") == sum(counts.values())
        of_records = Counter(record.outcome for record in outcome.records[table])
        assert Counter(counts) == of_records


def the_accepted_refer_only_to_the_accepted(outcome: Outcome) -> None:
    orgs = outcome.accepted("orgs")
    lent = {
        record.parents["userSourcedId"][0]
        for record in outcome.records["enrollments"]
        if record.parents
        and record.parents["userSourcedId"]
        and set(record.parents["schoolSourcedId"]) <= orgs
    }
    targets = {"schoolSourcedId": "orgs", "userSourcedId": "users", "classSourcedId": "classes"}
    for table in ("users", "classes", "enrollments"):
        for record in outcome.records[table]:
            if record.outcome != "accepted":
                continue
            for column, parents in record.parents.items():
                if column == "orgSourcedIds":
                    assert set(parents) & orgs or record.sourced_id in lent, record
                else:
                    assert set(parents) <= outcome.accepted(targets[column]), record
                    assert parents, record


def who_fails_is_told_why_and_nobody_else(outcome: Outcome) -> None:
    for table, records in outcome.records.items():
        for record in records:
            severities = [finding.severity for finding in outcome.on(table, record)]
            match record.outcome:
                case "failed":
                    assert "failure" in severities, record
                case "accepted":
                    assert "failure" not in severities, record
                case "skipped" if table in OPTIONAL_TABLES:
                    assert severities == ["warning"], record
                case _:
                    assert severities == [], record


def an_identity_failure_is_told_alone(outcome: Outcome) -> None:
    identity = (
        *(".row_unreadable", ".sourced_id_required", ".sourced_id_not_allowed"),
        ".sourced_id_conflict",
    )
    for table, records in outcome.records.items():
        for record in records:
            codes = [finding.code for finding in outcome.on(table, record)]
            if any(code.endswith(identity) for code in codes):
                assert len(codes) == 1, record


def a_rule_speaks_once_of_a_record_and_field(outcome: Outcome) -> None:
    said = Counter((f.file, f.row, f.code) for f in outcome.findings)
    assert max(said.values(), default=1) == 1


def every_cause_is_there(outcome: Outcome) -> None:
    """It names a finding, a record that was left out, or a fault of the export."""
    there = {f"{f.file}:{f.sourced_id}:{f.code}" for f in outcome.findings}
    for table, records in outcome.records.items():
        there |= {
            f"{table}.csv:{record.sourced_id}:{record.code}"
            for record in records
            if record.outcome in ("skipped", "removed") and record.code != "left_with_parent"
        }
    there |= {f"{code.split('.')[0]}.csv::{code}" for code in outcome.faults}
    named = {finding.cause for finding in outcome.findings} - {""}
    named |= {r.origin for records in outcome.records.values() for r in records} - {""}
    assert named <= there


LAWS: tuple[Callable[[Outcome], None], ...] = (
    every_record_ends_in_one_outcome,
    the_outcomes_add_up_to_what_was_read,
    the_accepted_refer_only_to_the_accepted,
    who_fails_is_told_why_and_nobody_else,
    an_identity_failure_is_told_alone,
    a_rule_speaks_once_of_a_record_and_field,
    every_cause_is_there,
)


@pytest.mark.slow
@given(st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_every_law_holds_in_every_district(random: Random) -> None:
    district = make_up(random)
    policy = Policy(district.as_of, onboarded=district.onboarded, never=district.never)
    with TemporaryDirectory() as folder:
        for name, content in district.files.items():
            Path(folder, name).write_bytes(content)
        try:
            with checked(Path(folder), policy) as result:
                outcome = _outcome(result)
        except Refused:
            assume(False)
    for law in LAWS:
        law(outcome)
