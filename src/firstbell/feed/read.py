"""The files of a delivery → one DuckDB table for each table of the feed. What a sync means §2."""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb

from firstbell.feed.last import (
    KeptTable,
    LastFeed,
    carry,
    is_from_api,
    kept_tables,
    merge,
    version_of_feed,
)
from firstbell.feed.lines import Lines, look_through
from firstbell.feed.manifest import NO_MANIFEST, Manifest, Mode, read_manifest, version_of
from firstbell.feed.package import Delivery
from firstbell.feed.refusal import Reason, Refused
from firstbell.feed.table import FileRead, Said, TableReader, create_tables, id_column
from firstbell.oneroster.dictionary import (
    FEED_TABLES,
    OPTIONAL_TABLES,
    Table,
    Version,
    tables,
)

#: All tables that are read; `roles` in OneRoster 1.2 only.
READ_TABLES = (*FEED_TABLES, "roles")


@dataclass(frozen=True, slots=True)
class Reading:
    """A delivery that could be read."""

    database: duckdb.DuckDBPyConnection
    version: Version
    #: By table, parents before children, `roles` last; tables that are not in the feed are not in it.
    files: Mapping[str, FileRead]
    said: tuple[Said, ...]
    #: Tables of which only changes were delivered.
    deltas: frozenset[str] = frozenset()
    #: Tables of which a change file was lost, and no full export has come since.
    lost: frozenset[str] = frozenset()
    #: It was made of the answers of an API, which need not tell all that files must.
    from_api: bool = False
    #: What the API is called; empty: it was none, or it is not known any more.
    api: str = ""


def read(
    delivery: Delivery,
    database: duckdb.DuckDBPyConnection,
    work: Path,
    last: LastFeed | None = None,
) -> Reading:
    """Reads a delivery into tables, with the rows of the last feed that are still good.

    Args:
        delivery: the files.
        database: where the tables are made; it must be allowed to read the delivery, `work` and the
            last feed.
        work: an existing folder of ours.
        last: the last feed; None for a first delivery.

    Raises:
        Refused: a needed file or column is missing, a column is there twice, the manifest promises
            what is not there, there is nobody in it, the version is unknown, or there are changes
            (delta) of a table that is not known as it last was.
    """
    manifest = _manifest_of(delivery, work)
    said = [Said(name, "feed.unknown_file") for name in delivery.unknown]
    if manifest.recoded:
        said.append(Said("manifest.csv", "manifest.not_utf8"))
    version = version_of(manifest, has_roles="roles" in delivery.files)
    wanted = (*FEED_TABLES, *(["roles"] if version is Version.V1_2 else []))
    kept = _kept(last, wanted, delivery, manifest)
    lost = last.lost & frozenset(wanted) if last else frozenset[str]()
    for table in wanted:
        _check_presence(table, delivery, manifest, kept)
        if table in lost and manifest.mode_of(table) is Mode.DELTA:
            raise Refused(Reason.DELTA_AFTER_LOST, file=f"{table}.csv")
    create_tables(database)
    files: dict[str, FileRead] = {}
    delivered = set[str]()
    for table, lines in _look_through_all(wanted, delivery, work):
        file = None
        if lines is not None:
            about, file = _read_file(database, tables(version)[table], lines, manifest)
            said += about if table != "roles" else []
        if file is not None:
            delivered.add(table)
            if manifest.mode_of(table) is Mode.DELTA:
                file = merge(database, tables(version)[table], kept[table], file)
        elif table in kept:
            file = carry(database, tables(version)[table], kept[table])
        if file is not None:
            files[table] = file
    deltas = frozenset(table for table in delivered if manifest.mode_of(table) is Mode.DELTA)
    still_lost = lost - (delivered - deltas)
    return Reading(
        *(database, version, files, tuple(said), deltas, still_lost),
        from_api=manifest.from_api,
        api=manifest.source if manifest.from_api else "",
    )


def changes_in(delivery: Delivery, work: Path) -> frozenset[str]:
    """The tables that a delivery brings changes (delta) of, which are lost if it cannot be read.

    Args:
        delivery: the files.
        work: an existing folder of ours.

    Raises:
        Refused: the manifest cannot be opened.
    """
    manifest = _manifest_of(delivery, work)
    return frozenset(table for table in READ_TABLES if manifest.mode_of(table) is Mode.DELTA)


def read_again(last: LastFeed, database: duckdb.DuckDBPyConnection) -> Reading:
    """Reads the last feed as it is, without a delivery: no row has a row number.

    Args:
        last: the feed.
        database: where the tables are made; it must be allowed to read the feed.
    """
    create_tables(database)
    version, kept = version_of_feed(last), kept_tables(last)
    files = {
        name: carry(database, tables(version)[name], kept[name])
        for name in READ_TABLES
        if name in kept
    }
    return Reading(database, version, files, (), lost=last.lost, from_api=is_from_api(last))


def _manifest_of(delivery: Delivery, work: Path) -> Manifest:
    path = delivery.files.get("manifest")
    return NO_MANIFEST if path is None else read_manifest(path, work)


def _kept(
    last: LastFeed | None, wanted: tuple[str, ...], delivery: Delivery, manifest: Manifest
) -> Mapping[str, KeptTable]:
    """The tables of the last feed; a full export can do without one that is damaged."""
    try:
        return kept_tables(last)
    except Refused:
        for table in wanted:
            if table not in delivery.files or manifest.mode_of(table) is Mode.DELTA:
                raise
        return {}


def _read_file(
    database: duckdb.DuckDBPyConnection, table: Table, lines: Lines, manifest: Manifest
) -> tuple[list[Said], FileRead | None]:
    """What is to be said about a file, and its rows; None when it counts as not delivered."""
    said, mode = _encoding_and_absence(table.name, lines, manifest), manifest.mode_of(table.name)
    reader = TableReader(database, table, lines)
    missing = reader.why_not_delivered() if table.name in OPTIONAL_TABLES else ""
    if missing:
        code, message = f"{table.name}.not_delivered", _not_delivered(missing)
        return [*said, Said(f"{table.name}.csv", code, message=message)], None
    if mode is Mode.UNKNOWN:
        said.append(Said(f"{table.name}.csv", f"{table.name}.mode_unknown"))
    file = reader.read(only_changes=mode is Mode.DELTA)
    return [*said, *reader.unknown_columns()], file


def _look_through_all(
    wanted: Iterable[str], delivery: Delivery, work: Path
) -> Iterator[tuple[str, Lines | None]]:
    """Looks through the files of a delivery in order, each while DuckDB reads the one before.

    A table whose file is not there has no lines.
    """
    scout = ThreadPoolExecutor(max_workers=1, thread_name_prefix="look-through")
    try:
        ahead = {
            table: scout.submit(look_through, delivery.files[table], work, id_column(table))
            for table in wanted
            if table in delivery.files
        }
        for table in wanted:
            yield table, ahead[table].result() if table in ahead else None
    finally:
        scout.shutdown(cancel_futures=True)


def _check_presence(
    table: str, delivery: Delivery, manifest: Manifest, kept: Mapping[str, KeptTable]
) -> None:
    """Refuses when a file that should be there is not, and changes without a full export."""
    file, mode = f"{table}.csv", manifest.mode_of(table)
    if mode in (Mode.BULK, Mode.DELTA) and table not in delivery.files:
        raise Refused(Reason.FILE_PROMISED, file=file)
    if mode is Mode.DELTA and table not in kept:
        raise Refused(Reason.DELTA_FIRST, file=file)
    may_be_missing = table in OPTIONAL_TABLES or (mode is Mode.ABSENT and table in kept)
    if table not in delivery.files and not may_be_missing:
        raise Refused(Reason.FILE_MISSING, file=file)


def _encoding_and_absence(table: str, lines: Lines, manifest: Manifest) -> list[Said]:
    """What is said even about a file that counts as not delivered."""
    said = []
    if lines.recoded:
        said.append(Said(f"{table}.csv", f"{table}.not_utf8"))
    if manifest.mode_of(table) is Mode.ABSENT:
        said.append(Said(f"{table}.csv", f"{table}.present_though_absent"))
    return said


def _not_delivered(missing: str) -> str:
    return f"the file has {missing} and counts as not delivered"
