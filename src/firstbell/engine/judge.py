"""Runs the rules of one table over its records: outcomes and findings. What a sync means §3, §4.

The rules are SQL predicates over a relation with one row a record (see `sql/`). One pass over that
relation keeps the records that any rule has something to say about; all else works on those few.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from firstbell.engine.identity import removed
from firstbell.engine.tables import statements
from firstbell.feed.database import count, text
from firstbell.feed.read import Reading
from firstbell.oneroster.dictionary import OPTIONAL_TABLES
from firstbell.rules.catalogue import rules_of
from firstbell.rules.rule import Effect, Rule

#: The parents that take a record along when they are left out, the first to be named first.
CASCADING = {"users": ("orgs",), "classes": ("school",), "enrollments": ("user", "school", "class")}

GONE = removed('"cell_status"')


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a table, by what they do."""

    table: str
    identity: tuple[Rule, ...]
    skip: tuple[Rule, ...]
    shut_out: tuple[Rule, ...]
    #: Failures and warnings, judged together.
    judged: tuple[Rule, ...]
    #: Warnings among the accepted.
    last: tuple[Rule, ...]

    @property
    def fail(self) -> tuple[Rule, ...]:
        """Rules that fail their record, in report order."""
        failing = (rule for rule in self.judged if rule.effect is Effect.FAIL)
        return tuple(sorted(failing, key=lambda rule: (rule.field, rule.message, rule.code)))

    @property
    def left_with_parent(self) -> tuple[str, ...]:
        """Predicates: a parent was left out, and takes the record along."""
        return tuple(f"\"{alias}\".stands = 'left'" for alias in CASCADING.get(self.table, ()))

    @property
    def out_of_scope(self) -> str:
        """A predicate: an identity failure, removed or skipped. What a sync means §1."""
        return any_of([*_broken(self.identity), GONE, *_broken(self.skip), *self.left_with_parent])

    @property
    def not_open(self) -> str:
        """A predicate on enrollments: an identity failure, removed or ended. See users.sql."""
        return any_of([*_broken(self.identity), GONE, '"endDate" < as_of'])


def rules_for(reading: Reading, table: str) -> Rules:
    """The rules that judge a table of this delivery, those of whole missing columns left out."""
    there = [
        rule
        for rule in rules_of(table, reading.version)
        if rule.broken_when is not None and not falls_on_every_row(reading, table, rule)
    ]

    def of(*effects: Effect, last: bool = False) -> tuple[Rule, ...]:
        return tuple(r for r in there if r.effect in effects and r.among_accepted is last)

    return Rules(
        table,
        identity=of(Effect.IDENTITY),
        skip=of(Effect.SKIP),
        shut_out=of(Effect.SHUT_OUT),
        judged=of(Effect.FAIL, Effect.WARN),
        last=of(Effect.WARN, last=True),
    )


def falls_on_every_row(reading: Reading, table: str, rule: Rule) -> bool:
    """Whether a warning would be given on every row, for want of its column: it is given once."""
    file = reading.files[table]
    return (
        rule.effect is Effect.WARN and rule.code.endswith("_required") and not file.has(rule.field)
    )


def any_of(predicates: Iterable[str]) -> str:
    """A predicate that is broken when one of them is; NULL breaks nothing."""
    each = " OR ".join(f"coalesce({predicate}, false)" for predicate in predicates)
    return f"({each or 'false'})"


def own_origin(table: str, code: str) -> str:
    """An expression: a record as the origin of what follows from it."""
    return f"{text(table + '.csv:')} || coalesce(sourcedId, '') || {text(':' + code)}"


def judge(database: duckdb.DuckDBPyConnection, reading: Reading, facts: str, rules: Rules) -> None:
    """Judges the records of a table: adds to `judged` and `findings`.

    Args:
        database: with the relations that `facts` reads.
        reading: the delivery.
        facts: a query of one row a record, with the columns that the rules look at.
        rules: what to judge by.
    """
    table = rules.table
    everything = [
        *_broken((*rules.identity, *rules.skip, *rules.shut_out, *rules.judged)),
        *(GONE, *rules.left_with_parent),
    ]
    database.execute(
        f"CREATE TEMP TABLE staged AS SELECT {_looked_at(rules.judged)}, {stage(rules)} AS stage,"
        f" {code(rules)} AS code, {origin_of_leaving(rules)} AS left_origin"
        f" FROM ({facts}) WHERE {' OR '.join(everything)}"
    )
    alone = [(r, f"code = {text(r.code)}") for r in (*rules.identity, *rules.shut_out)]
    others = [(r, f"stage = 'judged' AND ({r.broken_when})") for r in rules.judged]
    _add_findings(database, reading, alone + others)
    _add_outcomes(reading, table)
    database.execute("DROP TABLE staged")


def _looked_at(rules: Iterable[Rule]) -> str:
    """An expression: the columns that findings are made from, out of many more."""
    words = {"pos", "sourcedId", "surplus"}
    for rule in rules:
        words.update(re.findall(r"\w+", f"{rule.broken_when} {rule.value} {rule.follows}"))
    return f"COLUMNS(lambda name: name IN ({', '.join(map(text, sorted(words)))}))"


def judge_accepted(database: duckdb.DuckDBPyConnection, reading: Reading, rules: Rules) -> None:
    """Judges the rules that only accepted records are judged by, when all outcomes are known."""
    for statement in statements(f"{rules.table}_accepted")[:-1]:
        database.execute(statement)
    facts = statements(f"{rules.table}_accepted")[-1]
    database.execute(f"CREATE TEMP TABLE staged AS {facts}")
    _add_findings(database, reading, [(r, f"({r.broken_when})") for r in rules.last])
    database.execute("DROP TABLE staged")


def stage(rules: Rules) -> str:
    """An expression: how far a record comes. What a sync means §3, order of evaluation."""
    return (
        f"CASE WHEN {any_of(_broken(rules.identity))} THEN 'identity' WHEN {GONE} THEN 'removed'"
        f" WHEN {any_of([*_broken(rules.skip), *rules.left_with_parent])} THEN 'skipped'"
        f" WHEN {any_of(_broken(rules.shut_out))} THEN 'shut_out' ELSE 'judged' END"
    )


def code(rules: Rules) -> str:
    """An expression: the rule that ended the judging of a record before its time."""
    cases = [
        *_codes(rules.identity),
        (GONE, "removed"),
        *_codes(rules.skip),
        *((left, "left_with_parent") for left in rules.left_with_parent),
        *_codes(rules.shut_out),
    ]
    return "CASE " + " ".join(f"WHEN {when} THEN {text(name)}" for when, name in cases) + " END"


def origin_of_leaving(rules: Rules) -> str:
    """An expression: where the leaving-out of a record began, when it was with itself or above."""
    cases = [
        (GONE, own_origin(rules.table, "removed")),
        *((when, own_origin(rules.table, name)) for when, name in _codes(rules.skip)),
        *(
            (left, f'"{alias}".origin')
            for left, alias in zip(
                rules.left_with_parent, CASCADING.get(rules.table, ()), strict=True
            )
        ),
    ]
    return "CASE " + " ".join(f"WHEN {when} THEN {then}" for when, then in cases) + " END"


def _codes(rules: Iterable[Rule]) -> list[tuple[str, str]]:
    return [(f"({rule.broken_when})", rule.code) for rule in rules]


def _broken(rules: Iterable[Rule]) -> list[str]:
    return [f"({rule.broken_when})" for rule in rules]


def _add_findings(
    database: duckdb.DuckDBPyConnection, reading: Reading, broken: list[tuple[Rule, str]]
) -> None:
    """Adds a finding for each rule and each record in `staged` that breaks it.

    Args:
        database: with `staged`.
        reading: the delivery.
        broken: rules, each with the predicate on `staged` that says where it is broken.
    """
    if count(database, "SELECT count(*) FROM staged"):
        each = (_findings_of(reading, rule, where) for rule, where in broken)
        database.execute(f"INSERT INTO findings {' UNION ALL '.join(each)}")


def _findings_of(reading: Reading, rule: Rule, where: str) -> str:
    """A query of the findings of one rule."""
    message = "NULL"
    if rule.code.endswith(".row_has_surplus_cells"):
        width = reading.files[rule.table].width
        message = f"'row has ' || surplus || ' columns, expected {width}'"
    cause = f'"{rule.follows}".origin' if rule.follows else "NULL"
    row = reading.files[rule.table].row_number()
    return (
        f"SELECT {text(rule.table)}, pos, {row}, sourcedId, {text(rule.field)},"
        f" {text(rule.severity)}, {text(rule.code)}, {message}, {rule.value}, {cause}"
        f" FROM staged WHERE {where}"
    )


def _add_outcomes(reading: Reading, table: str) -> None:
    """Adds the records in `staged` that are not accepted to `judged`."""
    identity = "skipped" if table in OPTIONAL_TABLES else "failed"
    gone = "left" if table in OPTIONAL_TABLES else "failed"
    reading.database.execute(f"""
        INSERT INTO judged
        SELECT {text(table)}, s.pos, {reading.files[table].row_number("s.pos")}, s.sourcedId,
               CASE s.stage WHEN 'identity' THEN '{identity}' WHEN 'removed' THEN 'removed'
                            WHEN 'skipped' THEN 'skipped' ELSE 'failed' END,
               CASE s.stage WHEN 'identity' THEN '{gone}' WHEN 'judged' THEN 'failed'
                            ELSE 'left' END,
               s.code, CASE WHEN s.stage IN ('removed', 'skipped') THEN s.left_origin ELSE f.origin END
        FROM staged AS s
        LEFT JOIN ({first_failures(table)}) AS f ON f.pos = s.pos
        WHERE s.stage <> 'judged' OR f.pos IS NOT NULL
    """)


def first_failures(table: str) -> str:
    """A query: for each failed record the origin of its first failure in report order."""
    own = f"{text(table + '.csv:')} || coalesce(sourcedId, '') || ':' || code"
    return (
        f"SELECT pos, arg_min({{'origin': coalesce(cause, {own})}}, m.place).origin AS origin"
        " FROM findings AS f JOIN messages AS m USING (code)"
        f" WHERE tab = {text(table)} AND severity = 'failure' AND pos IS NOT NULL GROUP BY pos"
    )
