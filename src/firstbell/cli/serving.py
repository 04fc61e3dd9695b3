"""The processes of `firstbell serve`: started, started again when they end, and stopped."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import typer

from firstbell.cli.exits import FAILED
from firstbell.jobs.parent import SERVED_BY
from firstbell.store.embedded import embedded_server
from firstbell.store.environment import Environment
from firstbell.store.errors import StoreError

_PAUSE = 0.1
#: How often the embedded database is looked after, in seconds.
_ROUND = 2.0
#: How long to wait before a process is started again: it doubles while it does not last.
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 30.0
_LASTS = 30.0


@contextmanager
def alone_in(data_dir: Path) -> Iterator[None]:
    """Refuses a second `serve` on a data folder; the lock goes with the process."""
    data_dir.mkdir(mode=0o711, parents=True, exist_ok=True)
    with (data_dir / "serve.lock").open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            typer.echo(
                f"Failed: First Bell is already served from {data_dir}; stop it first, or choose"
                " another folder with --data-dir.",
                err=True,
            )
            raise typer.Exit(FAILED) from None
        yield


class _Child:
    """A command of ours that is to run for as long as we do."""

    def __init__(self, name: str, *options: str) -> None:
        self.name = name
        self._command = [sys.executable, "-m", "firstbell", name, *options]
        self._wait = _FIRST_WAIT
        self._start()

    def _start(self) -> None:
        self._started = time.monotonic()
        environment = {**os.environ, SERVED_BY: str(os.getpid())}
        self.process = subprocess.Popen(  # noqa: S603 - it is our own command
            self._command, stdin=subprocess.DEVNULL, env=environment
        )

    def start_again(self) -> None:
        """Starts it again if it has ended, sooner or later."""
        if self.process.poll() is None:
            return
        now = time.monotonic()
        if now - self._started > _LASTS:
            self._wait = _FIRST_WAIT
        if now - self._started > self._wait:
            typer.echo(f"The {self.name} has ended; it is started again.", err=True)
            self._wait = min(2 * self._wait, _LONGEST_WAIT)
            self._start()


class _Stops:
    """How often we were told to stop."""

    def __init__(self) -> None:
        self.number = 0
        for which in (signal.SIGINT, signal.SIGTERM):
            signal.signal(which, self._count)

    def _count(self, number: int, frame: FrameType | None) -> None:
        self.number += 1


def run(bind: str, data_dir: Path) -> None:
    """Runs a worker and the web server, and looks after the embedded database, until told to stop.

    Args:
        bind: where the pages are reached.
        data_dir: the data folder, whose database is open.
    """
    stops = _Stops()
    where = ("--data-dir", str(data_dir))
    children = [_Child("worker", *where), _Child("web", "--bind", bind, *where)]
    looked_after = time.monotonic()
    while not stops.number:
        time.sleep(_PAUSE)
        if time.monotonic() - looked_after > _ROUND:
            _look_after_database(data_dir)
            looked_after = time.monotonic()
        for child in children:
            child.start_again()
    _stop([child.process for child in children], stops)


def _look_after_database(data_dir: Path) -> None:
    """Starts the embedded server again if it has died."""
    if Environment().database_url:
        return
    try:
        with embedded_server(data_dir):
            pass
    except StoreError as error:
        typer.echo(f"{error}.", err=True)


def _stop(processes: list["subprocess.Popen[bytes]"], stops: _Stops) -> None:
    for process in processes:
        process.terminate()
    while any(process.poll() is None for process in processes):
        if stops.number > 1:
            for process in processes:
                process.kill()
        time.sleep(_PAUSE)
