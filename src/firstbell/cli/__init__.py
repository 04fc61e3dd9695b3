"""The command `firstbell`. What a sync means §9 is its contract.

The commands import what is heavy inside themselves, so that `--help` is quick.
"""

import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

import typer

from firstbell.cli.check import check
from firstbell.cli.demo import demo
from firstbell.cli.district import district
from firstbell.cli.exits import BUG, FAILED, INTERRUPTED, OK, WRONG_USAGE
from firstbell.cli.generate import generate
from firstbell.cli.hold import hold
from firstbell.cli.migrate import migrate
from firstbell.cli.person import person
from firstbell.cli.printable import printable
from firstbell.cli.roster import roster
from firstbell.cli.rules import rules
from firstbell.cli.school import school
from firstbell.cli.serve import serve
from firstbell.cli.source import source
from firstbell.cli.status import status
from firstbell.cli.sync import sync
from firstbell.cli.web import web
from firstbell.cli.worker import worker

__all__ = ["app", "main"]

app = typer.Typer(
    name="firstbell",
    help="Tells a school district what a OneRoster sync would bring in, what not, and how to fix it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(check)
app.command()(rules)
app.command()(generate)
app.command()(demo)
app.command()(migrate)
app.command()(sync)
app.command()(status)
app.command()(serve)
app.command()(worker)
app.command()(web)
app.add_typer(district, name="district")
app.add_typer(school, name="school")
app.add_typer(source, name="source")
app.add_typer(person, name="person")
app.add_typer(hold, name="hold")
app.add_typer(roster, name="roster")


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs the command and exits.

    Args:
        arguments: those of the command line; None: the ones that the process was given.
    """
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="replace")  # a console of Windows has no box characters
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # leaves nothing behind, as Ctrl-C
    arguments = sys.argv[1:] if arguments is None else arguments
    sys.exit(_run(list(arguments)))


def _run(arguments: list[str]) -> int:
    try:
        command = typer.main.get_command(app)
        code = command.main(arguments, prog_name="firstbell", standalone_mode=False)
    except typer.TyperException as error:
        typer.echo(_sentences(error), err=True)
        return WRONG_USAGE
    except typer.Abort:
        return INTERRUPTED
    except Exception as error:
        if "--debug" in arguments:
            raise
        typer.echo(
            f"{BUG} ({type(error).__name__}). Run it again with --debug to see more.", err=True
        )
        return FAILED
    return code if isinstance(code, int) else OK


def _sentences(error: typer.TyperException) -> str:
    """What was wrong with the command line, and how to see what is right."""
    said = "\n".join(map(printable, error.format_message().split("\n")))
    context = getattr(error, "ctx", None)
    if context is None or said.startswith("Usage:"):
        return said
    return f"{said}\nTo see how: {context.command_path} --help"
