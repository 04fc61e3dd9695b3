"""`firstbell source`: where the deliveries of a district come from."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from firstbell.cli.exits import DataDir, Debug
from firstbell.cli.printable import printable
from firstbell.cli.store import WHO, District, store

source = typer.Typer(help="Say where deliveries come from.", no_args_is_help=True)


class Kind(StrEnum):
    """The kinds of sources."""

    FOLDER = "folder"


@source.command(name="set")
def set_(
    district: District,
    kind: Annotated[Kind, typer.Argument(metavar="KIND", help="folder")],
    path: Annotated[
        Path, typer.Argument(metavar="PATH", help="Folder or .zip that the SIS writes every day.")
    ],
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Let a district's nightly syncs read a folder or archive, from its next night on."""
    with store(data_dir):
        from firstbell.store.sources import source_set

        shown = source_set(district=district, path=path, who=WHO)
    typer.echo(f"{shown.kind} {printable(shown.path)}")


@source.command()
def show(district: District, data_dir: DataDir = None, debug: Debug = False) -> None:
    """Show where a district's deliveries come from."""
    with store(data_dir):
        from firstbell.store.sources import source_shown

        shown = source_shown(district)
    typer.echo(f"{shown.kind} {printable(shown.path)}")
