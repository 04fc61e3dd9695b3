"""`firstbell sync`: a delivery into the roster. What a sync means §9."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from firstbell.cli.check import day_of
from firstbell.cli.exits import DataDir, Debug, check_folder
from firstbell.cli.store import District, syncs_follow


def sync(
    district: District,
    from_: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="PATH", help="Folder or .zip; the district's source if left out."
        ),
    ] = None,
    as_of: Annotated[
        str,
        typer.Option(
            metavar="DATE", help="Day of the sync, such as 2026-11-24; today there if left out."
        ),
    ] = "",
    preview: Annotated[
        bool, typer.Option("--preview", help="Only show what would change; nothing is applied.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Where copies of the reports go, in place of earlier ones."
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print only the summary, as JSON.")
    ] = False,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Sync a district: what is right is applied, what was right stays, the rest is reported.

    Ends with 0 when there is nothing to fix, 1 when there is, 2 when nothing was applied.
    """
    day: date | None = day_of(as_of) if as_of else None
    if out is not None:
        check_folder(out)

    syncs_follow()
    from firstbell.cli.syncing import Request, run

    request = Request(district, from_, day, preview, out, as_json, data_dir)
    raise typer.Exit(run(request))
