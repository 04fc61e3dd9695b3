"""The DuckDB database in which one sync is computed: in memory, bounded, and closed to the world."""

from pathlib import Path

import duckdb

from firstbell.feed.package import Limits


def open_database(work: Path, limits: Limits) -> duckdb.DuckDBPyConnection:
    """An empty database that can read only the folder `work`, and spill only to it.

    Args:
        work: an existing folder of ours.
        limits: memory and disk it may use.
    """
    database = duckdb.connect(
        config={
            "memory_limit": limits.memory,
            "temp_directory": str(work / "spill"),
            "max_temp_directory_size": limits.spill,
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            # In memory there is nothing to be made durable; a checkpoint would only take time.
            "checkpoint_threshold": "1TB",
        }
    )
    database.execute(f"SET allowed_directories = [{text(str(work.resolve()))}]")
    database.execute("SET enable_external_access = false")
    database.execute("SET lock_configuration = true")
    return database


def quoted(name: str) -> str:
    """A name as an SQL identifier: `endDate` → `"endDate"`."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text as an SQL literal: `O'Neill` → `'O''Neill'`."""
    return "'" + value.replace("'", "''") + "'"


def count(database: duckdb.DuckDBPyConnection, query: str) -> int:
    """The one number that a query gives."""
    found = database.execute(query).fetchone()
    return int(found[0]) if found else 0
