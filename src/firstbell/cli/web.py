"""`firstbell web`: a process that serves the pages."""

import os
import sys
from typing import Annotated

import typer

from firstbell.cli.exits import DataDir, Debug
from firstbell.cli.store import data_folder, store

Bind = Annotated[
    str, typer.Option(metavar="HOST:PORT", help="Where it is reached; let a proxy do TLS.")
]
HERE = "127.0.0.1:8000"


def web(bind: Bind = HERE, data_dir: DataDir = None, debug: Debug = False) -> None:
    """Serve the pages, until stopped."""
    with store(data_dir):
        pass  # what stands in the way is said here, and not by each process of the web server
    command = ["-m", "gunicorn", "-c", "python:firstbell.web.server", "--bind", bind]
    environment = {**os.environ, "FIRSTBELL_DATA_DIR": str(data_folder(data_dir))}
    os.execve(sys.executable, [sys.executable, *command], environment)  # noqa: S606 - our own
