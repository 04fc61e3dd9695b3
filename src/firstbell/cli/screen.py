"""What came of a check, for people. What a sync means §9."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from firstbell.engine.result import Status
from firstbell.reports.causes import Cause, Causes
from firstbell.reports.findings import NAME as FINDINGS
from firstbell.reports.summary import NAME as SUMMARY
from firstbell.reports.summary import Summary
from firstbell.rules.rule import Owner

_TURNS = {
    Owner.DISTRICT: "Your district acts, in the SIS.",
    Owner.SHARING: "Your district acts, in the export from your SIS.",
    Owner.SPECIALIST: "Your specialist acts.",
}
_COLORS = {Status.COMPLETED: "bold green", Status.WITH_ERRORS: "bold yellow"}
_OUTCOMES = ("read", "accepted", "failed", "skipped", "removed")


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that is shown of a check."""

    path: Path
    summary: Summary
    causes: Causes
    #: Why records were left out without an error.
    skips: tuple[str, ...]
    #: The reports.
    files: Sequence[Path]


def show(outcome: Outcome) -> None:
    """Prints what came of a check on standard output."""
    console = Console(highlight=False, markup=False, emoji=False)
    summary = outcome.summary
    head = f"First Bell checked {outcome.path} as of {summary.as_of} (OneRoster {summary.version})."
    _print(console, 0, Text(_printable(head)))
    console.print(_table(summary))
    for part in (_causes(outcome), _skips(outcome), _warnings(summary), _reports(outcome)):
        lines = list(part)
        for indent, text in lines:
            _print(console, indent, text)
        if lines:
            console.print()
    status = Text(summary.status, style=_COLORS[summary.status])
    _print(console, 0, Text("Sync status: ") + status)


def _print(console: Console, indent: int, text: Text) -> None:
    """Prints a line: on a terminal wrapped, into a file or another program in one piece."""
    if console.is_terminal:
        console.print(Padding(text, (0, 0, 0, indent), expand=False))
    else:
        console.print(Text(" " * indent) + text, soft_wrap=True)


def _table(summary: Summary) -> Table:
    table = Table(box=SIMPLE_HEAD, header_style="bold", pad_edge=False)
    table.add_column("File")
    for name in _OUTCOMES:
        table.add_column(name.capitalize(), justify="right")
    for name, counts in summary.tables.items():
        numbers = (getattr(counts, outcome) for outcome in _OUTCOMES)
        cells = [Text(f"{number:,}", style="" if number else "dim") for number in numbers]
        if counts.failed:
            cells[_OUTCOMES.index("failed")].stylize("bold yellow")
        table.add_row(f"{name}.csv", *cells)
    return table


_Lines = Iterator[tuple[int, Text]]


def _causes(outcome: Outcome) -> _Lines:
    causes = outcome.causes
    if not causes.total:
        yield 0, Text("Nothing to fix.", style="bold")
        return
    yield 0, Text("What to fix, biggest first", style="bold")
    for number, cause in enumerate(causes.shown, start=1):
        yield from _cause(number, cause)
    if more := causes.total - len(causes.shown):
        yield 0, Text(f"{more:,} more {'cause is' if more == 1 else 'causes are'} in {FINDINGS}.")


def _cause(number: int, cause: Cause) -> _Lines:
    held = f"{cause.held_back:,} {'record' if cause.held_back == 1 else 'records'}"
    if cause.skipped:
        held += f", {cause.skipped:,} of them skipped"
    title = Text(f"{number:2}. ") + Text(_printable(cause.title), style="bold")
    yield 0, title + Text(f" ({held})", style="dim")
    yield 4, Text(f"{cause.effect}.")
    yield 4, Text(f"{_TURNS[cause.owner]} {cause.solution}")
    if cause.examples and not cause.of_export and not cause.parent:
        most = "" if len(cause.examples) == cause.broken else "for example "
        ids = ", ".join(map(_printable, cause.examples))
        yield 4, Text(f"In {cause.table}.csv: {most}{ids}")


def _skips(outcome: Outcome) -> _Lines:
    if outcome.skips:
        yield 0, Text("Left out, and no error", style="bold")
        for sentence in outcome.skips:
            yield 4, Text(sentence)


def _warnings(summary: Summary) -> _Lines:
    if number := summary.findings["warning"]:
        one = "1 warning keeps" if number == 1 else f"{number:,} warnings keep"
        yield 0, Text(f"{one} nobody out: look at {FINDINGS} when you have time.")


def _reports(outcome: Outcome) -> _Lines:
    names = [file.name for file in outcome.files if file.name != SUMMARY]
    yield 0, Text(_printable(f"Reports in {outcome.files[0].parent}"), style="bold")
    for name in names:
        yield 4, Text(name)


def _printable(text: str) -> str:
    """Text from a delivery without what a terminal would take for commands."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
