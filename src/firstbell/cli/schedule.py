"""`firstbell district schedule`, `pause`, `resume` and `blackout`: when a district is synced."""

from datetime import date, time
from typing import TYPE_CHECKING, Annotated

import typer

from firstbell.cli.exits import DataDir, Debug
from firstbell.cli.store import WHO, District, store

if TYPE_CHECKING:
    from firstbell.store.schedules import Schedule


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text if len(text) == len("01:00") else "")
    except ValueError:
        raise typer.BadParameter(f"“{text}” is no time of day; write it as 01:00") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text if len(text) == len("2026-12-25") else "")
    except ValueError:
        raise typer.BadParameter(f"“{text}” is no date; write it as 2026-12-25") from None


def schedule(
    name: District,
    from_: Annotated[
        time | None,
        typer.Option("--from", metavar="TIME", parser=_time, help="When its sync may start."),
    ] = None,
    until: Annotated[
        time | None,
        typer.Option(metavar="TIME", parser=_time, help="When its sync must have started."),
    ] = None,
    ready_by: Annotated[
        time | None,
        typer.Option(metavar="TIME", parser=_time, help="When the roster must be ready."),
    ] = None,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Set the times of a district's night, in its own time zone, and show them."""
    with store(data_dir):
        from firstbell.store.schedules import schedule_of, schedule_set
        from firstbell.store.syncs import district_of

        if from_ or until or ready_by:
            schedule_set(
                district=name, starts_from=from_, starts_until=until, ready_by=ready_by, who=WHO
            )
        shown = schedule_of(district_of(name))
    typer.echo("\n".join(_lines(shown)))


def pause(
    name: District,
    until: Annotated[
        date | None,
        typer.Option(
            metavar="DATE",
            parser=_day,
            help="The first day with a sync again; until it is resumed if left out.",
        ),
    ] = None,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Start no nightly sync of a district any more."""
    with store(data_dir):
        from firstbell.store.schedules import pause

        pause(district=name, until=until, who=WHO)
    typer.echo(f"Paused until {until or 'it is resumed'}.")


def resume(name: District, data_dir: DataDir = None, debug: Debug = False) -> None:
    """Start the nightly syncs of a district again, from the next night on."""
    with store(data_dir):
        from firstbell.store.schedules import resume

        resume(district=name, who=WHO)
    typer.echo("Resumed, from the next night on.")


def blackout(
    name: District,
    days: Annotated[
        list[date], typer.Argument(metavar="DATE…", parser=_day, help="Such as 2026-12-25.")
    ],
    remove: Annotated[
        bool, typer.Option("--remove", help="There is a sync on these days after all.")
    ] = False,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Say on which days a district has no nightly sync, and show them all."""
    with store(data_dir):
        from firstbell.store.schedules import blackout, schedule_of

        shown = schedule_of(blackout(district=name, days=days, remove=remove, who=WHO))
    typer.echo("\n".join(_lines(shown)))


def _lines(shown: "Schedule") -> list[str]:
    lines = [
        f"Starts:    {shown.starts_from:%H:%M} to {shown.starts_until:%H:%M} ({shown.zone})",
        f"Ready by:  {shown.ready_by:%H:%M}",
    ]
    if shown.paused:
        lines.append(f"Paused:    until {shown.paused_until or 'it is resumed'}")
    if shown.blackout:
        lines.append(f"Blackout:  {', '.join(day.isoformat() for day in sorted(shown.blackout))}")
    return lines
