"""`firstbell roster`: what is active in the database, as files. What a sync means §9."""

from pathlib import Path
from typing import Annotated

import typer

from firstbell.cli.exits import DataDir, Debug, check_folder
from firstbell.cli.store import District, store

roster = typer.Typer(help="Take a roster out.", no_args_is_help=True)


@roster.callback()
def _of_a_district() -> None:
    """Take a roster out."""


@roster.command()
def export(
    district: District,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the files go.")],
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Write what is active as a OneRoster 1.1 bulk package."""
    check_folder(out)
    with store(data_dir):
        from firstbell.reports.export import export_roster
        from firstbell.store.artefacts import roster_held
        from firstbell.store.syncs import district_of

        with roster_held(district_of(district)) as roster:
            written = export_roster(roster, out)
    for path in written:
        typer.echo(path)
