"""How the records of a table stand for their children: `standing_<table>`. What a sync means §3."""

import duckdb

from firstbell.feed.database import text
from firstbell.oneroster.dictionary import OPTIONAL_TABLES

#: What children ask of a parent beside how it stands: name → expression over its record.
_FACTS: dict[str, dict[str, str]] = {
    "orgs": {"type": "r.type"},
    "academicSessions": {
        "is_over": "coalesce(j.outcome = 'removed' OR j.pos IS NULL AND r.\"endDate\" < r.as_of"
        ' AND NOT coalesce(r."endDate" < r."startDate", false), false)'
    },
    "courses": {},
    "users": {"role": 'r."role"'},
    "classes": {"school": 'r."schoolSourcedId"'},
}


def create_ids(database: duckdb.DuckDBPyConnection, table: str) -> None:
    """Makes `ids_<table>`: every sourcedId that some row of the table has, whatever its outcome."""
    database.execute(
        f'CREATE TABLE ids_{table} AS SELECT "sourcedId" AS id FROM rows_{table}'
        f' WHERE "sourcedId" IS NOT NULL UNION SELECT sourcedId FROM judged'
        f" WHERE tab = {text(table)} AND pos IS NULL AND sourcedId IS NOT NULL"
    )


def create_standing(database: duckdb.DuckDBPyConnection, table: str) -> None:
    """Makes `standing_<table>`, one row a sourcedId: id, stands, origin, and `self`, all in one.

    A row that cannot be read stands for its sourcedId only where no readable row has it.
    """
    facts = _FACTS[table]
    members = ["'stands': stands", "'origin': origin", *(f"'{fact}': {fact}" for fact in facts)]
    own = "".join(f", {expression} AS {fact}" for fact, expression in facts.items())
    none = "".join(", NULL" for _ in facts)
    unreadable = "left" if table in OPTIONAL_TABLES else "failed"
    database.execute(f"""
        CREATE TABLE standing_{table} AS
        WITH readable AS MATERIALIZED (
            SELECT r."sourcedId" AS id, coalesce(j.stands, 'accepted') AS stands, j.origin{own}
            FROM records_{table} AS r
            LEFT JOIN (SELECT * FROM judged WHERE tab = {text(table)} AND pos IS NOT NULL) AS j
                   ON j.pos = r.pos
            WHERE r."sourcedId" IS NOT NULL
        ), unreadable AS (
            SELECT sourcedId AS id, '{unreadable}' AS stands, any_value(origin) AS origin{none}
            FROM judged
            WHERE tab = {text(table)} AND pos IS NULL AND sourcedId IS NOT NULL
              AND sourcedId NOT IN (SELECT id FROM readable)
            GROUP BY sourcedId
        )
        SELECT *, {{{", ".join(members)}}} AS self
        FROM (SELECT * FROM readable UNION ALL SELECT * FROM unreadable)
    """)


def create_nobody(database: duckdb.DuckDBPyConnection, table: str) -> None:
    """Makes `standing_<table>` of a table that is not in the feed: empty."""
    database.execute(
        f"CREATE TABLE standing_{table} (id VARCHAR, stands VARCHAR, is_over BOOLEAN,"
        " self STRUCT(stands VARCHAR))"
    )
