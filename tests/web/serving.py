"""The web as its own processes run it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ports import free_port, wait_for


@contextmanager
def served(folder: Path, **environment: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A web server of two processes on a data folder: its address and its process.

    Its log is `log` there, and its processes are a group of their own.
    """
    port = free_port()
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "-c", "python:firstbell.web.server"),
                *("-b", f"127.0.0.1:{port}"),
            ],
            cwd=folder,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
                "FIRSTBELL_DATA_DIR": str(folder / "data"),
                **environment,
            },
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            wait_for(port, server)
            yield f"http://127.0.0.1:{port}", server
        finally:
            server.terminate()
            assert server.wait(30) == 0
