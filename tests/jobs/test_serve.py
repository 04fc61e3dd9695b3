"""`firstbell serve`: all of First Bell in one process group."""

import os
import signal
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from firstbell.jobs.tasks import queue_sync, recover
from firstbell.store.database import open_store
from firstbell.store.models import SyncStatus, Trigger
from tests.jobs.conftest import added
from tests.jobs.workers import (
    Started,
    has_ended,
    is_running,
    let_a_minute_pass,
    started,
    until,
)


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def _serving(data_dir: Path, port: int) -> Iterator[Started]:
    """First Bell, when its pages can be reached; none of its processes is left behind the block."""
    options = ("--bind", f"127.0.0.1:{port}", "--data-dir", str(data_dir))
    with started("serve", *options) as serve:
        try:
            until(lambda: _answers(port))
            yield serve
        finally:
            with suppress(ProcessLookupError):
                os.killpg(serve.process.pid, signal.SIGKILL)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            return b"First Bell" in answer.read()
    except (urllib.error.URLError, OSError):
        return False


def _children(serve: Started) -> dict[str, int]:
    """The ids of its processes, by command."""
    pid = serve.process.pid
    found = {}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        with suppress(OSError):
            command = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
            found["worker" if b"worker" in command else "web"] = int(child)
    return found


def _are_others(children: dict[str, int], before: dict[str, int]) -> bool:
    return children.keys() == before.keys() and not set(children.values()) & set(before.values())


def _group_is_gone(group: int) -> bool:
    """Whether no process of a group is alive; one that nobody has waited for is not."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, _, its = (folder / "stat").read_text().rpartition(") ")[2].split()[:3]
            if int(its) == group and state != "Z":
                return False
    return True


@pytest.mark.slow
def test_it_serves_pages_and_runs_syncs_until_it_is_told_to_stop(
    reachable_path: Path, port: int, delivery: Path
) -> None:
    data = reachable_path / "data"
    with _serving(data, port) as serve:
        with open_store(data):
            sync = queue_sync(district=added("North"), trigger=Trigger.NOW, delivery=delivery)
            until(lambda: has_ended(sync))
            assert sync.status == SyncStatus.WITH_ERRORS
        with started("serve", "--data-dir", str(data)) as second:
            assert second.end() == (
                2,
                f"Failed: First Bell is already served from {data}; stop it first, or choose"
                " another folder with --data-dir.\n",
            )
        assert _answers(port)
        code, said = serve.stop()
    assert (code, said) == (0, f"First Bell is at http://127.0.0.1:{port} - Ctrl-C ends it.\n")
    assert _group_is_gone(serve.process.pid)
    assert not (data / "pg" / "postmaster.pid").exists()


@pytest.mark.slow
def test_ctrl_c_on_a_terminal_ends_all_of_it(reachable_path: Path, port: int) -> None:
    with _serving(reachable_path / "data", port) as serve:
        os.killpg(serve.process.pid, signal.SIGINT)
        code, said = serve.end()
    assert code == 0
    assert "Failed" not in said
    assert "Traceback" not in said
    assert _group_is_gone(serve.process.pid)
    assert not (reachable_path / "data" / "pg" / "postmaster.pid").exists()


@pytest.mark.slow
def test_what_dies_is_started_again(reachable_path: Path, port: int, delivery: Path) -> None:
    data = reachable_path / "data"
    with _serving(data, port) as serve:
        before = _children(serve)
        for pid in before.values():
            os.kill(pid, signal.SIGKILL)
        until(lambda: _are_others(_children(serve), before))
        postmaster = int((data / "pg" / "postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGKILL)
        until(lambda: _is_another(data, postmaster))
        with open_store(data):
            sync = queue_sync(district=added("North"), trigger=Trigger.NOW, delivery=delivery)
            until(lambda: has_ended(sync))
        until(lambda: _answers(port))
        assert serve.stop()[0] == 0


@pytest.mark.slow
def test_a_sync_whose_database_dies_under_it_is_run_again(
    reachable_path: Path, port: int, delivery: Path
) -> None:
    data = reachable_path / "data"
    with _serving(data, port) as serve:
        with open_store(data):
            sync = queue_sync(district=added("North"), trigger=Trigger.NOW, delivery=delivery)
            until(lambda: is_running(sync))
        postmaster = int((data / "pg" / "postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGKILL)
        until(lambda: _is_another(data, postmaster))
        with open_store(data):
            let_a_minute_pass()
            recover()
            until(lambda: has_ended(sync))
            assert (sync.status, sync.attempts) == (SyncStatus.WITH_ERRORS, 2)
        assert serve.stop()[0] == 0


def _is_another(data: Path, postmaster: int) -> bool:
    with suppress(OSError, IndexError, ValueError):
        lines = (data / "pg" / "postmaster.pid").read_text().splitlines()
        return int(lines[0]) != postmaster and lines[-1].strip() == "ready"
    return False


@pytest.mark.slow
def test_nothing_outlives_it_and_it_starts_again(reachable_path: Path, port: int) -> None:
    data = reachable_path / "data"
    with _serving(data, port) as serve:
        serve.kill()
        until(lambda: _group_is_gone(serve.process.pid))
    with _serving(data, port) as serve:
        assert serve.stop()[0] == 0
