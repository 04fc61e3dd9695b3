"""How the command ends, and what its parts share. What a sync means §9."""

from pathlib import Path
from typing import Annotated

import typer

OK = 0
#: Completed with Errors.
ERRORS = 1
FAILED = 2
WRONG_USAGE = 64
INTERRUPTED = 130

BUG = "Something went wrong on our side"

#: The option that shows where an unexpected error came from; `main` looks for it itself.
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an unexpected error.")]

#: The option of all commands around the database; None: the environment says it, or
#: ./firstbell-data.
DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        metavar="DIR",
        help="Where First Bell keeps its data; FIRSTBELL_DATA_DIR or ./firstbell-data if left out.",
    ),
]


def check_folder(out: Path) -> None:
    """Refuses an `--out` that can be no folder.

    Raises:
        typer.BadParameter: It is a file, or no path at all.
    """
    try:
        is_folder = out.is_dir() or not out.exists()
    except OSError as error:
        message = f"{out} cannot be used: {error.strerror}"
        raise typer.BadParameter(message, param_hint="--out") from None
    if not is_folder:
        raise typer.BadParameter(f"{out} is a file, not a folder", param_hint="--out")
