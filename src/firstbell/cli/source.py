"""`firstbell source`: where the deliveries of a district come from."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from firstbell.cli.exits import DataDir, Debug
from firstbell.cli.printable import printable
from firstbell.cli.store import WHO, District, store

if TYPE_CHECKING:
    from firstbell.store.sources import SourceShown

source = typer.Typer(help="Say where deliveries come from.", no_args_is_help=True)


class Kind(StrEnum):
    """The kinds of sources."""

    FOLDER = "folder"
    UPLOAD = "upload"


@source.command(name="set")
def set_(
    district: District,
    kind: Annotated[Kind, typer.Argument(metavar="KIND", help="folder or upload")],
    path: Annotated[
        Path | None,
        typer.Argument(metavar="[PATH]", help="Folder or .zip that the SIS writes every day."),
    ] = None,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Let a district's nightly syncs read a folder or archive, from its next night on.

    Or let its people upload its files, which are synced then; it has no nightly sync.
    """
    if (kind is Kind.FOLDER) == (path is None):
        needs = "the folder or .zip has to be named" if path is None else "an upload has no path"
        raise typer.BadParameter(needs, param_hint="PATH")
    with store(data_dir):
        from firstbell.store.sources import source_set, source_set_upload

        shown = (
            source_set(district=district, path=path, who=WHO)
            if path
            else source_set_upload(district=district, who=WHO)
        )
    typer.echo(_words(shown))


@source.command()
def show(district: District, data_dir: DataDir = None, debug: Debug = False) -> None:
    """Show where a district's deliveries come from."""
    with store(data_dir):
        from firstbell.store.sources import source_shown

        shown = source_shown(district)
    typer.echo(_words(shown))


def _words(shown: "SourceShown") -> str:
    return f"{shown.kind} {printable(shown.path)}".strip()
