"""What a delivery that could not be read brought, beside the last one that could.

It is looked at roughly, and only when a sync has failed: how many rows each file has, and which of
the columns that it had are gone. A cell of a record is never kept.
"""

from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import duckdb

from firstbell.feed.database import count, open_database, text
from firstbell.feed.last import KeptTable, LastFeed, kept_tables
from firstbell.feed.lines import Lines, look_through
from firstbell.feed.package import Delivery, Limits
from firstbell.feed.refusal import Refused
from firstbell.feed.table import id_column
from firstbell.oneroster.dictionary import FEED_TABLES

#: Longer names are no names of columns, but perhaps cells of a file without a header.
_LONGEST_NAME = 60
_MOST_NAMES = 200
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class FileDelivered:
    """One file of a delivery, beside that of the last feed."""

    table: str
    is_there: bool
    #: None: not there, or it cannot be read.
    rows: int | None
    #: Of the last feed; None: it had no such file.
    rows_before: int | None
    #: Columns of the standard that the last feed had and this file has not.
    missing: tuple[str, ...] = ()
    #: What some of those may be called now.
    renamed: tuple[tuple[str, str], ...] = ()


def delivered(
    delivery: Delivery, last: LastFeed | None, work: Path, limits: Limits
) -> tuple[FileDelivered, ...]:
    """Looks at the files of a delivery, table by table.

    Args:
        delivery: the files.
        last: the last feed; None: there was none.
        work: an existing folder of ours.
        limits: what looking may cost.
    """
    kept: Mapping[str, KeptTable] = {}
    with suppress(Refused):
        kept = kept_tables(last)
    before = _rows_before(kept, last, work, limits)
    apart = work / "delivered"
    apart.mkdir()
    wanted = [
        table for table in (*FEED_TABLES, "roles") if table in kept or table in delivery.files
    ]
    return tuple(
        _looked_at(table, delivery.files.get(table), kept.get(table), before.get(table), apart)
        for table in wanted
    )


def _looked_at(
    table: str, file: Path | None, kept: KeptTable | None, rows_before: int | None, work: Path
) -> FileDelivered:
    header: Sequence[str] = ()
    rows = None
    if file is not None:
        with suppress(Refused, OSError):
            lines = look_through(file, work, id_column(table))
            header = (lines.header or ())[:_MOST_NAMES]
            rows = _count(lines) if lines.header else None
    heads = [head for head, _ in kept.columns] if kept and header else []
    here = {name.lower() for name in header}
    missing = tuple(head for head in heads if head.lower() not in here)
    known = {head.lower() for head in heads}
    new = [name for name in header if name.lower() not in known and _may_be_a_name(name)]
    renamed = [(head, _now_called(head, heads, header, new)) for head in missing]
    return FileDelivered(
        table,
        file is not None,
        rows,
        rows_before,
        missing,
        tuple((head, name) for head, name in renamed if name),
    )


def _count(lines: Lines) -> int:
    """The rows of a file that has been looked through: each stands on a line of its own."""
    number, end = 0, b""
    with lines.path.open("rb") as file:
        while block := file.read(_BLOCK):
            number, end = number + block.count(b"\n"), block[-1:]
    last = 1 if end not in (b"", b"\n") else 0
    return max(number + last - int(lines.has_header), 0)


def _rows_before(
    kept: Mapping[str, KeptTable], last: LastFeed | None, work: Path, limits: Limits
) -> Mapping[str, int]:
    if last is None or not kept:
        return {}
    with (
        suppress(duckdb.Error),
        closing(open_database(work, limits, last.folder, threads=1)) as database,
    ):
        return {
            table: count(
                database,
                "SELECT count(*) FROM"
                f" read_parquet({text(str((one.folder / f'{table}.parquet').resolve()))},"
                " hive_partitioning = false)",
            )
            for table, one in kept.items()
        }
    return {}


def _may_be_a_name(name: str) -> bool:
    return 0 < len(name) <= _LONGEST_NAME and not name.lower().startswith("metadata.")


def _now_called(head: str, heads: Sequence[str], header: Sequence[str], new: Sequence[str]) -> str:
    """What a column that is gone may be called: a name like it, or the one that stands in its place."""
    alike = [name for name in new if head.lower() in name.lower()]
    lower = {name.lower(): name for name in new}
    alike += [lower[name] for name in get_close_matches(head.lower(), list(lower), 1, 0.7)]
    if alike:
        return alike[0]
    place = heads.index(head)
    beside = (heads[place - 1] if place else "", *heads[place + 1 : place + 2])
    for name in new:
        at = header.index(name)
        if {header[at - 1] if at else "", *header[at + 1 : at + 2]} >= set(filter(None, beside)):
            return name
    return ""
