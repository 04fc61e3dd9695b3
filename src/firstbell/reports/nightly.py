"""The pure part of a nightly sync: from a delivery to a folder with all that is applied and said.

What a sync means §2 to §8. It touches no network and no PostgreSQL, so that a worker can run it in a
process of its own, and apply what it leaves.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import astuple, replace
from datetime import date, timedelta
from functools import partial
from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from firstbell.engine.applied import write_applied
from firstbell.engine.compare import Changes
from firstbell.engine.night import Night, night
from firstbell.engine.schools import write_schools
from firstbell.feed.database import count, open_database, text
from firstbell.feed.delivered import delivered
from firstbell.feed.last import LastFeed
from firstbell.feed.package import Delivery, Limits, digest_of, open_package
from firstbell.feed.read import Reading, changes_in, read, read_again
from firstbell.feed.refusal import Refused
from firstbell.feed.snapshot import write_feed
from firstbell.oneroster.dictionary import FEED_TABLES
from firstbell.reports.causes import Before, find_causes
from firstbell.reports.kept import FINDINGS, keep_changes, keep_findings
from firstbell.reports.order import Computed, Deltas, Order, Step, kept
from firstbell.reports.skips import explain_skips
from firstbell.reports.summary import Summary, Synced
from firstbell.reports.write import write_reports


def compute(
    order: Order,
    limits: Limits | None = None,
    opened: Callable[[Deltas], None] = lambda delivery: None,
    begins: Callable[[Step], None] = lambda step: None,
) -> Computed | None:
    """Reads a delivery, judges it, and writes what is to be applied and said.

    Args:
        order: what to compute.
        limits: what the delivery may cost.
        opened: told of the delivery before it is read, so that it is known what is lost with it.
        begins: told of each step but those of the worker.

    Returns:
        None when the delivery is that of the sync before, and comes to the same.

    Raises:
        Refused: the delivery cannot be used as a whole.
    """
    limits = limits or Limits()
    last_feed = order.last.folder if order.last else None
    ours = [order.out, *(folder for folder in (last_feed, order.applied, order.before) if folder)]
    with TemporaryDirectory(prefix="firstbell-", ignore_cleanup_errors=True) as folder:
        work = Path(folder).resolve()
        package, digest, last = None, None, order.last
        if order.delivery:
            package = open_package(order.delivery, work, limits)
            digest = digest_of(package)
            opened(Deltas(digest, changes_in(package, work)))
            last = _with_losses(order, digest)
        if digest is not None and digest == order.same_as:
            return None
        begins(Step.READING)
        with closing(open_database(work, limits, *ours)) as database:
            if package is None:
                if last is None:
                    raise ValueError("there is neither a delivery nor a feed to judge again")
                reading = read_again(last, database)
            else:
                with _telling(package, last, work, limits):
                    reading = read(package, database, work, last)
            begins(Step.CHECKING)
            with _keeping(reading, order.out / "feed"):
                judged = partial(begins, Step.COMPARING)
                tonight = night(
                    reading, order.policy, order.applied, order.guard, judged, review=order.review
                )
            write_schools(tonight.result, order.out)
            if tonight.refused:
                computed = _refused(order, tonight, reading)
            else:
                begins(Step.WRITING)
                computed = _written(order, tonight, reading)
            return replace(computed, digest=digest)


def _with_losses(order: Order, digest: str) -> LastFeed | None:
    """The last feed, without the tables of which a delivery before this one had changes."""
    if order.last is None:
        return None
    before = takewhile(lambda one: one.digest != digest, order.unread)
    return replace(order.last, lost=order.last.lost.union(*(one.tables for one in before)))


@contextmanager
def _telling(
    package: Delivery, last: LastFeed | None, work: Path, limits: Limits
) -> Iterator[None]:
    """Adds to a refusal what was delivered."""
    try:
        yield
    except Refused as refused:
        refused.delivered = delivered(package, last, work, limits)
        raise


@contextmanager
def _keeping(reading: Reading, folder: Path) -> Iterator[None]:
    """Writes the feed beside what is done in the block, and to its end."""
    with reading.database.cursor() as beside, ThreadPoolExecutor(max_workers=1) as writer:
        apart = replace(reading, database=beside)
        written = writer.submit(write_feed, apart, folder)
        yield
        written.result()


def _refused(order: Order, tonight: Night, reading: Reading) -> Computed:
    as_of = tonight.result.policy.as_of
    summary = Summary(tonight.status, as_of, tonight.refused, sync=order.sync, changes={})
    computed = Computed(summary, {}, held={}, lost=reading.lost)
    return _with_guarded(computed, order, tonight)


def _with_guarded(computed: Computed, order: Order, tonight: Night) -> Computed:
    """Adds what the guard saw to a sync of which it held or refused something."""
    seen = tonight.decision
    if seen is None:
        return computed
    return replace(
        computed, guarded=seen.going, going_at=seen.at, limits=order.guard, emptied=seen.emptied
    )


def _roster(tonight: Night) -> Mapping[str, int]:
    """How many objects of each table are active once the night is applied."""
    roster = {}
    for table in FEED_TABLES:
        active = count(
            tonight.result.database, f"SELECT count(*) FROM applied_{table} WHERE active"
        )
        change = tonight.changes.get(table, Changes())
        roster[table] = active + change.created + change.reactivated - change.deactivated
    return roster


def _written(order: Order, tonight: Night, reading: Reading) -> Computed:
    database, out = reading.database, order.out
    written = write_reports(tonight.result, out / "reports", Synced(order.sync, tonight))
    held = None
    if tonight.decision and tonight.decision.held:
        counted = database.execute("SELECT tab, count(*) FROM held_removals GROUP BY tab")
        held = dict(counted.fetchall())
    causes = find_causes(tonight.result, before=_before(order.before))
    keep_findings(tonight.result, out)
    problems = _problems(database)
    if problems != order.problems:
        _copy(database, "FROM problems", out / "problems.parquet")
    if any(any(astuple(one)) for one in tonight.changes.values()):
        tables = list(tonight.result.counts)
        _write_changes(database, tables, out, first=order.applied is None)
        keep_changes(database, tables, out / "changes", out)
    computed = Computed(
        written.summary,
        _roster(tonight),
        causes,
        explain_skips(tonight.result),
        tuple(file.name for file in written.files),
        held,
        same_until=_same_until(database, order.policy.as_of),
        lost=reading.lost,
        problems=problems,
        rows=written.rows,
    )
    return _with_guarded(computed, order, tonight) if held else computed


def _before(folder: Path | None) -> Before | None:
    """What was to fix at the sync applied last, unless that is no longer kept."""
    computed = kept(folder) if folder else None
    return Before(folder / FINDINGS, computed.causes) if folder and computed else None


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
