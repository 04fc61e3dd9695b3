"""The pure part of a nightly sync: from a delivery to a folder with all that is applied and said.

What a sync means §2 to §8. It touches no network and no PostgreSQL, so that a worker can run it in a
process of its own, and apply what it leaves.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass, replace
from datetime import date, timedelta
from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from firstbell.engine.applied import write_applied
from firstbell.engine.night import Night, night
from firstbell.engine.policy import GuardLimits, Policy
from firstbell.feed.database import open_database, text
from firstbell.feed.last import LastFeed
from firstbell.feed.package import Limits, digest_of, open_package
from firstbell.feed.read import Reading, changes_in, read, read_again
from firstbell.feed.snapshot import write_feed
from firstbell.reports.causes import NO_CAUSES, Causes, find_causes
from firstbell.reports.skips import explain_skips
from firstbell.reports.summary import Summary, Synced
from firstbell.reports.write import write_reports


@dataclass(frozen=True, slots=True)
class Earlier:
    """A sync that was computed before."""

    #: Of its delivery's files.
    digest: str
    #: With what came of it.
    folder: Path


@dataclass(frozen=True, slots=True)
class Deltas:
    """The changes in a delivery: they are lost to later ones unless it is read."""

    #: Of its files; None when they are not known.
    digest: str | None
    #: Those that it has changes (delta) of, or may have.
    tables: frozenset[str]


@dataclass(frozen=True, slots=True)
class Order:
    """One sync to compute."""

    #: Its id; None for a preview.
    sync: int | None
    #: A folder or zip archive; None: the last feed is judged again as it is.
    delivery: Path | None
    policy: Policy
    #: The feed of the last delivery that could be read; None: there was none.
    last: LastFeed | None
    #: The folder of the roster as applied, see `open_applied`; None: nothing was ever applied.
    applied: Path | None
    #: The guard's limits; None when a person lets the sync through.
    guard: GuardLimits | None
    #: An empty folder of ours for what comes of it.
    out: Path
    #: Deliveries that were not read since the last feed, in the order in which they came.
    unread: tuple[Deltas, ...] = ()
    #: Digest of the problems that are known from the sync applied last; empty when none was.
    problems: str = ""
    #: A sync that this one would be the same as, were its delivery the same; None: there is none.
    earlier: Earlier | None = None


@dataclass(frozen=True, slots=True)
class Same:
    """The delivery is that of an earlier sync: it comes to the same, and changes nothing."""

    #: With what came of the earlier one.
    folder: Path


@dataclass(frozen=True, slots=True)
class Computed:
    """What came of an order.

    Its folder then has `feed/`, and unless all is refused `reports/`, `findings.parquet`,
    `problems.parquet` (its failures: table, sourcedId, field, code, cause) unless they are those
    that were known, and where something changes `changes/` (`<table>.parquet` and `removals.parquet`) and `applied/`, the roster after it.
    """

    summary: Summary
    causes: Causes = NO_CAUSES
    #: Why records were left out without an error.
    skips: tuple[str, ...] = ()
    #: File names of the reports, in the order in which people look at them.
    files: tuple[str, ...] = ()
    #: Removals held back, by table, none for a sync that is refused; None when nothing is held.
    held: Mapping[str, int] | None = None
    #: The first day after this one on which the same delivery may come to something else.
    same_until: date | None = None
    #: Tables of which a change file was lost, and no full export has come since.
    lost: frozenset[str] = frozenset()
    #: Of the delivery's files; None when the last feed was judged again.
    digest: str | None = None
    #: Of its problems; empty for a sync that is refused.
    problems: str = ""


def compute(
    order: Order,
    limits: Limits | None = None,
    opened: Callable[[Deltas], None] = lambda delivery: None,
) -> Computed | Same:
    """Reads a delivery, judges it, and writes what is to be applied and said.

    Args:
        order: what to compute.
        limits: what the delivery may cost.
        opened: told of the delivery before it is read, so that it is known what is lost with it.

    Raises:
        Refused: the delivery cannot be used as a whole.
    """
    limits = limits or Limits()
    kept = order.last.folder if order.last else None
    ours = [order.out, *(folder for folder in (kept, order.applied) if folder)]
    with TemporaryDirectory(prefix="firstbell-", ignore_cleanup_errors=True) as folder:
        work = Path(folder).resolve()
        package, digest, last = None, None, order.last
        if order.delivery:
            package = open_package(order.delivery, work, limits)
            digest = digest_of(package)
            opened(Deltas(digest, changes_in(package, work)))
            last = _with_losses(order, digest)
        if order.earlier and digest == order.earlier.digest:
            return Same(order.earlier.folder)
        with closing(open_database(work, limits, *ours)) as database:
            if package is None:
                if last is None:
                    raise ValueError("there is neither a delivery nor a feed to judge again")
                reading = read_again(last, database)
            else:
                reading = read(package, database, work, last)
            with _keeping(reading, order.out / "feed"):
                tonight = night(reading, order.policy, order.applied, order.guard)
            if tonight.refused:
                computed = _refused(order.sync, tonight, reading)
            else:
                computed = _written(order, tonight, reading)
            return replace(computed, digest=digest)


def _with_losses(order: Order, digest: str) -> LastFeed | None:
    """The last feed, without the tables of which a delivery before this one had changes."""
    if order.last is None:
        return None
    before = takewhile(lambda one: one.digest != digest, order.unread)
    return replace(order.last, lost=order.last.lost.union(*(one.tables for one in before)))


@contextmanager
def _keeping(reading: Reading, folder: Path) -> Iterator[None]:
    """Writes the feed beside what is done in the block, and to its end."""
    with reading.database.cursor() as beside, ThreadPoolExecutor(max_workers=1) as writer:
        apart = replace(reading, database=beside)
        written = writer.submit(write_feed, apart, folder)
        yield
        written.result()


def _refused(sync: int | None, tonight: Night, reading: Reading) -> Computed:
    result = tonight.result
    summary = Summary(tonight.status, result.policy.as_of, tonight.refused, sync=sync, changes={})
    return Computed(summary, held={}, lost=reading.lost)


def _written(order: Order, tonight: Night, reading: Reading) -> Computed:
    database, out = reading.database, order.out
    written = write_reports(tonight.result, out / "reports", Synced(order.sync, tonight))
    held = None
    if tonight.decision and tonight.decision.held:
        counted = database.execute("SELECT tab, count(*) FROM held_removals GROUP BY tab")
        held = dict(counted.fetchall())
    _write_findings(database, out)
    problems = _problems(database)
    if problems != order.problems:
        _copy(database, "FROM problems", out / "problems.parquet")
    if any(any(astuple(one)) for one in tonight.changes.values()):
        _write_changes(database, list(tonight.result.counts), out, first=order.applied is None)
    return Computed(
        written.summary,
        find_causes(tonight.result),
        explain_skips(tonight.result),
        tuple(file.name for file in written.files),
        held,
        _same_until(database, order.policy.as_of),
        reading.lost,
        problems=problems,
    )


def _write_findings(database: duckdb.DuckDBPyConnection, out: Path) -> None:
    _copy(
        database,
        "SELECT f.* REPLACE (coalesce(f.message, m.message) AS message)"
        " FROM findings AS f LEFT JOIN messages AS m USING (code)",
        out / "findings.parquet",
    )


def _problems(database: duckdb.DuckDBPyConnection) -> str:
    """Makes the table `problems`; returns a digest of its rows, whatever their order."""
    database.execute("""
        CREATE TABLE problems AS
        SELECT tab, coalesce(sourcedId, '') AS sourcedId, field, code, min(cause) AS cause
        FROM findings WHERE severity = 'failure' GROUP BY ALL
    """)
    found = database.execute("""
        SELECT count(*) || ':' || coalesce(sum(hash(tab, sourcedId, field, code, cause)), 0)
        FROM problems
    """).fetchone()
    assert found  # noqa: S101 - a count is always told
    return str(found[0])


def _write_changes(
    database: duckdb.DuckDBPyConnection, tables: list[str], out: Path, *, first: bool
) -> None:
    """Writes what is to be applied, and the roster after it: on a first night they are the same."""
    changes, applied = out / "changes", out / "applied"
    changes.mkdir()
    applied.mkdir()
    _copy(database, "FROM removals", changes / "removals.parquet")
    for table in tables:
        query = f"SELECT *{', true AS active' if first else ''} FROM changes_{table}"
        _copy(database, f'{query} ORDER BY "sourcedId"', changes / f"{table}.parquet")
    write_applied(database, [] if first else tables, applied)
    for table in tables if first else ():
        (applied / f"{table}.parquet").unlink()
        (applied / f"{table}.parquet").hardlink_to(changes / f"{table}.parquet")


def _copy(database: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    target = text(str(path))
    database.execute(f"COPY ({query}) TO {target} (FORMAT parquet, COMPRESSION lz4)")


def _same_until(database: duckdb.DuckDBPyConnection, as_of: date) -> date | None:
    """The day after the next date in the data; None when there is none to come."""
    found = database.execute("SELECT min(day) FROM dates WHERE day >= ?", [as_of]).fetchone()
    return found[0] + timedelta(days=1) if found and found[0] else None
