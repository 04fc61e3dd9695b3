"""`firstbell rules`: what is checked, and what a code in a report means."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated

import typer

from firstbell.cli.exits import Debug
from firstbell.cli.printable import short

if TYPE_CHECKING:
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
        typer.echo("\nTo have one explained: firstbell rules users.email_required")
        return
    same = [rule for rule in CATALOGUE if rule.code.lower() == code.lower()]
    if not same:
        codes = list(dict.fromkeys(rule.code for rule in CATALOGUE))
        near = get_close_matches(code, codes, n=3, cutoff=0.7)
        near = near or [known for known in codes if code.lower() in known][:3]
        hint = f"did you mean {' or '.join(near)}?" if near else "firstbell rules lists them all"
        raise typer.BadParameter(f"there is no rule {short(code)}; {hint}", param_hint="CODE")
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
    yield from _in_versions("Message", {one.message: min(one.versions) for one in same})
    yield from _entry("For people", rule.people)
    yield from _entry("Who acts", _turn(rule))
    yield from _in_versions("How to fix", {one.solution: min(one.versions) for one in same})
    yield ""
    yield from _example(rule)


def _entry(name: str, text: str) -> Iterator[str]:
    yield f"{name + ':':12}{text}"


def _in_versions(name: str, texts: Mapping[str, str]) -> Iterator[str]:
    """What is said, and where the versions of OneRoster differ what is said in each."""
    if len(texts) == 1:
        yield from _entry(name, *texts)
        return
    yield f"{name}:"
    for text, version in texts.items():
        yield f"  in {version}:   {text}"


def _severity(rule: "Rule") -> str:
    return rule.severity or "left out"


def _turn(rule: "Rule") -> str:
    from firstbell.rules.rule import Owner

    return {
        Owner.DISTRICT: "your district, in the SIS",
        Owner.SHARING: "your district, in the export from the SIS",
        Owner.SPECIALIST: "your specialist",
    }[rule.owner]


def _example(rule: "Rule") -> Iterator[str]:
    """The rows that break a rule."""
    from firstbell.rules.shown import shown

    example = rule.example
    yield "Example"
    if example.onboarded is not None:
        yield f"  Onboarded: only {', '.join(sorted(example.onboarded))}"
    if example.never:
        yield f"  Marked never: {', '.join(sorted(example.never))}"
    if example.later:
        yield "  On the night after this row came in:"
    for name, text in shown(rule):
        yield f"  {name}"
        yield from (f"    {line}" for line in text.splitlines())
