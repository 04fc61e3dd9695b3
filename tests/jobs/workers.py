"""Real worker processes, and what is waited for while they work."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from firstbell.store.models import Sync

_ROOT = Path(__file__).parents[2]
_PATIENCE = 60


class Started:
    """A command of ours in a process group of its own."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "firstbell", *arguments],
            env={**os.environ, "PYTHONPATH": str(_ROOT / "src"), **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def kill(self) -> None:
        """kill -9, of it alone."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> tuple[int, str]:
        """SIGTERM; its exit code and all that it has said."""
        self.process.send_signal(signal.SIGTERM)
        return self.end()

    def end(self) -> tuple[int, str]:
        """Waits until it ends; its exit code and all that it has said."""
        said = self.process.communicate(timeout=_PATIENCE)[0]
        return self.process.returncode, said


@contextmanager
def started(*arguments: str, **environment: str) -> Iterator[Started]:
    """A command that runs, and is gone behind the block."""
    command = Started(*arguments, **environment)
    try:
        yield command
    finally:
        command.kill()
        if command.process.stdout:
            command.process.stdout.close()


@contextmanager
def worker(database: str, data_dir: Path, **environment: str) -> Iterator[Started]:
    """A worker on a database."""
    said = {"DATABASE_URL": database, **environment}
    with started("worker", "--data-dir", str(data_dir), **said) as command:
        yield command


def until(happened: Callable[[], bool]) -> None:
    """Waits until something has happened."""
    patient_until = time.monotonic() + _PATIENCE
    while not happened():
        assert time.monotonic() < patient_until, "it did not happen"
        time.sleep(0.02)


def is_running(sync: Sync) -> bool:
    """Whether a worker has begun it, and not ended it."""
    sync.refresh_from_db()
    return sync.status == "Running"


def has_begun(sync: Sync) -> bool:
    sync.refresh_from_db()
    return sync.started_at is not None


def has_ended(sync: Sync) -> bool:
    sync.refresh_from_db()
    return sync.completed_at is not None


def let_a_minute_pass() -> None:
    """Moves the heartbeats of all workers back; those that live soon beat again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 minute'"
        )
