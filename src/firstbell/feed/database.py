"""The DuckDB database in which one sync is computed: in memory, bounded, and closed to the world."""

import os
from pathlib import Path

import duckdb

from firstbell.feed.package import Limits


def open_database(
    work: Path, limits: Limits, *others: Path, threads: int | None = None
) -> duckdb.DuckDBPyConnection:
    """An empty database that can use only the folder `work` and the others, and spill to `work`.

    Args:
        work: an existing folder of ours.
        limits: memory and disk it may use.
        *others: more folders of ours, such as that of the last feed.
        threads: how many it may use; None: as many as there are processors.
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
            **({} if threads is None else {"threads": threads}),
        }
    )
    folders = ", ".join(text(str(folder.resolve())) for folder in (work, *others))
    database.execute(f"SET allowed_directories = [{folders}]")
    database.execute("SET enable_external_access = false")
    database.execute("SET lock_configuration = true")
    return database


def is_whole(parquet: Path) -> bool:
    """Whether a Parquet file is there and was not cut off: it ends as it begins."""
    try:
        with parquet.open("rb") as file:
            begin = file.read(4)
            file.seek(-4, os.SEEK_END)
            return begin == file.read() == b"PAR1"
    except OSError:
        return False


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
