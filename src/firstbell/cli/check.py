"""`firstbell check`: what would a sync do with these files? What a sync means §9."""

import os
import re
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from firstbell.cli.exits import Debug, check_folder

_MEMORY = "FIRSTBELL_MEMORY_LIMIT"
_SIZE = re.compile(r"[0-9]{1,5}(\.[0-9]+)?\s*([KMGT]i?B)", re.IGNORECASE)
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LONGEST_LIST = 64 << 20
#: What is trimmed from the ends of a line with a sourcedId, as from a cell.
_BLANKS = " \t\r\n\u00a0"


def check(
    path: Annotated[
        Path, typer.Argument(metavar="PATH", help="Folder or .zip with the OneRoster CSV files.")
    ],
    out: Annotated[
        Path,
        typer.Option(
            metavar="DIR", help="Where the reports go; those of an earlier run are replaced."
        ),
    ] = Path("firstbell-report"),
    as_of: Annotated[
        str,
        typer.Option(
            metavar="DATE", help="Day of the sync, such as 2026-11-24; today if left out."
        ),
    ] = "",
    onboarded: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Onboarded schools, one sourcedId a line; all if left out."
        ),
    ] = None,
    never: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Schools never to take in, one sourcedId a line."),
    ] = None,
    product: Annotated[
        str, typer.Option(metavar="NAME", help="What messages call the product.")
    ] = "First Bell",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print only the summary, as JSON.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Check a district's files before a sync.

    It says what would come in, what not, and how to fix it.

    Ends with 0 when there is nothing to fix, 1 when there is, 2 when the files cannot be used.
    """
    day = day_of(as_of) if as_of else datetime.now().astimezone().date()
    schools = None if onboarded is None else _ids(onboarded, "--onboarded")
    left_out = frozenset() if never is None else _ids(never, "--never")
    memory = os.environ.get(_MEMORY, "1GB").strip()
    if not _SIZE.fullmatch(memory):
        raise typer.BadParameter(f"“{memory}” is no size such as 2GB", param_hint=_MEMORY)
    if not product.strip() or not _is_text(product):
        raise typer.BadParameter("the product needs a name", param_hint="--product")
    check_folder(out)

    from firstbell.cli.checking import Request, run
    from firstbell.engine.policy import Policy
    from firstbell.feed.package import Limits

    policy = Policy(day, product.strip(), schools, left_out)
    request = Request(path, out, policy, Limits(memory=memory), as_json=as_json, debug=debug)
    raise typer.Exit(run(request))


def _is_text(name: str) -> bool:
    """Whether an argument of the command line could be read as text."""
    return name == name.encode("utf-8", "ignore").decode()


def day_of(text: str) -> date:
    """A day of the command line; raises BadParameter when it is none."""
    try:
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        message = f"“{text}” is no date; write it as 2026-11-24"
        raise typer.BadParameter(message, param_hint="--as-of") from None


def _ids(path: Path, option: str) -> frozenset[str]:
    """The sourcedIds in a file, one a line, in the encodings that editors and Excel write."""
    if path.exists() and not path.is_file():
        raise typer.BadParameter(f"{path} cannot be read: it is no file", param_hint=option)
    try:
        with path.open("rb") as file:
            content = file.read(_LONGEST_LIST)
    except (OSError, ValueError) as error:
        trouble = getattr(error, "strerror", None) or "it is no path"
        message = f"{path} cannot be read: {trouble}"
        raise typer.BadParameter(message, param_hint=option) from None
    utf_16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        lines = content.decode("utf-16" if utf_16 else "utf-8-sig")
    except UnicodeDecodeError:
        lines = content.decode("cp1252", "replace")
    found = re.split("\r\n|\r|\n", lines)
    return frozenset(filter(None, (line.strip(_BLANKS) for line in found)))
