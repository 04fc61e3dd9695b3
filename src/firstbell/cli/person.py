"""`firstbell person`: who signs in."""

from typing import Annotated

import typer

from firstbell.cli.exits import DataDir, Debug
from firstbell.cli.store import WHO, given, store

person = typer.Typer(help="Add people who sign in.", no_args_is_help=True)


_Email = Annotated[
    str,
    typer.Argument(metavar="EMAIL", help="The address the person signs in with.", callback=given),
]


@person.command()
def add(
    email: _Email,
    district: Annotated[
        str | None,
        typer.Option(metavar="DISTRICT", help="The district whose administrator the person is."),
    ] = None,
    specialist: Annotated[
        bool,
        typer.Option("--specialist", help="Somebody of the vendor, who may open each district."),
    ] = False,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Let a person sign in, and print a link to choose a password.

    Say which district the person administers, or that it is a specialist.

    Give the link to that person only: it works once, for three days. To make a new one, add the
    person again. FIRSTBELL_URL says how the link begins.
    """
    if specialist == (district is not None):
        raise typer.BadParameter("give --district DISTRICT or --specialist, one of them")
    with store(data_dir):
        from firstbell.store.people import administrator_add, specialist_add
        from firstbell.store.secret_key import use_kept_key
        from firstbell.web.accounts import password_link

        if district is None:
            added = specialist_add(email=email, who=WHO)
        else:
            added = administrator_add(email=email, district=district, who=WHO)
        use_kept_key()
        typer.echo(password_link(added))


@person.command()
def forget_second_factor(email: _Email, data_dir: DataDir = None, debug: Debug = False) -> None:
    """Let a person whose phone and recovery codes are lost set up a second factor anew.

    Be sure that it is this person who asks: until then the password alone leads to the new one.
    """
    with store(data_dir):
        from firstbell.store.people import second_factor_forget

        second_factor_forget(email=email, who=WHO)
