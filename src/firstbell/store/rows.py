"""One record as a sync has read it, from the feed that it has kept."""

from collections.abc import Sequence
from contextlib import suppress

import duckdb

from firstbell.store.findings import looking_into, parquet
from firstbell.store.history import SyncSeen


def row_of(sync: SyncSeen, table: str, row: int) -> Sequence[tuple[str, str | None]] | None:
    """The columns of the standard and the cells of a row in which a sync found something.

    Args:
        sync: whose.
        table: of the feed; it is trusted.
        row: its number in the file.

    Returns:
        None when nothing was found there, or the feed is no longer kept.
    """
    with suppress(duckdb.Error), looking_into(sync.folder) as database:
        found = database.execute(
            f"SELECT place FROM {parquet(sync.folder / 'findings.parquet')}"
            ' WHERE tab = ? AND "row" = ? AND place IS NOT NULL LIMIT 1',
            [table, row],
        ).fetchone()
        if found is None:
            return None
        feed = parquet(sync.folder / "feed" / f"{table}.parquet")
        cells = database.execute(f"FROM {feed} LIMIT 1 OFFSET ?", [found[0]])
        names = [column[0] for column in cells.description or ()]
        values = cells.fetchone()
        return None if values is None else list(zip(names, values, strict=True))
    return None
