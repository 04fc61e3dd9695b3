"""The web as its own processes run it."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic, sleep


@contextmanager
def served(
    folder: Path, threads: int = 2, **environment: str
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A web server of two processes on a data folder: its address and its process.

    Its log is `log` there, and its processes are a group of their own.
    """
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [
                *(
                    sys.executable,
                    "-m",
                    "gunicorn",
                    "-w",
                    "2",
                    "-k",
                    "gthread",
                    "--threads",
                    str(threads),
                ),
                *("--no-control-socket", "-b", f"127.0.0.1:{port}"),
                "firstbell.web.wsgi:application",
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
            _wait_for(port, server)
            yield f"http://127.0.0.1:{port}", server
        finally:
            server.terminate()
            assert server.wait(30) == 0


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    until = monotonic() + 60
    while monotonic() < until and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            sleep(0.1)
    raise AssertionError("the web server does not answer")
