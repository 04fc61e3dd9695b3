"""The tables by which failures are grouped: where each began, and what that holds back.

What a sync means §5.
"""

from pathlib import Path

import duckdb

from firstbell.feed.database import text
from firstbell.oneroster.dictionary import Version
from firstbell.rules.catalogue import CATALOGUE, rule
from firstbell.rules.orgs import NOT_ONBOARDED
from firstbell.rules.rule import Effect, Owner
from firstbell.rules.sql import one_of

#: How many sourcedIds a cause gives as examples.
EXAMPLES = 3

#: Stands for the row of a record that has none; greater than any row.
_NO_ROW = 1_000_000_000_000

_PARENTS = {"userSourcedId": "user", "classSourcedId": "class", "schoolSourcedId": "school"}

#: Rules that are broken when a parent is not in the data, and what that parent is called.
MISSING_PARENT = {
    rule.code: _PARENTS.get(rule.field, "org")
    for rule in CATALOGUE
    if rule.effect is Effect.FAIL and rule.code.endswith("_not_found")
}

#: Why a class has no teacher although it names one: the teacher is left out, without an error.
LEFT_OUT = {
    "users.not_enabled": "its teacher is not enabled",
    "users.role_out_of_scope": "its teacher has a role that is not taken in",
    "users.roles_ended": "the roles of its teacher are over",
    "users.removed": "its teacher is removed in the SIS",
    "enrollments.ended": "the enrollment of its teacher has ended",
    "enrollments.removed": "the enrollment of its teacher is removed in the SIS",
    "orgs.never": "the school of its teacher is marked never",
    "orgs.removed": "the school of its teacher is removed in the SIS",
}


def create_roots(database: duckdb.DuckDBPyConnection) -> None:
    """Makes the tables `failures`, each with its root, and `roots`, each with its cause.

    A failure's `finding` is the rowid of what was found.
    """
    own = "tab || '.csv:' || coalesce(sourcedId, '') || ':' || code"
    left_out = one_of(["removed", *LEFT_OUT])
    database.execute(f"""
        CREATE OR REPLACE TEMP TABLE failures AS
        SELECT rowid AS finding, code, tab, coalesce(pos, -row, -{_NO_ROW} - rowid) AS record, row,
               sourcedId, coalesce(cause, {own}) AS root,
               cause IS NULL OR cause = tab || '.csv::' || code
                   OR split_part(cause, ':', -1) IN {left_out} AND tab = 'classes' AS own,
               CASE WHEN code IN {one_of(MISSING_PARENT)} THEN value END AS missing
        FROM findings WHERE severity = 'failure'
    """)
    database.execute(f"""
        CREATE OR REPLACE TEMP TABLE roots AS
        WITH known AS (
            SELECT root, min(missing) FILTER (own) AS missing,
                   split_part(root, '.csv:', 1) AS tab, split_part(root, ':', -1) AS last
            FROM failures GROUP BY root
        ), named AS (
            SELECT root, missing, tab,
                   CASE WHEN last = 'removed' THEN tab || '.removed' ELSE last END AS code,
                   substring(root, length(tab) + 6,
                             length(root) - length(tab) - length(last) - 6) AS id
            FROM known
        ), grouped AS (
            SELECT named.*, faults.code IS NOT NULL AS fault,
                   CASE WHEN fault THEN ''
                        WHEN named.code = {text(NOT_ONBOARDED.code)} THEN id
                        ELSE coalesce(missing, '') END AS parent
            FROM named LEFT JOIN faults USING (code)
        )
        SELECT *, dense_rank() OVER (ORDER BY code, parent) AS cause FROM grouped
    """)


def rank_causes(database: duckdb.DuckDBPyConnection, version: Version) -> None:
    """Makes the tables `waiting`, `weights`, and `causes`, ranked.

    `waiting` has the records that would come in if a cause were fixed, `own` those that break it
    themselves; `weights` their numbers, by cause and table.
    """
    left_out = one_of(LEFT_OUT)
    database.execute(f"""
        CREATE OR REPLACE TEMP TABLE waiting AS
        SELECT f.tab, f.record, min(r.cause) AS cause, bool_or(f.own) AS own, false AS skipped
        FROM failures AS f JOIN roots AS r USING (root)
        GROUP BY f.tab, f.record HAVING min(r.cause) = max(r.cause)
        UNION ALL
        SELECT j.tab, coalesce(j.pos, -j.row), r.cause, false, true
        FROM judged AS j JOIN roots AS r ON r.root = j.origin
        WHERE j.outcome = 'skipped' AND r.code NOT IN {left_out};
        CREATE OR REPLACE TEMP TABLE weights AS
        SELECT cause, tab, count(*) AS comes_in, count(*) FILTER (NOT own) AS follows,
               count(*) FILTER (skipped) AS skipped
        FROM waiting GROUP BY cause, tab
    """)
    codes = [code for (code,) in database.execute("SELECT DISTINCT code FROM roots").fetchall()]
    turns = [list(Owner).index(owner_of(code, version)) for code in codes]
    database.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE causes AS
        WITH turns AS (SELECT unnest(?::VARCHAR[]) AS code, unnest(?::INTEGER[]) AS turn),
        breaking AS (
            SELECT r.cause, count(*) FILTER (f.own) AS broken, count(*) AS findings,
                   arg_min(f.finding, {{'row': coalesce(f.row, {_NO_ROW}), 'id': f.sourcedId}},
                           {EXAMPLES}) FILTER (f.own) AS examples
            FROM failures AS f JOIN roots AS r USING (root) GROUP BY r.cause
        ), held AS (SELECT cause, sum(comes_in) AS held_back FROM weights GROUP BY cause)
        SELECT cause, r.code, r.tab, r.parent, b.broken, b.findings, b.examples,
               row_number() OVER (ORDER BY r.fault DESC, coalesce(h.held_back, 0) DESC,
                                           t.turn, r.code, r.parent) AS nth
        FROM (SELECT cause, code, min(tab) AS tab, parent, fault FROM roots GROUP BY ALL) AS r
        JOIN turns AS t USING (code)
        JOIN breaking AS b USING (cause)
        LEFT JOIN held AS h USING (cause)
        """,
        [codes, turns],
    )


def count_known(database: duckdb.DuckDBPyConnection, findings: Path | None) -> bool:
    """Adds to `causes` how many of the records that break each did so before.

    Args:
        database: which may read the file.
        findings: the findings.parquet of the sync before; None: there was none, and none is told.

    Returns:
        Whether it is told: a file that is gone or damaged is as good as none.
    """
    database.execute("ALTER TABLE causes ADD COLUMN known BIGINT")
    if findings is None:
        return False
    try:
        database.execute(f"""
            CREATE OR REPLACE TEMP TABLE failed_before AS
            SELECT DISTINCT tab, code, coalesce(sourcedId, '') AS id
            FROM read_parquet({text(str(findings))}) WHERE severity = 'failure'
        """)
    except duckdb.Error:
        return False
    database.execute("""
        UPDATE causes SET known = 0;
        UPDATE causes SET known = k.known FROM (
            SELECT r.cause, count(*) AS known
            FROM failures AS f JOIN roots AS r USING (root)
            SEMI JOIN failed_before AS b
                   ON (b.tab, b.code, b.id) = (f.tab, f.code, coalesce(f.sourcedId, ''))
            WHERE f.own GROUP BY r.cause
        ) AS k WHERE k.cause = causes.cause
    """)
    return True


def owner_of(code: str, version: Version) -> Owner:
    """Who must act; the SIS of the district says what is removed."""
    return Owner.DISTRICT if code.endswith(".removed") else rule(code, version).owner
