"""The pure part of a sync in a process of its own, with a ceiling: its death is not the worker's.

What a delivery can do to a process, it does to that one.
"""

import logging
import multiprocessing
import os
import resource
import shutil
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import replace
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess
from pathlib import Path

from firstbell.feed.package import Limits
from firstbell.feed.refusal import Reason, Refused, is_out_of_room
from firstbell.jobs.room import own_room, temporary_folder
from firstbell.jobs.same import compute_once
from firstbell.reports.one import OneJudged, judge_one
from firstbell.reports.order import Computed, Deltas, Order, Step
from firstbell.sources.source import Fetched, Gone, Source
from firstbell.store.hosts import place_at

#: How much memory the process may take for its data, beside what DuckDB is given.
_BESIDE_DUCKDB = 2 << 30
#: Seconds between two calls of what is done meanwhile.
_PAUSE = 5.0
#: Seconds that it may take; two million students take some minutes.
_LONGEST = 2 * 3600.0
#: What is done, in a folder of its own; it may tell of the delivery and of steps.
Work = Callable[[Path, Callable[[object], None]], object]
_UNITS = {"KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


class Died(Exception):
    """The process ended without an answer."""


class Broken(Exception):
    """The process met a fault of ours; the text names its kind, and nothing of the data."""

    @classmethod
    def because_of(cls, error: Exception) -> "Broken":
        """What is said of an error, whose own text may hold the data; the log gets its place."""
        kind, frames = type(error).__name__, traceback.format_tb(error.__traceback__)
        logging.getLogger(__name__).error("%s in a sync:\n%s", kind, "".join(frames))
        return cls(f"something went wrong on our side ({kind})")


def compute_apart(
    order: Order,
    limits: Limits,
    meanwhile: Callable[[], None] = lambda: None,
    opened: Callable[[Deltas], None] = lambda delivery: None,
    begins: Callable[[Step], None] = lambda step: None,
    source: Source | None = None,
    fetched: Callable[[Fetched], None] = lambda part: None,
) -> Computed:
    """Computes a sync in a process of its own.

    Args:
        order: what to compute.
        limits: what the delivery may cost.
        meanwhile: called every few seconds; what it raises ends the process.
        opened: told of the delivery before it is read; what it raises ends the process.
        begins: told of each step as it begins; what it raises ends the process.
        source: what fetches the delivery, when its host has room for one more; None: the order
            names the delivery.
        fetched: told what it took to fetch each part of it.

    Raises:
        Refused: the delivery cannot be used as a whole.
        Died: the process was killed, ran out of memory, or took too long.
        Broken: it met a fault of ours.
    """
    work = partial(_compute, order, limits, source)
    with _place_of(source):
        answer = _work_apart(work, limits, meanwhile, opened, begins, fetched)
    assert isinstance(answer, Computed)  # noqa: S101 - there is no other answer
    return answer


def _place_of(source: Source | None) -> AbstractContextManager[None]:
    return nullcontext() if source is None else place_at(source.host.name, source.host.at_once)


def judge_apart(
    order: Order, limits: Limits, source: Source, table: str, sourced_id: str
) -> OneJudged:
    """Fetches a single record and judges it in a process of its own; see `judge_one`.

    Args:
        order: what to judge it by.
        limits: what that may cost.
        source: what fetches it.
        table: of the feed.
        sourced_id: of the record.

    Raises:
        Gone: there is no such record.
        Refused: the source does not answer, or the last feed cannot be used.
        Died: as for `compute_apart`.
        Broken: as for `compute_apart`.
    """
    answer = _work_apart(partial(_judge, order, limits, source, table, sourced_id), limits)
    assert isinstance(answer, OneJudged)  # noqa: S101 - there is no other answer
    return answer


def _work_apart(
    work: Work,
    limits: Limits,
    meanwhile: Callable[[], None] = lambda: None,
    opened: Callable[[Deltas], None] = lambda delivery: None,
    begins: Callable[[Step], None] = lambda step: None,
    fetched: Callable[[Fetched], None] = lambda part: None,
) -> object:
    ours, its = multiprocessing.Pipe()
    process = _started(work, limits, temporary_folder(), its)
    its.close()
    try:
        end = time.monotonic() + _LONGEST
        while isinstance(answer := _received(ours, meanwhile, end), Deltas | Step | Fetched):
            if isinstance(answer, Step):
                begins(answer)
            elif isinstance(answer, Deltas):
                opened(answer)
            else:
                fetched(answer)
    except EOFError:
        process.join()
        raise Died("the delivery needs more memory than a sync may take") from None
    except Died:
        process.kill()
        raise
    finally:
        ours.close()
        process.join()
    if isinstance(answer, Exception):
        raise answer
    return answer


def _received(ours: Connection, meanwhile: Callable[[], None], end: float) -> object:
    while not ours.poll(_PAUSE):
        meanwhile()
        if time.monotonic() > end:
            raise Died(
                f"the delivery takes longer than the {_LONGEST / 3600:.0f} hours that a sync may"
            )
    return ours.recv()


def _started(work: Work, limits: Limits, rooms: Path, its: Connection) -> BaseProcess:
    def start(context: ForkServerContext | SpawnContext) -> BaseProcess:
        asked = (work, limits, rooms, its)
        process = context.Process(target=_answer, args=asked, daemon=True)
        process.start()
        return process

    try:
        return start(multiprocessing.get_context("forkserver"))
    except OSError:  # somebody has cleared the temporary folder, where its socket was
        return start(multiprocessing.get_context("spawn"))


def _answer(work: Work, limits: Limits, rooms: Path, to: Connection) -> None:
    os.setsid()  # Ctrl-C is for the worker, which ends this process by closing the pipe
    _tell(to, _done(work, limits, rooms, to))


def _done(work: Work, limits: Limits, rooms: Path, to: Connection) -> object:
    try:
        with own_room(rooms) as room:
            threading.Thread(target=_end_with_the_worker, args=(to, room), daemon=True).start()
            tempfile.tempdir = str(room)
            ceiling = in_bytes(limits.memory) + _BESIDE_DUCKDB
            resource.setrlimit(resource.RLIMIT_DATA, (ceiling, ceiling))
            return work(room, partial(_tell, to))
    except (Refused, Gone) as refused:
        return refused
    except Exception as error:
        return Refused(Reason.DISK_FULL) if is_out_of_room(error) else Broken.because_of(error)


def _compute(
    order: Order, limits: Limits, source: Source | None, room: Path, tell: Callable[[object], None]
) -> Computed:
    if source is not None:
        order = _with_fetched(order, source, room, tell)
    return compute_once(order, limits, tell, tell)


def _judge(
    order: Order,
    limits: Limits,
    source: Source,
    table: str,
    sourced_id: str,
    room: Path,
    tell: Callable[[object], None],
) -> OneJudged:
    return judge_one(_with_fetched(order, source, room, tell), limits, table, sourced_id)


def _with_fetched(
    order: Order, source: Source, room: Path, tell: Callable[[object], None]
) -> Order:
    fetched = room / "fetched"
    fetched.mkdir()
    return replace(order, delivery=source.deliver(fetched, tell))


def _tell(worker: Connection, what: object) -> None:
    with suppress(OSError):  # it is gone, and this process goes with it
        worker.send(what)


def _end_with_the_worker(connection: Connection, room: Path) -> None:
    """Ends this process when the worker is gone, however it went: it closes the pipe."""
    try:
        connection.recv()
    except (EOFError, OSError):
        shutil.rmtree(room, ignore_errors=True)
        os._exit(1)


def in_bytes(size: str) -> int:
    """A size as DuckDB writes it, in bytes.

    >>> in_bytes("1.5GB")
    1500000000
    """
    number, unit = size[:-2], size[-2:].upper()
    return int(float(number) * _UNITS[unit])
