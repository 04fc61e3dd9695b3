"""`firstbell school`: which schools are taken in."""

from collections.abc import Sequence
from typing import Annotated

import typer

from firstbell.cli.exits import DataDir, Debug
from firstbell.cli.store import WHO, District, given, store

school = typer.Typer(help="Onboard schools, or leave them out.", no_args_is_help=True)

_All = Annotated[bool, typer.Option("--all", help="All schools of the district.")]
_Schools = Annotated[
    list[str] | None,
    typer.Argument(metavar="SOURCEDID …", help="The schools’ sourcedIds.", show_default=False),
]


@school.command()
def onboard(
    name: District,
    schools: _Schools = None,
    all_: _All = False,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Onboard schools.

    With --all every school of the district counts as onboarded, also those that come later; schools
    marked never stay so. The next sync brings them in.
    """
    chosen = _chosen(schools, all_=all_)
    with store(data_dir):
        from firstbell.store.actions import schools_onboard

        schools_onboard(district=name, schools=chosen, who=WHO)


@school.command()
def never(
    name: District,
    schools: _Schools = None,
    all_: _All = False,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Mark schools never to be taken in, without an error.

    With --all these are the schools that something was decided for, or that are in the roster; those
    that come later are not onboarded.
    """
    chosen = _chosen(schools, all_=all_)
    with store(data_dir):
        from firstbell.store.actions import schools_never

        schools_never(district=name, schools=chosen, who=WHO)


@school.command()
def reset(
    name: District,
    schools: _Schools = None,
    all_: _All = False,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Take back what was decided for schools: they are not onboarded.

    With --all no school is, and none is marked never.
    """
    chosen = _chosen(schools, all_=all_)
    with store(data_dir):
        from firstbell.store.actions import schools_reset

        schools_reset(district=name, schools=chosen, who=WHO)


def _chosen(schools: Sequence[str] | None, *, all_: bool) -> list[str] | None:
    """The schools named, or None for all of them."""
    if all_ == bool(schools):
        raise typer.BadParameter(
            "name the schools, or say --all, but not both", param_hint="SOURCEDID"
        )
    return None if all_ else [given(one) for one in schools or ()]
