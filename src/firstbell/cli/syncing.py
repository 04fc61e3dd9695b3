"""Runs a sync for the command line and shows what came of it; imported only when one runs."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import typer

from firstbell.cli.exits import ERRORS, FAILED, OK
from firstbell.cli.printable import printable
from firstbell.cli.screen import Outcome, show
from firstbell.cli.store import store
from firstbell.engine.result import Status
from firstbell.jobs.ran import Ran
from firstbell.reports.write import remove_reports


@dataclass(frozen=True, slots=True)
class Request:
    """What `firstbell sync` was asked for."""

    district: str
    path: Path | None
    as_of: date | None
    preview: bool
    out: Path | None
    as_json: bool
    data_dir: Path | None


def run(request: Request) -> int:
    """Syncs a district and prints what came of it; returns the exit code."""
    with store(request.data_dir), _ran(request) as ran:
        files = _copied(ran, request.out) if request.out else ran.files
        return tell(ran, files, request.path or Path(request.district), as_json=request.as_json)


def tell(ran: Ran, files: tuple[Path, ...], path: Path, *, as_json: bool) -> int:
    """Prints what came of a sync; returns the exit code.

    Args:
        ran: the sync.
        files: its reports.
        path: what was synced.
        as_json: print only the summary, as JSON.
    """
    summary = ran.summary
    failed = summary.status is Status.FAILED
    if failed:
        typer.echo(
            f"Failed: {printable(summary.reason or '')}.\n{printable(ran.solution)}", err=True
        )
    if as_json:
        typer.echo(summary.as_json(), nl=False)
    elif failed:
        typer.echo(f"Sync status: {Status.FAILED}")
    else:
        show(Outcome(path, summary, ran.causes, ran.skips, files))
    return {Status.COMPLETED: OK, Status.WITH_ERRORS: ERRORS, Status.FAILED: FAILED}[summary.status]


@contextmanager
def _ran(request: Request) -> Iterator[Ran]:
    from django.db import transaction

    from firstbell.jobs.fetching import fetched_for, fetched_of
    from firstbell.jobs.preview import preview_sync
    from firstbell.jobs.run import run_sync
    from firstbell.store.models import Trigger
    from firstbell.store.syncs import district_of, sync_create

    district = district_of(request.district)
    if request.preview:
        read, said = (request.path, None) if request.path else fetched_of(district)
        with preview_sync(district, read, request.as_of, read_from=said) as ran:
            yield ran
        return
    with transaction.atomic():
        sync = sync_create(
            district=district, trigger=Trigger.NOW, delivery=request.path, as_of=request.as_of
        )
        fetched = fetched_for(sync)
    yield run_sync(sync, fetched)


def _copied(ran: Ran, out: Path) -> tuple[Path, ...]:
    """Copies of the reports in a folder, in place of those of an earlier run."""
    out.mkdir(parents=True, exist_ok=True)
    remove_reports(out)
    return tuple(Path(shutil.copyfile(file, out / file.name)) for file in ran.files)
