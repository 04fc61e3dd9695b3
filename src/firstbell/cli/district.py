"""`firstbell district`: the districts that First Bell keeps."""

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from firstbell.cli.exits import DataDir, Debug
from firstbell.cli.printable import printable, short
from firstbell.cli.schedule import blackout, pause, resume, schedule
from firstbell.cli.store import WHO, District, given, store

if TYPE_CHECKING:
    from firstbell.store.queries import DistrictRow, DistrictShown

district = typer.Typer(
    help="Add, list and show districts, and say when they are synced.", no_args_is_help=True
)
for _command in (schedule, pause, resume, blackout):
    district.command()(_command)


@district.command()
def add(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="What people call it.", callback=given)
    ],
    slug: Annotated[
        str | None,
        typer.Option(
            "--id",
            metavar="SLUG",
            help="The id that commands name it by; made from its name if left out.",
        ),
    ] = None,
    timezone: Annotated[
        str,
        typer.Option(
            metavar="TZ", help="Its time zone, such as America/New_York; UTC if left out."
        ),
    ] = "UTC",
    onboard_all: Annotated[
        bool,
        typer.Option("--onboard-all", help="Onboard every school; if left out, no school is."),
    ] = False,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Add a district, and print its id."""
    with store(data_dir):
        from firstbell.store.actions import district_add

        added = district_add(
            name=name, slug=slug, timezone=timezone, onboard_all=onboard_all, who=WHO
        )
    typer.echo(added.slug)


@district.command(name="list")
def list_(data_dir: DataDir = None, debug: Debug = False) -> None:
    """List the districts."""
    with store(data_dir):
        from firstbell.store.queries import districts

        found = districts()
    if not found:
        typer.echo("There is no district yet. To add one: firstbell district add NAME")
        return
    width = max(len(row.slug) for row in found)
    for row in found:
        typer.echo(f"{row.slug:{width}}  {printable(row.name)}")


@district.command()
def show(
    name: District,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Show a district: its schools, and what is in its roster."""
    with store(data_dir):
        from firstbell.store.queries import district_shown

        shown = district_shown(name)
    typer.echo(_as_json(shown) if as_json else "\n".join(_lines(shown)))


def _as_json(shown: "DistrictShown") -> str:
    """Plain ASCII, so that any console can show it."""
    members = {
        "id": shown.row.slug,
        "name": shown.row.name,
        "timezone": shown.row.timezone,
        "onboard_all": shown.row.onboard_all,
        "schools": {"onboarded": list(shown.onboarded), "never": list(shown.never)},
        "roster": dict(shown.roster),
        "version": shown.version,
        "last_feed": shown.last_feed,
        "applied_sync": shown.applied_sync,
    }
    return json.dumps(members, indent=2)


def _lines(shown: "DistrictShown") -> Iterator[str]:
    yield f"{shown.row.slug}: {printable(shown.row.name)}"
    yield f"Time zone:  {shown.row.timezone}"
    yield f"Onboarded:  {_onboarded(shown.row, shown.onboarded)}"
    if shown.never:
        yield f"Never:      {_ids(shown.never)}"
    there = [f"{number:,} {table}" for table, number in shown.roster.items() if number]
    yield f"Roster:     {', '.join(there) or 'nothing yet'}"


def _onboarded(row: "DistrictRow", schools: Sequence[str]) -> str:
    if row.onboard_all:
        return "all schools"
    return _ids(schools) if schools else f"no school; firstbell school onboard {row.slug} SOURCEDID"


def _ids(schools: Sequence[str]) -> str:
    return ", ".join(map(short, schools))
