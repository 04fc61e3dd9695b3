"""Runs a check and shows what came of it; imported only when a check really runs."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb
import typer

from firstbell.cli.exits import BUG, ERRORS, FAILED, OK
from firstbell.cli.printable import printable
from firstbell.cli.progress import progress
from firstbell.cli.screen import Outcome, show
from firstbell.engine.policy import Policy
from firstbell.engine.result import Status, SyncResult
from firstbell.feed.package import Limits
from firstbell.feed.refusal import Reason, Refused, is_out_of_room
from firstbell.reports.causes import find_causes
from firstbell.reports.check import STEPS, checked
from firstbell.reports.skips import explain_skips
from firstbell.reports.summary import Summary
from firstbell.reports.write import remove_reports, write_reports


@dataclass(frozen=True, slots=True)
class Request:
    """What `firstbell check` was asked for."""

    path: Path
    out: Path
    policy: Policy
    limits: Limits
    as_json: bool
    debug: bool


class _Stopped(Exception):
    """The check cannot go on: why, without a full stop, and what to do, in sentences."""

    def __init__(self, sentence: str, solution: str) -> None:
        super().__init__(sentence)
        self.solution = solution


def run(request: Request) -> int:
    """Checks a delivery, writes the reports and prints what came of it.

    Returns:
        The exit code.
    """
    try:
        outcome = _outcome(request)
    except KeyboardInterrupt:
        with suppress(OSError):
            remove_reports(request.out)
        raise
    except _Stopped as stopped:
        with suppress(OSError):
            remove_reports(request.out)
        return _failed(request, str(stopped), stopped.solution)
    if request.as_json:
        typer.echo(outcome.summary.as_json(), nl=False)
    else:
        show(outcome)
    return OK if outcome.summary.status is Status.COMPLETED else ERRORS


def _outcome(request: Request) -> Outcome:
    """What came of the check; raises `_Stopped` for all that can go wrong."""
    try:
        _remove_reports(request.out)
        with (
            progress(STEPS) as step,
            checked(request.path, request.policy, request.limits, step) as result,
        ):
            step(STEPS[-1])
            return _report(request, result)
    except _Stopped:
        raise
    except Refused as refused:
        if refused.reason is Reason.PATH_MISSING:
            sentence = f"there is no file or folder {request.path}"
            raise _Stopped(sentence, refused.solution) from refused
        raise _Stopped(str(refused), refused.solution) from refused
    except Exception as error:
        if _is_interruption(error):
            raise KeyboardInterrupt from error
        if is_out_of_room(error):
            reason = Reason.DISK_FULL
            raise _Stopped(reason.sentence, reason.solution) from error
        if isinstance(error, MemoryError | duckdb.OutOfMemoryException):
            limit = request.limits.memory
            raise _Stopped(
                f"the limit of {limit} of memory is too small for this delivery",
                "Set FIRSTBELL_MEMORY_LIMIT to more, such as 4GB, and run the command again.",
            ) from error
        if request.debug:
            raise
        raise _Stopped(
            f"{BUG} ({type(error).__name__})",
            "Nothing was changed but for the reports, which are gone. Run the command again with"
            " --debug to see more.",
        ) from error


def _report(request: Request, result: SyncResult) -> Outcome:
    try:
        written = write_reports(result, request.out)
    except OSError as error:
        raise _cannot_write(request.out, error) from error
    return Outcome(
        request.path,
        written.summary,
        find_causes(result),
        explain_skips(result),
        written.files,
    )


def _remove_reports(out: Path) -> None:
    try:
        remove_reports(out)
    except OSError as error:
        raise _cannot_write(out, error) from error


def _cannot_write(out: Path, error: OSError) -> _Stopped:
    return _Stopped(
        f"the reports cannot be written to {out}: {error.strerror or 'it is no path'}",
        "Close the reports of an earlier run, or choose another folder with --out.",
    )


def _is_interruption(error: BaseException) -> bool:
    """Whether this is what DuckDB makes of Ctrl-C."""
    is_its = isinstance(error, duckdb.InterruptException | RuntimeError)
    return is_its and "interrupted" in str(error).lower()


def _failed(request: Request, reason: str, solution: str) -> int:
    typer.echo(f"Failed: {printable(reason)}.\n{printable(solution)}", err=True)
    if request.as_json:
        typer.echo(Summary(Status.FAILED, request.policy.as_of, reason).as_json(), nl=False)
    else:
        typer.echo(f"Sync status: {Status.FAILED}")
    return FAILED
