"""What the commands around the database share."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from firstbell.cli.exits import FAILED
from firstbell.cli.printable import printable

District = Annotated[str, typer.Argument(metavar="DISTRICT", help="The district’s id.")]

#: Who the audit log says did it.
WHO = "command line"


@contextmanager
def plainly() -> Iterator[None]:
    """Says in one sentence what the store refuses, and ends the command as failed."""
    if find_spec("django") is None:
        typer.echo("Failed: this command needs a database; install firstbell[server].", err=True)
        raise typer.Exit(FAILED)
    from django.db import InterfaceError, OperationalError

    from firstbell.store.errors import StoreError

    try:
        yield
    except (InterfaceError, OperationalError) as error:  # its text may name people
        typer.echo(
            "Failed: the connection to the database was lost; run the command again.", err=True
        )
        raise typer.Exit(FAILED) from error
    except StoreError as error:
        typer.echo(f"Failed: {printable(str(error))}.", err=True)
        raise typer.Exit(FAILED) from error


@contextmanager
def store(data_dir: Path | None) -> Iterator[None]:
    """The database, while the block runs; what it refuses ends the command as failed.

    Args:
        data_dir: the data folder; None: that of the environment.
    """
    with plainly():
        from firstbell.store.database import open_store

        with open_store(data_folder(data_dir)):
            yield


def syncs_follow() -> None:
    """Starts the process for syncs, to be there when the command has come to the first of them."""
    from firstbell.jobs.ready import make_ready

    make_ready("firstbell.cli")


def data_folder(data_dir: Path | None) -> Path:
    """The data folder: the one given, else that of the environment."""
    from firstbell.store.environment import Environment

    return data_dir or Environment().data_dir


def given(text: str) -> str:
    """A name or an id of the command line; refuses what nobody could have meant."""
    if not text.strip() or text != text.encode("utf-8", "ignore").decode():
        raise typer.BadParameter("it must not be empty")
    return text.strip()
