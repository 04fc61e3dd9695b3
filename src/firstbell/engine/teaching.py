"""Who would teach each class: its teacher enrollments, its own outcome aside. What a sync means §5."""

from dataclasses import replace

import duckdb

from firstbell.engine.judge import Rules, any_of, origin_of_leaving, own_origin, stage
from firstbell.feed.database import text


def create_teaching(database: duckdb.DuckDBPyConnection, facts: str, rules: Rules) -> None:
    """Makes the table `teaching`, one row a teacher enrollment whose class is named.

    Its columns: pos, class, sourcedId, teacher, primary, stands and origin.

    Args:
        database: where.
        facts: a query of one row an enrollment, with the columns that the rules look at; no class
            is there yet.
        rules: the rules of enrollments.
    """
    rules = replace(rules, judged=tuple(r for r in rules.judged if r.follows != "class"))
    failing = any_of(f"({rule.broken_when})" for rule in rules.fail)
    reasons = " ".join(
        f"WHEN {rule.broken_when} THEN "
        + (f'coalesce("{rule.follows}".origin, ' if rule.follows else "(")
        + f"{own_origin('enrollments', rule.code)})"
        for rule in rules.fail
    )
    database.execute(f"""
        CREATE TABLE teaching AS
        SELECT pos, "classSourcedId" AS class, "sourcedId", "userSourcedId" AS teacher, "primary",
               CASE WHEN stage <> 'judged' THEN 'left' WHEN fails THEN 'failed' ELSE 'accepted' END
                   AS stands,
               CASE WHEN stage = 'judged' THEN reason ELSE left_origin END AS origin
        FROM (SELECT *, {stage(rules)} AS stage, {origin_of_leaving(rules)} AS left_origin,
                     {failing} AS fails, CASE {reasons} END AS reason
              FROM ({facts})
              WHERE "role" = {text("teacher")} AND "classSourcedId" IS NOT NULL)
        WHERE stage <> 'identity'
    """)
