"""A fault of the export, not of records: a rule that nearly all records break. What a sync means §5."""

from collections.abc import Iterable

from firstbell.engine.judge import Rules
from firstbell.feed.database import quoted, text
from firstbell.feed.read import Reading
from firstbell.rules.enrollments import CLASS_NOT_SHARED
from firstbell.rules.orgs import NOT_ONBOARDED
from firstbell.rules.rule import Effect, Rule

_ENOUGH = 20
_TENTHS = 9

#: Rules that a whole district can break without a fault of the export.
_NO_FAULT = {NOT_ONBOARDED.code, CLASS_NOT_SHARED.code}


def find_faults(reading: Reading, every: Iterable[Rule], rules: Rules, facts: str) -> None:
    """Adds to the table `faults` the rules of a table that the export as a whole breaks.

    Args:
        reading: the delivery, its findings on the table made.
        every: all rules of the table, the one on unreadable rows too.
        rules: those that judged it.
        facts: the query of one row a record that they judged.
    """
    # One wrong parent, however many records name it, is no fault of the export.
    own = dict(
        reading.database.execute(
            "SELECT code, count(*) FROM findings WHERE tab = ? AND severity = 'failure'"
            " AND cause IS NULL GROUP BY code HAVING count(*) >= ?"
            " AND (NOT ends_with(code, '_not_found') OR count(DISTINCT value) >= ?)",
            [rules.table, _ENOUGH, _ENOUGH],
        ).fetchall()
    )
    candidates = [rule for rule in every if rule.code in own and rule.code not in _NO_FAULT]
    least = _least(reading, candidates)
    open_ = [
        rule
        for rule, judged in zip(candidates, least, strict=True)
        if own[rule.code] * 10 >= judged * _TENTHS
    ]
    for rule, judged in zip(open_, _judged(reading, rules, open_, facts), strict=True):
        if own[rule.code] * 10 >= judged * _TENTHS:
            reading.database.execute("INSERT INTO faults VALUES (?, ?)", [rule.code, judged])


def _judged(reading: Reading, rules: Rules, of: list[Rule], facts: str) -> tuple[int, ...]:
    """How many records each of some rules judges."""
    if not of:
        return ()
    shut = (f" AND NOT coalesce({rule.broken_when}, false)" for rule in rules.shut_out)
    in_scope = f"(NOT {rules.out_of_scope}{''.join(shut)})"
    unreadable = f"SELECT count(*) FROM judged WHERE tab = {text(rules.table)} AND pos IS NULL"
    counts = (
        f"count(*) FILTER ({rule.judged_when}"
        + ("" if rule.effect is Effect.IDENTITY else " AND in_scope")
        + (f") + ({unreadable})" if rule.broken_when is None else ")")
        for rule in of
    )
    found = reading.database.execute(
        f"SELECT {', '.join(counts)} FROM (SELECT *, {in_scope} AS in_scope FROM ({facts}))"
    ).fetchone()
    return found or ()


def _least(reading: Reading, of: list[Rule]) -> tuple[int, ...]:
    """A cheap lower bound of how many records each of some rules of a table judges.

    It is the number of cells in the rule's column, less all records that may be out of scope;
    rules on staff judge at least the accepted ones.
    """
    if not of:
        return ()
    table = of[0].table
    file = reading.files[table]
    out = (
        f"(SELECT count(*) FROM aside WHERE tab = {text(table)})"
        f" - (SELECT count(*) FROM judged WHERE tab = {text(table)} AND code IS NOT NULL)"
    )
    staff = "(SELECT count(*) FROM standing_users WHERE stands = 'accepted' AND role <> 'student')"

    def at_least(rule: Rule) -> str:
        if rule.judged_when.startswith("staff"):
            return staff
        if rule.judged_when == "TRUE":
            return f"count(*) - {out}"
        return f"count({quoted(rule.field)}) - {out}" if file.has(rule.field) else "0"

    found = reading.database.execute(
        f"SELECT {', '.join(map(at_least, of))} FROM rows_{table}"
    ).fetchone()
    return found or ()
