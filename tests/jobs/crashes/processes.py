"""Syncs in processes of their own, which tests kill and stop."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from threading import Timer
from uuid import uuid4

_ROOT = Path(__file__).parents[3]
#: Seconds after which a process is taken to hang, and killed.
_PATIENCE = 120
_MARK = "FIRSTBELL_TEST_MARK"

#: Runs a sync as a worker does, and says where it is; it hangs on to its district for a moment only.
_RUN = """
import resource
import sys
from pathlib import Path
from time import sleep
from pgpq import ArrowToPostgresBinaryEncoder
from firstbell.store.database import open_store

data_dir, sync, delivery, patience, room = sys.argv[1:]
if room:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(room), int(room)))
with open_store(Path(data_dir)):
    from firstbell.jobs import child, run
    from firstbell.store import alone, into_postgres
    from firstbell.store.models import Sync

    def telling(before, function, after):
        def told(*arguments):
            print(before, flush=True)
            answer = function(*arguments)
            print(after, flush=True)
            return answer
        return told

    class InMidCopy:
        # Encodes as pgpq does, and tells once that it has begun to copy; time to stop it then.
        told = False

        def __init__(self, schema):
            self.encoder = ArrowToPostgresBinaryEncoder(schema)
            self.write_batch, self.finish = self.encoder.write_batch, self.encoder.finish

        def write_header(self):
            if not InMidCopy.told:
                InMidCopy.told = True
                print("copies", flush=True)
                sleep(1)
            return self.encoder.write_header()

    if int(patience) < 60:
        into_postgres.ArrowToPostgresBinaryEncoder = InMidCopy
    alone._PATIENCE = int(patience)
    child._PAUSE = min(5, alone._PATIENCE / 4)
    run.attempt_begin = telling("waits", run.attempt_begin, "begins")
    run.apply = telling("applies", run.apply, "applied")
    ran = run.run_sync(Sync.objects.get(pk=int(sync)), Path(delivery))
    print(ran.summary.status.value, flush=True)
"""


class Process:
    """A process of ours with all that it has started."""

    def __init__(self, arguments: list[str], **environment: str) -> None:
        self.mark = uuid4().hex
        self._errors = TemporaryFile("w+")  # noqa: SIM115 - closed with the process
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join((str(_ROOT / "src"), str(_ROOT))),
                _MARK: self.mark,
                **environment,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        return self.process.pid

    def wait_for(self, line: str) -> None:
        """Waits until it has said a line."""
        assert self.process.stdout
        for said in self.process.stdout:
            if said.strip() == line:
                return
        raise AssertionError(f"it ended without {line}: {self.end()}")

    def end(self) -> tuple[int, str, str]:
        """Waits until it has ended; its exit code and the rest of what it said."""
        assert self.process.stdout
        watchdog = Timer(_PATIENCE, self.kill_all)
        watchdog.start()
        out = self.process.stdout.read()
        code = self.process.wait()
        watchdog.cancel()
        self._errors.seek(0)
        return code, out, self._errors.read()

    def close(self) -> None:
        """Kills it with all that it has started."""
        self.kill_all()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()
        self._errors.close()

    def child(self) -> int | None:
        """The process that computes, forked from one of its like; None when there is none."""
        forks = {pid for pid in self.all() if b"forkserver" in _command_of(pid)}
        return next((pid for pid in forks if _parent_of(pid) in forks), None)

    def all(self) -> list[int]:
        """Those of its processes that are alive."""
        mark = f"{_MARK}={self.mark}".encode()
        alive = []
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if mark in (folder / "environ").read_bytes().split(b"\0"):
                    alive.append(int(folder.name))
        return alive

    def kill_all(self) -> None:
        """The power is gone."""
        for pid in self.all():
            _kill(pid)

    def kill_group(self) -> None:
        """The group of a worker is killed, of which the computing process is no member."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    def kill_parent(self) -> None:
        _kill(self.pid)

    def kill_child(self) -> None:
        """Only the computing process is killed, if there is one."""
        if child := self.child():
            _kill(child)

    def assert_nobody_is_left(self) -> None:
        assert eventually(lambda: not self.all()), "a process is left over"


def _command_of(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def _parent_of(pid: int) -> int:
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def eventually(truth: Callable[[], bool], seconds: float = 20) -> bool:
    """Whether something becomes true before long."""
    until = time.monotonic() + seconds
    while not (true := truth()) and time.monotonic() < until:
        time.sleep(0.02)
    return true


@contextmanager
def syncing(
    sync: int,
    delivery: Path,
    data_dir: Path,
    *,
    patience: int = 60,
    room: int | None = None,
    **environment: str,
) -> Iterator[Process]:
    """A process that runs a sync; it is gone behind the block, with all that it has started.

    Args:
        sync: its id.
        delivery: what it syncs.
        data_dir: the data folder.
        patience: seconds for which it may be silent.
        room: how many bytes a file that it writes may have; None: as many as it likes.
        environment: variables to set.
    """
    arguments = (data_dir, sync, delivery, patience, "" if room is None else room)
    process = Process(["-c", _RUN, *map(str, arguments)], **environment)
    try:
        yield process
    finally:
        process.close()
