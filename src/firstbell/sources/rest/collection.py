"""All records of a collection, page after page, as they were at one moment or not at all.

Pages are counted by offset, and each begins with the last record of the one before: if that is
another one, records have moved, and the collection is read from its beginning again. It ends with a
page that brings nothing new; what the API counts must then be what came.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from firstbell.feed.database import quoted, text
from firstbell.feed.refusal import Reason, Refused
from firstbell.sources.rest.asking import Answer, Api, TooMuch, ask

#: How often a collection is read from its beginning.
_MOST_TRIES = 3
#: How often an answer that is no page is asked for again.
_MOST_UNREADABLE = 3


class _Moved(Exception):
    """Records have moved while they were read."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """A collection that was read."""

    name: str
    number: int
    #: How many the API says there are; None: it does not say.
    total: int | None
    #: What the API's clock said when it was begun.
    since: datetime


@dataclass(frozen=True, slots=True)
class Room:
    """Where what comes is put."""

    #: Gets a table of each collection, of its name, with the column `doc`: JSON objects, in order.
    database: duckdb.DuckDBPyConnection
    #: A folder of ours that the database may read.
    folder: Path


@dataclass(frozen=True, slots=True)
class _Page:
    """What a page holds."""

    number: int
    first: str | None
    last: str | None
    answer: Answer


def pull(api: Api, name: str, room: Room) -> Pulled:
    """Reads a collection into a table.

    Args:
        api: whose.
        name: of the collection, which is its member of the answers, too.
        room: where.

    Raises:
        Refused: the API does not answer, or records move each time.
    """
    before: str | None = None
    for _ in range(_MOST_TRIES):
        room.database.execute(f"CREATE OR REPLACE TABLE {quoted(name)} (doc JSON)")
        try:
            pulled = _pulled(api, name, room)
        except _Moved:
            continue
        twice = _told_twice(name, room)
        if twice in ("", before):  # a record that is there twice whenever one looks is the API's
            return pulled
        before = twice
    raise Refused(Reason.API_RESTLESS, source=api.profile.source, collection=name)


def _pulled(api: Api, name: str, room: Room) -> Pulled:
    limit, number, last = api.profile.most, 0, None
    begun: Answer | None = None
    while True:
        page, limit = _page(api, name, room, limit=limit, offset=max(0, number - 1))
        begun = begun or page.answer
        if page.answer.total != begun.total or (number and page.first != last):
            raise _Moved
        new = page.number - bool(number)
        room.database.execute(
            f"INSERT INTO {quoted(name)} SELECT unnest(records[{1 + bool(number)}:]) FROM page"
        )
        number, last = number + new, page.last
        if not new:
            break
    if begun.total not in (None, number):
        raise _Moved
    return Pulled(name, number, begun.total, begun.at)


def _page(api: Api, name: str, room: Room, *, limit: int, offset: int) -> tuple[_Page, int]:
    """A page, in the table `page`, and the number of records that can be asked for at once."""
    asked: dict[str, str | int] = {"offset": offset}
    if api.profile.sorts:
        asked |= {"sort": "sourcedId", "orderBy": "asc"}
    file = room.folder / f"{name}.json"
    unreadable = 0
    while True:
        fewest = min(limit, api.profile.fewest)
        try:
            answer = ask(api, name, {"limit": limit, **asked}, file, may_shrink=limit > fewest)
        except TooMuch:
            limit = max(fewest, limit // 2)
            continue
        try:
            return _read(name, room, file, answer), limit
        except duckdb.Error:
            unreadable += 1
            if unreadable == _MOST_UNREADABLE:
                raise Refused(
                    Reason.API_UNREADABLE, source=api.profile.source, collection=name
                ) from None


def _read(name: str, room: Room, file: Path, answer: Answer) -> _Page:
    room.database.execute(
        f"CREATE OR REPLACE TEMP TABLE page AS SELECT {quoted(name)} AS records"
        f" FROM read_json({text(str(file))}, format = 'unstructured',"
        f" columns = {{{quoted(name)}: 'JSON[]'}}, maximum_object_size = {answer.size + 1024})"
    )
    rows = room.database.execute(
        "SELECT len(records), records[1] ->> 'sourcedId', records[-1] ->> 'sourcedId' FROM page"
    ).fetchall()
    if len(rows) != 1 or rows[0][0] is None:
        raise duckdb.InvalidInputException
    number, first, last = rows[0]
    return _Page(number, first, last, answer)


def _told_twice(name: str, room: Room) -> str:
    """Tells apart which records came more than once; empty when none did."""
    found = room.database.execute(
        "SELECT coalesce(string_agg(id || ' ' || number, ' ' ORDER BY id), '') FROM ("
        f" SELECT doc ->> 'sourcedId' AS id, count(*) AS number FROM {quoted(name)}"
        " GROUP BY id HAVING number > 1)"
    ).fetchone()
    return str(found[0]) if found else ""
