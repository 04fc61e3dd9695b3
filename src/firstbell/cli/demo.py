"""`firstbell demo`: two made-up districts with sixty nights behind them, to look at."""

from typing import Annotated

import typer

from firstbell.cli.exits import Debug


def demo(
    once: Annotated[
        bool, typer.Option("--once", help="Prepare it, see that the pages answer, and end.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Try the portal: two made-up districts with sixty nights behind them, until Ctrl-C.

    It needs no database and no data of yours, and nothing is kept when it ends.
    """
    from firstbell.cli.showing import show_demo

    raise typer.Exit(show_demo(once=once))
