"""The files of a delivery → one DuckDB table for each table of the feed. What a sync means §2."""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb

from firstbell.feed.lines import Lines, look_through
from firstbell.feed.manifest import NO_MANIFEST, Manifest, Mode, read_manifest, version_of
from firstbell.feed.package import Delivery
from firstbell.feed.refusal import Reason, Refused
from firstbell.feed.table import FileRead, Said, TableReader, create_tables
from firstbell.oneroster.dictionary import (
    FEED_TABLES,
    OPTIONAL_TABLES,
    Version,
    tables,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A delivery that could be read."""

    database: duckdb.DuckDBPyConnection
    version: Version
    #: By table, parents before children, `roles` last; tables not delivered are not in it.
    files: Mapping[str, FileRead]
    said: tuple[Said, ...]


def read(delivery: Delivery, database: duckdb.DuckDBPyConnection, work: Path) -> Reading:
    """Reads a first delivery into tables.

    Args:
        delivery: the files.
        database: where the tables are made; it must be allowed to read the delivery and `work`.
        work: an existing folder of ours.

    Raises:
        Refused: a needed file or column is missing, a column is there twice, the manifest promises
            what is not there, there is nobody in it, or the version is unknown.
    """
    said = [Said(name, "feed.unknown_file") for name in delivery.unknown]
    manifest = NO_MANIFEST
    if "manifest" in delivery.files:
        manifest = read_manifest(delivery.files["manifest"], work)
    if manifest.recoded:
        said.append(Said("manifest.csv", "manifest.not_utf8"))
    version = version_of(manifest, has_roles="roles" in delivery.files)
    wanted = (*FEED_TABLES, *(["roles"] if version is Version.V1_2 else []))
    for table in wanted:
        _check_presence(table, delivery, manifest)
    create_tables(database)
    files: dict[str, FileRead] = {}
    for table, lines in _look_through_all(wanted, delivery, work):
        about: list[Said] = _encoding_and_mode(table, lines, manifest)
        reader = TableReader(database, tables(version)[table], lines)
        missing = reader.why_not_delivered() if table in OPTIONAL_TABLES else ""
        if missing:
            about.append(
                Said(f"{table}.csv", f"{table}.not_delivered", message=_not_delivered(missing))
            )
        else:
            files[table] = reader.read()
            about += reader.unknown_columns()
        if table != "roles":
            said += about
    return Reading(database, version, files, tuple(said))


def _look_through_all(
    wanted: Iterable[str], delivery: Delivery, work: Path
) -> Iterator[tuple[str, Lines]]:
    """Looks through the files of a delivery in order, each while DuckDB reads the one before."""
    scout = ThreadPoolExecutor(max_workers=1, thread_name_prefix="look-through")
    try:
        ahead = {
            table: scout.submit(look_through, delivery.files[table], work, _id_column(table))
            for table in wanted
            if table in delivery.files
        }
        for table, lines in ahead.items():
            yield table, lines.result()
    finally:
        scout.shutdown(cancel_futures=True)


def _id_column(table: str) -> str:
    return "userSourcedId" if table == "roles" else "sourcedId"


def _check_presence(table: str, delivery: Delivery, manifest: Manifest) -> None:
    """Refuses when a file that should be there is not, and changes without a full export."""
    file = f"{table}.csv"
    mode = manifest.modes.get(table.lower())
    if mode in (Mode.BULK, Mode.DELTA) and table not in delivery.files:
        raise Refused(Reason.FILE_PROMISED, file=file)
    if mode is Mode.DELTA:
        raise Refused(Reason.DELTA_FIRST, file=file)
    if table not in delivery.files and table not in OPTIONAL_TABLES:
        raise Refused(Reason.FILE_MISSING, file=file)


def _encoding_and_mode(table: str, lines: Lines, manifest: Manifest) -> list[Said]:
    file, mode = f"{table}.csv", manifest.modes.get(table.lower())
    said = []
    if lines.recoded:
        said.append(Said(file, f"{table}.not_utf8"))
    if mode is Mode.ABSENT:
        said.append(Said(file, f"{table}.present_though_absent"))
    if mode is Mode.UNKNOWN:
        said.append(Said(file, f"{table}.mode_unknown"))
    return said


def _not_delivered(missing: str) -> str:
    return f"the file has {missing} and counts as not delivered"
