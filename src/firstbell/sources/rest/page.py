"""A page of a collection, from the JSON that came to lines of CSV files."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

from firstbell.feed.database import quoted, text
from firstbell.oneroster.dictionary import Version, tables
from firstbell.sources.rest.members import columns_of, shape_of

#: A user's roles of 1.2 are a file of their own, whose rows have ids that REST does not know.
_ROLES = """
SELECT concat("sourcedId", '/', nth) AS "sourcedId", NULL AS status,
       "sourcedId" AS "userSourcedId", one ->> 'roleType' AS "roleType",
       one ->> 'role' AS role, one ->> 'beginDate' AS "beginDate", one ->> 'endDate' AS "endDate",
       one -> 'org' ->> 'sourcedId' AS "orgSourcedId"
FROM (SELECT "sourcedId", unnest(json_extract(roles, '$[*]')) AS one,
             generate_subscripts(json_extract(roles, '$[*]'), 1) AS nth
      FROM page WHERE rowid >= ?)
"""


@dataclass(frozen=True, slots=True)
class Page:
    """What a page holds."""

    number: int
    #: The sourcedIds of its first record and its last; None when it has none.
    first: str | None
    last: str | None


@dataclass(frozen=True, slots=True)
class Room:
    """Where what comes is put."""

    #: Has the page that is looked at as the table `page`.
    database: duckdb.DuckDBPyConnection
    #: A folder of ours that the database may read and write.
    folder: Path
    #: One in it, for the CSV files.
    files: Path
    version: Version


def begin(room: Room, name: str) -> None:
    """Makes the CSV files of a collection, without a row; what they held is lost."""
    room.database.execute("CREATE OR REPLACE TABLE told (id UBIGINT)")
    _make_page(room, name, f"SELECT {text(json.dumps({name: []}))} AS content")
    for table, query in _files_of(name, room.version).items():
        _copy(room, query, 0, room.files / f"{table}.csv", "HEADER")


def read(room: Room, name: str, file: Path) -> Page:
    """Makes what came the page that is looked at.

    Args:
        room: where.
        name: of the collection.
        file: holds the answer.

    Raises:
        duckdb.Error: It is no page of the collection.
    """
    _make_page(room, name, f"SELECT content FROM read_text({text(str(file))})")
    found = room.database.execute(
        'SELECT count(*), min_by("sourcedId", rowid), max_by("sourcedId", rowid) FROM page'
    ).fetchone()
    assert found is not None  # noqa: S101 - an aggregate has one row
    return Page(*found)


def keep(room: Room, name: str, *, but: int) -> None:
    """Appends the page that is looked at to the CSV files.

    Args:
        room: where.
        name: of the collection.
        but: how many of its first records are there already.
    """
    room.database.execute(
        'INSERT INTO told SELECT hash("sourcedId") FROM page WHERE rowid >= ?', [but]
    )
    lines = room.folder / "lines.csv"
    for table, query in _files_of(name, room.version).items():
        _copy(room, query, but, lines, "HEADER false")
        with lines.open("rb") as new, (room.files / f"{table}.csv").open("ab") as file:
            shutil.copyfileobj(new, file)


def told_twice(room: Room) -> str:
    """Tells apart which records of a collection came more than once; empty when none did."""
    found = room.database.execute(
        "SELECT coalesce(string_agg(id || ' ' || number, ' ' ORDER BY id), '') FROM"
        " (SELECT id, count(*) AS number FROM told GROUP BY id HAVING number > 1)"
    ).fetchone()
    return str(found[0]) if found else ""


def _make_page(room: Room, name: str, content: str) -> None:
    shape = text(f'{{"{name}":[{shape_of(name, room.version)}]}}')
    columns = columns_of(name, room.version)
    if _has_roles(name, room.version):
        columns.append("record.roles AS roles")
    room.database.execute(
        f"CREATE OR REPLACE TEMP TABLE page AS SELECT {', '.join(columns)} FROM (SELECT unnest("
        " CASE WHEN records IS NULL THEN error('no page') ELSE records END) AS record FROM"
        f" (SELECT json_transform(content, {shape}).{quoted(name)} AS records FROM ({content})))"
    )


def _files_of(name: str, version: Version) -> dict[str, str]:
    """The tables that records of a collection become, with their rows of a page."""
    if _has_roles(name, version):
        return {name: "SELECT * EXCLUDE roles FROM page WHERE rowid >= ?", "roles": _ROLES}
    return {name: "SELECT * FROM page WHERE rowid >= ?"}


def _has_roles(name: str, version: Version) -> bool:
    return name == "users" and "roles" in tables(version)


def _copy(room: Room, query: str, but: int, file: Path, header: str) -> None:
    room.database.execute(
        f"COPY ({query}) TO {text(str(file))} (FORMAT csv, {header}, NULL '')", [but]
    )
