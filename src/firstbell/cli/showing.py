"""Runs the demo: prepares it in a folder that does not last, serves it, and says how to sign in."""

import os
import signal
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from threading import Thread

import typer
from rich.console import Console
from rich.progress import Progress

from firstbell.cli.exits import FAILED, OK
from firstbell.cli.store import store
from firstbell.demo.login import Login
from firstbell.demo.looking import NotSeen, look, wait_for
from firstbell.demo.prepare import NIGHTS, exports_of, prepare
from firstbell.demo.story import STORIES
from firstbell.jobs.room import own_room, temporary_folder

_HOST, _PORT = "127.0.0.1", 8000
_OURS = "FIRSTBELL_"
_KEPT = ("FIRSTBELL_MEMORY_LIMIT",)


def show_demo(*, once: bool) -> int:
    """Shows the demo until it is stopped.

    Args:
        once: only see that its pages answer.

    Returns:
        the exit code.
    """
    port = _free_port()
    try:
        with own_room(temporary_folder()) as data_dir:
            data_dir.chmod(0o711)  # the database may have to pass through as another user
            return _show(data_dir, port, once=once)
    finally:
        typer.echo("Stopped; nothing of the demo is kept.")


def _show(data_dir: Path, port: int, *, once: bool) -> int:
    address = f"http://{_HOST}:{port}"
    _forget_environment(data_dir, address)
    typer.echo(f"Running {NIGHTS} nightly syncs of {len(STORIES)} made-up districts ...")
    with store(data_dir):
        from firstbell.cli.serving import run
        from firstbell.demo.classlink import free_port, shared

        classlink = free_port()
        shown = _Shown(address, _prepared(data_dir, classlink), once=once)
        with ExitStack() as stack:
            if classlink:
                (story,) = (story for story in STORIES if story.is_shared)
                stack.enter_context(shared(exports_of(story, data_dir), classlink))
            Thread(target=shown.show, daemon=True).start()
            run(f"{_HOST}:{port}", data_dir)
    return shown.code


def _prepared(data_dir: Path, classlink: int | None) -> Sequence[Login]:
    """Prepares the demo, and shows on a terminal how far it is."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as display:
        task = display.add_task("Syncing", total=NIGHTS * len(STORIES))
        return prepare(
            data_dir,
            meanwhile=lambda done: display.update(task, completed=done),
            port=classlink,
        )


class _Shown:
    """What is done beside the pages, as soon as they answer."""

    def __init__(self, address: str, logins: Sequence[Login], *, once: bool) -> None:
        self.code = OK
        self._address, self._logins, self._once = address, logins, once

    def show(self) -> None:
        try:
            wait_for(self._address)
            if self._once:
                for login in self._logins:
                    look(self._address, login)
                typer.echo("Both people can sign in, see their pages and download a report.")
            else:
                typer.echo(_told(self._address, self._logins))
                return
        except NotSeen as error:
            typer.echo(f"Failed: {error}.", err=True)
            self.code = FAILED
        os.kill(os.getpid(), signal.SIGTERM)


def _told(address: str, logins: Sequence[Login]) -> str:
    lines = ["", f"First Bell is at {address}", ""]
    for login in logins:
        lines += [f"As a {login.title}:", f"    email     {login.email}"]
        lines.append(f"    password  {login.password}")
        if login.codes:
            lines.append(f"    code      one of these, each works once: {', '.join(login.codes)}")
            lines.append(f"              or of an app that was given the key {login.secret}")
        lines.append("")
    return "\n".join([*lines, "Stop with Ctrl-C."])


def _forget_environment(data_dir: Path, address: str) -> None:
    """The demo touches no database and no storage that somebody works with, and sends no mail."""
    for name in list(os.environ):
        if name == "DATABASE_URL" or (name.startswith(_OURS) and name not in _KEPT):
            del os.environ[name]
    os.environ["FIRSTBELL_DATA_DIR"] = str(data_dir)
    os.environ["FIRSTBELL_URL"] = address
    os.environ["FIRSTBELL_PRODUCT"] = "Great Minds"


def _free_port() -> int:
    """The usual port; another one when that is taken."""
    with socket.socket() as usual:
        usual.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            usual.bind((_HOST, _PORT))
        except OSError:
            typer.echo(f"Port {_PORT} is taken; the demo takes another.")
        else:
            return _PORT
    with socket.socket() as other:
        other.bind((_HOST, 0))
        port: int = other.getsockname()[1]
        return port
