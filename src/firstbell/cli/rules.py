"""`firstbell rules`: what is checked, and what a code in a report means."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated

import typer

from firstbell.cli.exits import Debug

if TYPE_CHECKING:
    from firstbell.rules.example import Example
    from firstbell.rules.rule import Rule


def rules(
    code: Annotated[
        str | None,
        typer.Argument(metavar="CODE", help="The rule to explain, such as users.email_required."),
    ] = None,
    debug: Debug = False,
) -> None:
    """List the rules, or explain one."""
    from firstbell.rules.catalogue import CATALOGUE

    if code is None:
        typer.echo("\n".join(_list(CATALOGUE)))
        return
    same = [rule for rule in CATALOGUE if rule.code.lower() == code.lower()]
    if not same:
        codes = list(dict.fromkeys(rule.code for rule in CATALOGUE))
        near = get_close_matches(code, codes, n=3, cutoff=0.5)
        hint = (
            f"; did you mean {' or '.join(near)}?" if near else "; firstbell rules lists them all."
        )
        raise typer.BadParameter(f"there is no rule {code}{hint}", param_hint="CODE")
    typer.echo("\n".join(_explain(same)))


def _list(catalogue: Sequence["Rule"]) -> Iterator[str]:
    tables = dict.fromkeys(rule.table for rule in catalogue)
    width = max(len(rule.code) for rule in catalogue)
    for number, table in enumerate(tables):
        if number:
            yield ""
        yield "Whole files" if table == "feed" else f"{table}.csv"
        codes = {rule.code: rule for rule in reversed(catalogue) if rule.table == table}
        for rule in reversed(codes.values()):
            yield f"  {rule.code:{width}}  {_severity(rule):8}  {rule.title}"


def _explain(same: Sequence["Rule"]) -> Iterator[str]:
    """What is to be said of a rule, in each version that has it."""
    rule = same[0]
    yield f"{rule.code}: {rule.title}"
    yield ""
    yield from _entry("Severity", _severity(rule))
    if rule.field:
        yield from _entry("Field", rule.field)
    yield from _entry("Judges", rule.judges)
    if len({one.message for one in same}) == 1:
        yield from _entry("Message", rule.message)
    else:
        for one in same:
            yield from _entry(f"In {min(one.versions)}", one.message)
    yield from _entry("For people", rule.people)
    yield from _entry("Who acts", _turn(rule))
    yield from _entry("How to fix", rule.solution)
    yield ""
    yield from _example(rule.example)


def _entry(name: str, text: str) -> Iterator[str]:
    yield f"{name + ':':12}{text}"


def _severity(rule: "Rule") -> str:
    return rule.severity or "left out"


def _turn(rule: "Rule") -> str:
    from firstbell.rules.rule import Owner

    return {
        Owner.DISTRICT: "your district, in the SIS",
        Owner.SHARING: "your district, in the export from the SIS",
        Owner.SPECIALIST: "your specialist",
    }[rule.owner]


def _example(example: "Example") -> Iterator[str]:
    """The smallest rows that break a rule."""
    from firstbell.oneroster.dictionary import tables
    from firstbell.rules.example import csv_text, rows_of

    yield "Example"
    if example.onboarded is not None:
        yield f"  Onboarded: only {', '.join(sorted(example.onboarded))}"
    if example.never:
        yield f"  Marked never: {', '.join(sorted(example.never))}"
    for table in dict.fromkeys([*example.changed, *example.ending, *example.added]):
        rows = rows_of(example)[table]
        if table not in example.added:
            rows = rows[:1]
        used = {name for row in rows for name in row}
        standard = [field.name for field in tables(example.version)[table].fields]
        columns = [name for name in standard if name in used]
        yield from _file(table, csv_text(columns, rows, example.ending.get(table, "")))
    for name, text in example.text.items():
        yield from _file(name, text)


def _file(name: str, text: str) -> Iterator[str]:
    yield f"  {name}.csv"
    shown = text.replace("\0", "␀").replace("\t", "⇥")
    yield from (f"    {line}" for line in shown.splitlines())
