"""`firstbell person`: who signs in."""

from typing import Annotated

import typer

from firstbell.cli.exits import DataDir, Debug
from firstbell.cli.store import WHO, given, store

person = typer.Typer(help="Add people who sign in.", no_args_is_help=True)


@person.callback()
def _person() -> None:
    """Keeps `add` a word of its own while it is the only one."""


@person.command()
def add(
    email: Annotated[
        str,
        typer.Argument(
            metavar="EMAIL", help="The address the person signs in with.", callback=given
        ),
    ],
    district: Annotated[
        str, typer.Option(metavar="DISTRICT", help="The id of the district that the person sees.")
    ],
    specialist: Annotated[
        bool, typer.Option("--specialist", help="Somebody of the vendor, not of the district.")
    ] = False,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Let a person sign in and see a district, and print a link to choose a password.

    Give the link to that person only: it works once, for three days. To make a new one, add the
    person again. FIRSTBELL_URL says how the link begins.
    """
    with store(data_dir):
        from firstbell.store.models import MembershipRole
        from firstbell.store.people import person_add
        from firstbell.web.accounts import password_link
        from firstbell.web.secret import use_kept_key

        role = MembershipRole.SPECIALIST if specialist else MembershipRole.ADMINISTRATOR
        added = person_add(email=email, district=district, role=role, who=WHO)
        use_kept_key()
        typer.echo(password_link(added))
