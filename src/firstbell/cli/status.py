"""`firstbell status`: which districts are ready for the first bell."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from firstbell.cli.exits import DataDir, Debug
from firstbell.cli.printable import printable
from firstbell.cli.store import store

if TYPE_CHECKING:
    from firstbell.jobs.readiness import DistrictReadiness


def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Show which districts are ready, late, held, paused or stale, worst first."""
    with store(data_dir):
        from django.utils import timezone

        from firstbell.jobs.readiness import readiness

        found = readiness(timezone.now())
    if as_json:
        typer.echo(json.dumps([_member(one) for one in found], indent=2))
        return
    width = max((len(one.slug) for one in found), default=0)
    for one in found:
        typer.echo(f"{one.readiness:9}  {one.slug:{width}}  {printable(one.detail)}")


def _member(one: "DistrictReadiness") -> dict[str, str | None]:
    return {
        "id": one.slug,
        "status": one.readiness,
        "detail": one.detail,
        "applied_at": one.applied_at.isoformat() if one.applied_at else None,
    }
