"""What a sync has computed → PostgreSQL, in one transaction. What a sync means §7.

Readers see last night's roster or tonight's. Rows that do not change are not written.
"""

from contextlib import closing
from pathlib import Path

import duckdb
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from firstbell.engine.applied import stored_columns
from firstbell.feed.database import quoted, text
from firstbell.store.attempts import district_lock
from firstbell.store.columns import ROSTER_TABLES, snake
from firstbell.store.ending import NUL_KEPT_AS, Ended, end_sync
from firstbell.store.into_postgres import copy_rows
from firstbell.store.members import members_follow_roster
from firstbell.store.models import District, Sync


def apply(sync: Sync, ended: Ended, folder: Path, then: District) -> District:
    """Writes what a sync changes, and that it has ended.

    Args:
        sync: which is running.
        ended: what came of it, not refused.
        folder: with `problems.parquet`, its failures (tab, sourcedId, field, code, cause), unless
            they are those of the sync applied last; and where something changes `changes/`:
            `<table>.parquet` and `removals.parquet` as `engine.compare` makes them.
        then: its district when the state that it was computed from was read.

    Returns:
        its district as it is after it.

    Raises:
        Moved: The district is another one by now.
        Overtaken: The sync has ended, or was begun anew by another process.
    """
    with transaction.atomic(), closing(duckdb.connect()) as files:
        district = district_lock(sync, then)
        with connection.cursor() as cursor:
            if ended.changes_something:
                _apply_changes(cursor, files, sync, folder / "changes")
                district.version += 1
            if (folder / "problems.parquet").exists():
                _apply_problems(cursor, files, sync, folder / "problems.parquet")
        members_follow_roster(sync.district_id)
        district.applied_sync = sync
        district.read_from = sync.read_from or district.read_from
        end_sync(sync, ended, district)
    return district


def _apply_changes(
    cursor: CursorWrapper, files: duckdb.DuckDBPyConnection, sync: Sync, folder: Path
) -> None:
    for table in ROSTER_TABLES:
        path = folder / f"{table}.parquet"
        if path.exists():
            _create(cursor, files, sync, table, path)
            _update(cursor, files, sync, table, path)
    _deactivate(cursor, files, sync, folder / "removals.parquet")


def _create(
    cursor: CursorWrapper, files: duckdb.DuckDBPyConnection, sync: Sync, table: str, path: Path
) -> None:
    """Copies new objects straight into their table: the fastest way for a first load."""
    rows = files.sql(
        f"SELECT {sync.district_id}::BIGINT AS district_id, {sync.pk}::BIGINT AS created_by,"
        f" {_renamed(table)} FROM {_rows(path)} WHERE change = 'created'"
    )
    copy_rows(cursor, rows, ROSTER_TABLES[table])


def _update(
    cursor: CursorWrapper, files: duckdb.DuckDBPyConnection, sync: Sync, table: str, path: Path
) -> None:
    name, stage = ROSTER_TABLES[table], f"stage_{ROSTER_TABLES[table]}"
    columns = [snake(column) for column in stored_columns(table)]
    chosen = ", ".join(f'"{column}"' for column in ("sourced_id", *columns))
    cursor.execute(
        f"CREATE TEMP TABLE {stage} ON COMMIT DROP AS"
        f" SELECT {chosen}, ''::text AS change, ''::text AS before FROM {name} WITH NO DATA"
    )
    rows = files.sql(
        f"SELECT {_renamed(table)}, change, before FROM {_rows(path)} WHERE change <> 'created'"
    )
    copy_rows(cursor, rows, stage)
    assigned = ", ".join(f'"{column}" = s."{column}"' for column in columns)
    cursor.execute(
        f"UPDATE {name} AS o SET {assigned}, deactivated_at = NULL FROM {stage} AS s"
        " WHERE o.district_id = %s AND o.sourced_id = s.sourced_id",
        [sync.district_id],
    )
    cursor.execute(
        'INSERT INTO changes (district_id, sync_id, "table", sourced_id, kind, before)'
        f" SELECT %s, %s, %s, sourced_id, change, before::jsonb FROM {stage}",
        [sync.district_id, sync.pk, name],
    )


def _deactivate(
    cursor: CursorWrapper, files: duckdb.DuckDBPyConnection, sync: Sync, path: Path
) -> None:
    cursor.execute(
        'CREATE TEMP TABLE stage_removals ("table" text, sourced_id text COLLATE "C")'
        " ON COMMIT DROP"
    )
    names = " ".join(f"WHEN {text(feed)} THEN {text(sql)}" for feed, sql in ROSTER_TABLES.items())
    rows = files.sql(f'SELECT CASE tab {names} END AS "table", id AS sourced_id FROM {_rows(path)}')
    copy_rows(cursor, rows, "stage_removals")
    for name in ROSTER_TABLES.values():
        cursor.execute(
            f"UPDATE {name} AS o SET deactivated_at = %s FROM stage_removals AS s"
            ' WHERE o.district_id = %s AND s."table" = %s AND o.sourced_id = s.sourced_id',
            [timezone.now(), sync.district_id, name],
        )
    cursor.execute(
        'INSERT INTO changes (district_id, sync_id, "table", sourced_id, kind)'
        " SELECT %s, %s, \"table\", sourced_id, 'deactivated' FROM stage_removals",
        [sync.district_id, sync.pk],
    )


def _apply_problems(
    cursor: CursorWrapper, files: duckdb.DuckDBPyConnection, sync: Sync, path: Path
) -> None:
    """Adds troubles that are new, and closes those that are no more; others are left as they are."""
    cursor.execute(
        'CREATE TEMP TABLE stage_problems ("table" text, sourced_id text COLLATE "C", field text,'
        ' code text, cause text COLLATE "C") ON COMMIT DROP'
    )
    names = " ".join(f"WHEN {text(feed)} THEN {text(sql)}" for feed, sql in ROSTER_TABLES.items())
    rows = files.sql(
        f'SELECT CASE tab {names} END AS "table", {_without_nul("sourcedId")} AS sourced_id, field,'
        f" code, coalesce({_without_nul('cause')}, '') AS cause FROM {_rows(path)}"
    )
    copy_rows(cursor, rows, "stage_problems")
    cursor.execute("ANALYZE stage_problems")
    same = (
        'p."table" = s."table" AND p.sourced_id = s.sourced_id AND p.field = s.field'
        " AND p.code = s.code"
    )
    of_district = {"district": sync.district_id, "sync": sync.pk}
    is_open = "p.district_id = %(district)s AND p.resolved_sync_id IS NULL"
    cursor.execute(
        f"UPDATE problems AS p SET resolved_sync_id = %(sync)s WHERE {is_open}"
        f" AND NOT EXISTS (SELECT FROM stage_problems AS s WHERE {same})",
        of_district,
    )
    cursor.execute(
        f"UPDATE problems AS p SET cause = s.cause FROM stage_problems AS s WHERE {is_open}"
        f" AND {same} AND p.cause <> s.cause",
        of_district,
    )
    cursor.execute(
        'INSERT INTO problems (district_id, "table", sourced_id, field, code, cause, first_sync_id)'
        ' SELECT %(district)s, s."table", s.sourced_id, s.field, s.code, s.cause, %(sync)s'
        f" FROM stage_problems AS s WHERE NOT EXISTS (SELECT FROM problems AS p WHERE {is_open}"
        f" AND {same})",
        of_district,
    )


def _without_nul(column: str) -> str:
    """What PostgreSQL can keep of a text: an id that is not allowed may have a NUL."""
    return f"replace({column}, chr(0), '{NUL_KEPT_AS}')"


def _renamed(table: str) -> str:
    names = ("sourcedId", *stored_columns(table))
    return ", ".join(f"{quoted(name)} AS {quoted(snake(name))}" for name in names)


def _rows(path: Path) -> str:
    return f"read_parquet({text(str(path))})"
