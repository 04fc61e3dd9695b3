"""What came of a check, for people. What a sync means §9."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from firstbell.cli.printable import printable, short
from firstbell.engine.result import Status
from firstbell.reports.causes import Cause, Causes
from firstbell.reports.counting import noun
from firstbell.reports.findings import NAME as FINDINGS
from firstbell.reports.summary import Summary
from firstbell.reports.to_fix import name_of
from firstbell.rules.rule import Owner

#: Who must act. What a specialist must do says so itself.
_TURNS = {
    Owner.DISTRICT: "Your district: ",
    Owner.SHARING: "Your district, in the export: ",
    Owner.SPECIALIST: "",
}
_INDENT = "    "
_LONGEST_TITLE = 160
_MOST_CAUSES = 10
#: Reports by what their names end in; the rest hold everything.
_KINDS = {"_sync_report.csv": "Errors", "_to_fix.csv": "Rows to fix"}
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
    done = "checked" if summary.changes is None else "synced" if summary.sync else "previewed"
    head = f"First Bell {done} {outcome.path} as of {summary.as_of} (OneRoster {summary.version})."
    _print(console, "", Text(printable(head)))
    console.print(_table(summary))
    for part in (
        _changes(summary),
        _causes(outcome),
        _skips(outcome),
        _warnings(summary),
        _reports(outcome),
    ):
        lines = list(part)
        for label, text in lines:
            _print(console, label, text)
        if lines:
            console.print()
    status = Text(summary.status, style=_COLORS[summary.status])
    _print(console, "", Text("Sync status: ") + status)


def _changes(summary: Summary) -> Iterator[tuple[str, Text]]:
    """What a sync did to the objects of each table, where it did something."""
    for table, changes in (summary.changes or {}).items():
        numbers = {name: number for name, number in asdict(changes).items() if number}
        if numbers:
            done = ", ".join(f"{number:,} {name}" for name, number in numbers.items())
            yield "", Text(f"{noun(2, table).capitalize()}: {done}")


def _print(console: Console, label: str, text: Text) -> None:
    """Prints a line: on a terminal wrapped, into a file or another program in one piece."""
    if console.is_terminal and label:
        line = Table.grid()
        line.add_column(width=len(label), no_wrap=True)
        line.add_column()
        line.add_row(label, text)
        console.print(line)
    else:
        console.print(Text(label) + text, soft_wrap=not console.is_terminal)


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


#: Lines: what stands before the text, also when that is wrapped, and the text.
_Lines = Iterator[tuple[str, Text]]


def _causes(outcome: Outcome) -> _Lines:
    causes = outcome.causes
    if not causes.total:
        yield "", Text("Nothing to fix.", style="bold")
        return
    yield "", Text("What to fix, biggest first", style="bold")
    shown = causes.shown[:_MOST_CAUSES]
    for number, cause in enumerate(shown, start=1):
        yield from _cause(number, cause)
    if more := causes.total - len(shown):
        yield "", Text(f"{more:,} more {'cause is' if more == 1 else 'causes are'} in {FINDINGS}.")


def _cause(number: int, cause: Cause) -> _Lines:
    title = cause.title
    if cause.parent:
        title = title.replace(cause.parent, short(cause.parent))
    yield f"{number:2}. ", Text(short(title, _LONGEST_TITLE), style="bold")
    yield _INDENT, Text(f"{_held_back(cause)} {cause.effect}.")
    yield _INDENT, Text(f"{_TURNS[cause.turn]}{cause.solution}")
    if not cause.of_export and not cause.parent:
        yield _INDENT, Text(_where(cause))


def _held_back(cause: Cause) -> str:
    if not cause.held_back:
        return "Holds back nothing by itself: another cause has to be fixed too."
    held = f"Holds back {cause.held_back:,} {'record' if cause.held_back == 1 else 'records'}"
    return f"{held}, {cause.skipped:,} of them skipped." if cause.skipped else f"{held}."


def _where(cause: Cause) -> str:
    """Which records a cause is about, or where all of them stand."""
    to_fix = name_of(cause.table)
    if not cause.examples:
        return f"{'Its row is' if cause.broken == 1 else 'Their rows are'} in {to_fix}."
    ids = ", ".join(map(short, cause.examples))
    if len(cause.examples) == cause.broken:
        return f"In {cause.table}.csv: {ids}"
    return f"In {cause.table}.csv: for example {ids}; all of them are in {to_fix}."


def _skips(outcome: Outcome) -> _Lines:
    if outcome.skips:
        counts = outcome.summary.tables.items()
        none = [f"no {noun(0, name)}" for name, n in counts if n.read and not n.accepted]
        so = f": {' and '.join(none[-2:])} come in" if none else ""
        yield "", Text(f"Left out without an error{so}", style="bold")
        for sentence in outcome.skips:
            yield _INDENT, Text(sentence)


def _warnings(summary: Summary) -> _Lines:
    if number := summary.findings["warning"]:
        one = "1 warning keeps" if number == 1 else f"{number:,} warnings keep"
        yield "", Text(f"{one} nobody out: look at {FINDINGS} when you have time.")


def _reports(outcome: Outcome) -> _Lines:
    kinds: dict[str, list[str]] = {}
    for file in outcome.files:
        kind = next((kind for end, kind in _KINDS.items() if file.name.endswith(end)), "Everything")
        kinds.setdefault(kind, []).append(file.name)
    yield "", Text(printable(f"Reports in {outcome.files[0].parent}"), style="bold")
    for kind, names in kinds.items():
        yield f"{_INDENT}{kind + ':':13}", Text(", ".join(names))
