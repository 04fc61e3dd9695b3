"""What a sync did to the objects of the roster, a page at a time, from the file that it has left."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import duckdb

from firstbell.store.findings import looking_into, parquet
from firstbell.store.history import SyncSeen

_CHANGES = "changes.parquet"


@dataclass(frozen=True, slots=True)
class ChangesAsked:
    """Which changes are looked for; what is empty is no condition."""

    #: The table of the feed.
    table: str = ""
    #: Created, updated, reactivated or deactivated.
    kind: str = ""
    #: How the sourcedId begins.
    sourced_id: str = ""


@dataclass(frozen=True, slots=True)
class ChangeSeen:
    """One object that a sync has changed."""

    table: str
    kind: str
    sourced_id: str
    #: What it is called; None when it has no name.
    label: str | None
    #: The fields that changed, with their values before and after.
    fields: Mapping[str, tuple[object, object]]
    #: Why it goes; None when it does not.
    reason: str | None


def changes_of(
    sync: SyncSeen, asked: ChangesAsked, *, most: int, after_first: int = 0
) -> list[ChangeSeen] | None:
    """Changes of a sync, table by table and by id, those of objects that go last.

    Args:
        sync: whose.
        asked: which of them.
        most: how many at most.
        after_first: how many are left out before them.

    Returns:
        None when they are not kept.
    """
    if not any(number for of_table in sync.changes.values() for number in of_table.values()):
        return []
    wanted = {
        "tab = ?": asked.table,
        "kind = ?": asked.kind,
        "starts_with(sourcedId, ?)": asked.sourced_id,
    }
    given = {one: value for one, value in wanted.items() if value}
    where = f"WHERE {' AND '.join(given)}" if given else ""
    with suppress(duckdb.Error), looking_into(sync.folder) as database:
        rows = database.execute(
            "SELECT tab, kind, sourcedId, label, before, after, reason"
            f" FROM {parquet(sync.folder / _CHANGES)} {where} LIMIT ? OFFSET ?",
            [*given.values(), most, after_first],
        ).fetchall()
        return [
            ChangeSeen(table, kind, sourced_id, label, _fields(before, after), reason)
            for table, kind, sourced_id, label, before, after, reason in rows
        ]
    return None


def _fields(before: str | None, after: str | None) -> Mapping[str, tuple[object, object]]:
    if before is None or after is None:
        return {}
    now = json.loads(after)
    return {name: (value, now.get(name)) for name, value in json.loads(before).items()}
