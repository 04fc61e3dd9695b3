"""Tonight's accepted records beside the roster as applied: what changes. What a sync means §6 and §7."""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from firstbell.engine.applied import stored_columns
from firstbell.engine.final import create_final
from firstbell.engine.held import names_no_id
from firstbell.engine.judge import rules_for
from firstbell.feed.database import count, quoted, text
from firstbell.feed.read import Reading
from firstbell.feed.table import Said
from firstbell.oneroster.dictionary import FEED_TABLES


@dataclass(frozen=True, slots=True)
class Changes:
    """What a sync does to the objects of one table."""

    created: int = 0
    updated: int = 0
    deactivated: int = 0
    reactivated: int = 0


def compare(reading: Reading) -> tuple[Said, ...]:
    """Makes `changes_<table>` and `removals`, for each table that is in the feed.

    - `changes_<table>`: the columns of `final_<table>`, of each record that is not stored as it is,
      with `change` (created, updated, reactivated) and `before`, a JSON object of the fields that
      an update changes and their values before.
    - `removals`: tab, id, reason, of each active object that is neither accepted nor held.

    Returns:
        A feed-level warning for each table in which absence proves nothing.
    """
    database = reading.database
    enrollments = rules_for(reading, "enrollments")
    database.execute("CREATE TABLE removals (tab VARCHAR, id VARCHAR, reason VARCHAR)")
    said = []
    for table in FEED_TABLES:
        if table not in reading.files:
            continue
        create_final(reading, table, enrollments)
        if not count(database, f"SELECT count(*) FROM applied_{table}"):
            _create_all(database, table)
            continue
        _create_unlike(database, table)
        _create_changes(database, table)
        if _find_removals(database, table):
            said.append(Said(f"{table}.csv", f"{table}.absence_unproven"))
    return tuple(said)


def count_changes(database: duckdb.DuckDBPyConnection, tables: list[str]) -> Mapping[str, Changes]:
    """What changes, by table.

    Args:
        database: with `changes_<table>`, and `removals` that are to be applied.
        tables: those in the feed.
    """
    by_kind = [
        f"SELECT '{table}' AS tab, change, count(*) AS number FROM changes_{table} GROUP BY ALL"
        for table in tables
    ]
    found = database.execute(
        f"{' UNION ALL '.join(by_kind)}"
        " UNION ALL SELECT tab, 'deactivated', count(*) FROM removals GROUP BY tab"
    ).fetchall()
    return {
        table: Changes(**{change: number for tab, change, number in found if tab == table})
        for table in tables
    }


def _create_all(database: duckdb.DuckDBPyConnection, table: str) -> None:
    """Makes `changes_<table>` where there is no object yet: not written once more, they are millions."""
    database.execute(
        f"CREATE VIEW changes_{table} AS SELECT *, 'created' AS change, NULL::VARCHAR AS before"
        f" FROM final_{table}"
    )


def _create_unlike(database: duckdb.DuckDBPyConnection, table: str) -> None:
    """Makes `unlike_<table>` (id, gone): what is not stored as it is, and what is there no more.

    Values are compared by their hashes of 64 bits, which is several times faster for millions that
    are alike: in 10¹⁹ changes one would be missed, and seen when the record changes again.
    """
    hashed = f"hash({', '.join(quoted(name) for name in stored_columns(table))}) AS hash"
    database.execute(f"""
        CREATE TABLE unlike_{table} AS
        SELECT coalesce(f.id, a.id) AS id, f.id IS NULL AS gone
        FROM (SELECT "sourcedId" AS id, {hashed} FROM final_{table}) AS f
        FULL JOIN (SELECT sourcedId AS id, active, {hashed} FROM applied_{table}) AS a
               ON a.id = f.id
        WHERE a.id IS NULL OR f.id IS NULL AND a.active
           OR f.id IS NOT NULL AND (NOT a.active OR f.hash <> a.hash)
    """)


def _create_changes(database: duckdb.DuckDBPyConnection, table: str) -> None:
    columns = [quoted(name) for name in stored_columns(table)]
    members = ", ".join(
        f"CASE WHEN f.{name} IS DISTINCT FROM a.{name} THEN"
        f" '{name}:' || coalesce(to_json(a.{name})::VARCHAR, 'null') END"
        for name in columns
    )
    database.execute(f"""
        CREATE TABLE changes_{table} AS
        SELECT f.*,
               CASE WHEN a.sourcedId IS NULL THEN 'created'
                    WHEN NOT a.active THEN 'reactivated' ELSE 'updated' END AS change,
               CASE WHEN a.active THEN '{{' || concat_ws(',', {members}) || '}}' END AS before
        FROM (SELECT * FROM final_{table}
              WHERE "sourcedId" IN (SELECT id FROM unlike_{table} WHERE NOT gone)) AS f
        LEFT JOIN (SELECT * FROM applied_{table}
                   WHERE sourcedId IN (SELECT id FROM unlike_{table} WHERE NOT gone)) AS a
               ON a.sourcedId = f."sourcedId"
    """)


def _find_removals(database: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Adds to `removals`; returns whether objects stay because absence proves nothing."""
    name = text(table)
    database.execute(f"""
        CREATE TEMP TABLE gone AS
        SELECT id FROM unlike_{table} WHERE gone AND id NOT IN (SELECT id FROM held_{table})
    """)
    database.execute(f"""
        CREATE TEMP TABLE reasons AS
        SELECT g.id,
               CASE WHEN bool_or(j.outcome = 'removed' AND j.pos IS NOT NULL)
                    THEN 'removed by the SIS'
                    WHEN count(j.tab) > 0 THEN 'left out' ELSE 'not in the data' END AS reason
        FROM gone AS g
        LEFT JOIN (SELECT * FROM judged WHERE tab = {name}) AS j ON j.sourcedId = g.id
        GROUP BY g.id
    """)
    absent = count(database, "SELECT count(*) FROM reasons WHERE reason = 'not in the data'")
    unproven = absent > 0 and count(database, names_no_id(table)) > 0
    database.execute(
        f"INSERT INTO removals SELECT {name}, id, reason FROM reasons"
        + (" WHERE reason <> 'not in the data'" if unproven else "")
    )
    database.execute("DROP TABLE gone")
    database.execute("DROP TABLE reasons")
    return unproven
