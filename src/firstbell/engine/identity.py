"""Which rows of a table are one record, and at which of them. What a sync means §1 and §3."""

import duckdb
import numpy as np
from numpy.typing import NDArray

from firstbell.feed.database import count, quoted, text
from firstbell.feed.read import Reading
from firstbell.oneroster.dictionary import tables

_AT_ONCE = 4_000_000
_LOW_BITS = np.uint64((1 << 20) - 1)
_MAY_DIFFER = {"sourcedId", "status", "dateLastModified", "password"}


def create_twins(reading: Reading) -> None:
    """Makes the table `twins`, and adds to `aside`.

    `twins` tells of records that stand on several rows: tab, pos (of the row that counts), twins
    (`conflict`: the rows differ, `repeat`: they do not). All other rows of such a record go to
    `aside`, and so do its removed rows where one is not removed.
    """
    reading.database.execute("CREATE TABLE twins (tab VARCHAR, pos BIGINT, twins VARCHAR)")
    for name in reading.files:
        if name != "roles":
            _look_for_twins(reading, name)


def create_twice_enrolled(database: duckdb.DuckDBPyConnection) -> None:
    """Makes the table `twice_enrolled` (pos): enrollments that may stand a second time.

    Most users are in a class once, so that their dates need a look only where some are not.
    """
    cells = '"classSourcedId", "userSourcedId", lower("role")'
    again = repeated(
        database,
        f"SELECT rowid AS pos, hash({cells}) AS hash FROM rows_enrollments",
        "enrolled_again",
    )
    if again:
        values = '"classSourcedId", "userSourcedId", "role", "beginDate", "endDate"'
        hashes = f"SELECT pos, hash({values}) AS hash FROM records_enrollments"
        repeated(
            database, f"{hashes} WHERE pos IN (SELECT pos FROM enrolled_again)", "twice_enrolled"
        )
    else:
        database.execute("CREATE TEMP TABLE twice_enrolled AS FROM enrolled_again")


def create_same(database: duckdb.DuckDBPyConnection, field: str) -> None:
    """Makes the table `same_<field>` (pos): users whose cell another user has too, in any case."""
    cell = quoted(f"cell_{field}")
    repeated(
        database,
        f"SELECT pos, hash(lower({cell})) AS hash FROM records_users WHERE {cell} IS NOT NULL",
        f"same_{field}",
    )


def removed(status: str) -> str:
    """An expression: the SIS says that the record is gone."""
    gone = f"lower({status}) IN ('tobedeleted', 'inactive')"
    return f"CASE WHEN {status} IS NULL OR {status} = 'active' THEN false ELSE {gone} END"


def repeated(database: duckdb.DuckDBPyConnection, hashes: str, into: str) -> int:
    """Makes the table `into` (pos) of the rows whose hash another row has too.

    Sorting the hashes as numbers is several times faster than grouping by them. Some millions are
    sorted at a time, for they are not part of the memory that DuckDB keeps to.

    Args:
        database: where.
        hashes: a query of `pos` and `hash`, without NULLs.
        into: the table's name.

    Returns:
        how many rows there are.
    """
    database.execute(f"CREATE TEMP TABLE {into} (pos BIGINT)")
    parts = count(database, f"SELECT count(*) FROM ({hashes})") // _AT_ONCE + 1
    for part in range(parts):
        of_part = f" WHERE hash % {parts} = {part}" if parts > 1 else ""
        found = database.execute(f"SELECT pos, hash FROM ({hashes}){of_part}").fetchnumpy()
        database.register("positions", {"pos": _repeated(found["pos"], found["hash"])})
        database.execute(f"INSERT INTO {into} SELECT pos::BIGINT FROM positions")
        database.unregister("positions")
    return count(database, f"SELECT count(*) FROM {into}")


def _repeated(positions: NDArray[np.int64], hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
    """The positions whose hash another one has too."""
    keys = np.asarray(hashes, dtype=np.uint64)
    ordered = np.sort(keys)
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    likely = np.zeros(_LOW_BITS + 1, dtype=np.bool_)
    likely[twice & _LOW_BITS] = True
    candidates = np.flatnonzero(likely[keys & _LOW_BITS])
    found: NDArray[np.int64] = positions[candidates[np.isin(keys[candidates], twice)]]
    return found


def _look_for_twins(reading: Reading, name: str) -> None:
    database, file = reading.database, reading.files[name]
    hashes = (
        f'SELECT rowid AS pos, hash("sourcedId") AS hash FROM rows_{name}'
        ' WHERE "sourcedId" IS NOT NULL'
    )
    if not repeated(database, hashes, f"twice_{name}"):
        return
    status = '"status"' if file.has("status") else "NULL::VARCHAR"
    compared = ", ".join(
        quoted(field.name)
        for field in tables(reading.version)[name].fields
        if field.name not in _MAY_DIFFER and file.has(field.name)
    )
    database.execute(f"""
        CREATE TEMP TABLE same_{name} AS
        SELECT rowid AS pos, "sourcedId" AS id, {removed(status)} AS gone, row({compared}) AS cells
        FROM rows_{name}
        WHERE rowid IN (SELECT pos FROM twice_{name})
    """)
    database.execute(f"""
        CREATE TEMP TABLE first_{name} AS
        SELECT id, coalesce(min(pos) FILTER (NOT gone), min(pos)) AS pos,
               CASE WHEN count(*) FILTER (NOT gone) < 2 THEN NULL
                    WHEN count(DISTINCT cells) FILTER (NOT gone) > 1 THEN 'conflict'
                    ELSE 'repeat' END AS twins
        FROM same_{name} GROUP BY id HAVING count(*) > 1
    """)
    database.execute(
        f"INSERT INTO aside SELECT {text(name)}, s.pos FROM same_{name} AS s"
        f" JOIN first_{name} AS f ON f.id = s.id WHERE s.pos <> f.pos"
    )
    database.execute(
        f"INSERT INTO twins SELECT {text(name)}, pos, twins FROM first_{name}"
        " WHERE twins IS NOT NULL"
    )
