"""Failed records whose objects stay as they were last night. What a sync means §1 and §3.

Their objects count for the records below them as accepted, with the values that are stored.
"""

import duckdb

from firstbell.engine.policy import Policy
from firstbell.feed.database import count, text
from firstbell.oneroster.dictionary import OPTIONAL_TABLES
from firstbell.rules.orgs import NOT_ONBOARDED

#: What must be so of an object, and stay of its stored parents, for it to be held: over `a`.
_MAY_STAY = {
    "orgs": "(a.\"type\" IS DISTINCT FROM 'school' OR {taken_in})",
    "users": (
        'a."orgSourcedIds" IS NULL OR a.sourcedId IN (SELECT l.sourcedId'
        " FROM (SELECT sourcedId, unnest(orgSourcedIds) AS org FROM failing_users) AS l"
        " JOIN stays_orgs AS s ON s.id = l.org)"
    ),
    "classes": 'a."schoolSourcedId" IN (SELECT id FROM stays_orgs)',
    "enrollments": (
        'a."classSourcedId" IN (SELECT id FROM stays_classes)'
        ' AND a."userSourcedId" IN (SELECT id FROM stays_users)'
        ' AND a."schoolSourcedId" IN (SELECT id FROM stays_orgs)'
    ),
}

#: What children ask of a held parent: name → expression over the object.
_STORED_FACTS = {
    "orgs": {"type": 'a."type"'},
    "academicSessions": {"is_over": 'coalesce(a."endDate" < {as_of}, false)'},
    "courses": {},
    "users": {"role": 'a."role"'},
    "classes": {"school": 'a."schoolSourcedId"'},
}


def taken_in(policy: Policy) -> str:
    """A predicate on schools by their `sourcedId`: its specialists have onboarded them."""
    onboarded = "true" if policy.onboarded is None else "sourcedId IN (SELECT id FROM onboarded)"
    return f"({onboarded} AND sourcedId NOT IN (SELECT id FROM never))"


def names_no_id(table: str) -> str:
    """A query that counts the unreadable rows of a table whose sourcedId cannot be made out.

    Where there are some, absence proves nothing. What a sync means §7.
    """
    return (
        f"SELECT count(*) FROM notes WHERE tab = {text(table)}"
        " AND kind = 'unreadable' AND sourcedId IS NULL"
    )


def hold(database: duckdb.DuckDBPyConnection, table: str, policy: Policy) -> None:
    """Makes `held_<table>` (id), and `stays_<table>` (id): what is not deactivated tonight.

    Args:
        database: with `judged`, `applied_<table>`, and `standing_<table>`, which is changed.
        table: a table of the feed whose records have been judged.
        policy: what the sync is judged by.
    """
    kept_out = "('failed', 'skipped')" if table in OPTIONAL_TABLES else "('failed')"
    database.execute(f"""
        CREATE TABLE failing_{table} AS
        SELECT a.* FROM applied_{table} AS a
        JOIN (
            SELECT DISTINCT sourcedId AS id FROM judged AS j
            WHERE tab = {text(table)} AND outcome IN {kept_out}
              AND code IS DISTINCT FROM {text(NOT_ONBOARDED.code)}
              AND (pos IS NOT NULL OR sourcedId NOT IN
                   (SELECT "sourcedId" FROM rows_{table} WHERE "sourcedId" IS NOT NULL))
        ) AS j ON j.id = a.sourcedId
        WHERE a.active
    """)
    database.execute(
        f"CREATE TABLE held_{table} AS SELECT a.sourcedId AS id FROM failing_{table} AS a"
        f" WHERE {_MAY_STAY.get(table, 'true').format(taken_in=taken_in(policy))}"
    )
    if table != "enrollments":
        _stand(database, table, f"DATE {text(policy.as_of.isoformat())}")


def hold_with_parents(database: duckdb.DuckDBPyConnection) -> None:
    """Takes failed records out of `removals` whose parents stay because their own removal is held.

    Args:
        database: with `removals` and `held_removals`; `stays_<table>` is changed.
    """
    for table in ("orgs", "users", "classes"):
        database.execute(
            f"INSERT INTO stays_{table} SELECT id FROM held_removals WHERE tab = {text(table)}"
        )
    for table in ("users", "classes", "enrollments"):
        stay = f"SELECT a.sourcedId FROM failing_{table} AS a WHERE {_MAY_STAY[table]}"
        database.execute(f"DELETE FROM removals WHERE tab = {text(table)} AND id IN ({stay})")
        if table != "enrollments":
            database.execute(f"INSERT INTO stays_{table} {stay}")


def _stand(database: duckdb.DuckDBPyConnection, table: str, as_of: str) -> None:
    """Lets the children of held objects see them as accepted, with their stored values."""
    facts = {name: value.format(as_of=as_of) for name, value in _STORED_FACTS[table].items()}
    assigned = "".join(f", {name} = {value}" for name, value in facts.items())
    members = ["'stands': 'accepted'", "'origin': NULL::VARCHAR"]
    members += [f"'{name}': {value}" for name, value in facts.items()]
    database.execute(f"""
        UPDATE standing_{table} AS s
        SET stands = 'accepted', origin = NULL{assigned}, self = {{{", ".join(members)}}}
        FROM failing_{table} AS a, held_{table} AS h
        WHERE a.sourcedId = s.id AND h.id = s.id
    """)
    proves_nothing = count(database, names_no_id(table)) > 0
    absent = (
        f" UNION ALL SELECT sourcedId FROM applied_{table} WHERE active"
        f" AND sourcedId NOT IN (SELECT id FROM standing_{table})"
    )
    database.execute(
        f"CREATE TABLE stays_{table} AS SELECT id FROM standing_{table} WHERE stands = 'accepted'"
        + (absent if proves_nothing else "")
    )
