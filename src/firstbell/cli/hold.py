"""`firstbell hold`: what the guard held back, and what is decided on it. What a sync means §6."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from firstbell.cli.exits import WRONG_USAGE, DataDir, Debug
from firstbell.cli.store import WHO, District, given, store, syncs_follow

if TYPE_CHECKING:
    from firstbell.store.holds import Hold

hold = typer.Typer(help="Decide on what the guard held back.", no_args_is_help=True)

Reason = Annotated[
    str, typer.Option(metavar="TEXT", help="Why, for the audit log; asked for if left out.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask anything.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]


@hold.command()
def show(
    district: District, as_json: AsJson = False, data_dir: DataDir = None, debug: Debug = False
) -> None:
    """Show what the newest sync held back."""
    with store(data_dir):
        from firstbell.store.holds import open_hold
        from firstbell.store.syncs import district_of

        found = open_hold(district_of(district))
    typer.echo(_as_json(found) if as_json else _told(found))


@hold.command()
def dismiss(
    district: District,
    reason: Reason = "",
    yes: Yes = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """End the hold: nothing changes."""
    why = _confirmed(district, reason, yes=yes)
    with store(data_dir):
        from firstbell.store.holds import hold_dismiss

        found = hold_dismiss(district=district, reason=why, who=WHO)
    said = "The hold is dismissed; the roster stays as it is."
    typer.echo(_as_json(found) if as_json else said)


@hold.command()
def apply(
    district: District,
    reason: Reason = "",
    yes: Yes = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Apply what was held anyway, from the feed that was read, as a sync of its own.

    Ends as firstbell sync does.
    """
    why = _confirmed(district, reason, yes=yes)
    syncs_follow()
    with store(data_dir):
        from pathlib import Path

        from firstbell.cli.syncing import tell
        from firstbell.jobs.run import run_sync
        from firstbell.store.holds import hold_apply

        ran = run_sync(hold_apply(district=district, reason=why, who=WHO), None)
        code = tell(ran, ran.files, Path(district), as_json=as_json)
    raise typer.Exit(code)


def _confirmed(district: str, reason: str, *, yes: bool) -> str:
    """Asks whether it is meant, and why; returns the reason."""
    if yes:
        return reason.strip() or "not given"
    if typer.prompt("Type the district’s id to go on") != district:
        typer.echo("Nothing was changed.", err=True)
        raise typer.Exit(WRONG_USAGE)
    return given(reason or typer.prompt("Why"))


def _as_json(found: "Hold") -> str:
    return json.dumps({**asdict(found), "as_of": found.as_of.isoformat()}, indent=2)


def _told(found: "Hold") -> str:
    if found.refused:
        return f"Sync {found.sync} of {found.as_of} was refused: {found.refused}."
    removals = ", ".join(f"{number:,} {table}" for table, number in found.removals.items())
    return (
        f"Sync {found.sync} of {found.as_of} holds back the removal of {removals}."
        " The report held_removals.csv lists them."
    )
