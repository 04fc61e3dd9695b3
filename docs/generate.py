"""Writes the pages of docs/reference that come from the code.

`python docs/generate.py` writes them; with `--check` it only says whether one is out of date.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from firstbell.oneroster.dictionary import FEED_TABLES, Version, tables
from firstbell.rules.catalogue import CATALOGUE
from firstbell.rules.example import AS_OF, Example, Row, csv_text, rows_of
from firstbell.rules.identity import UNREADABLE
from firstbell.rules.reading import NOT_DELIVERED
from firstbell.rules.reading import RULES as READING
from firstbell.rules.rule import Effect, Owner, Rule

DOCS = Path(__file__).parent

#: Texts of rules that say more than one thing, by what the code ends in.
_MESSAGES = {"row_unreadable": UNREADABLE, "not_delivered": NOT_DELIVERED}

_OWNERS = {
    Owner.DISTRICT: "the district, in its SIS",
    Owner.SHARING: "whoever decides what the roster server shares",
    Owner.SPECIALIST: "the onboarding specialist",
}

_EFFECTS = {
    Effect.SKIP: "left out",
    Effect.SHUT_OUT: "failure; what hangs on it is left out",
}

_INTRO = f"""\
<!-- Written by docs/generate.py from src/firstbell/rules: edit there. -->

# Rules

Everything that a sync checks, file by file. A **failure** keeps its record out until it is fixed.
A **warning** keeps nobody out. What is **left out** is out of scope: no error, and no line in a
report. How rules work together is told in [What a sync means](what-a-sync-means.md).

In messages `{{product}}` stands for the name of the product, and `{{width}}` and `{{expected}}` for
numbers. The examples show only the columns that matter, and are judged on
{AS_OF.day} {AS_OF:%B %Y}; `␀` stands for a NUL character and `⇥` for a tab.
"""


def rules_page() -> str:
    """The rule reference: every rule of the catalogue, with its words and its example."""
    parts = [_INTRO]
    parts += _section("Whole files", READING)
    for table in FEED_TABLES:
        parts += _section(f"{table}.csv", _records_rules(table))
    return "\n".join(parts)


#: Every generated page: its place under docs/, and what writes it.
PAGES: tuple[tuple[str, Callable[[], str]], ...] = (("reference/rules.md", rules_page),)


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or with `--check` say which one is out of date."""
    stale = [
        (path, text)
        for path, text in ((DOCS / name, write()) for name, write in PAGES)
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    if "--check" in arguments:
        if stale:
            names = ", ".join(path.relative_to(DOCS.parent).as_posix() for path, _ in stale)
            sys.stderr.write(f"{names} is out of date: run python docs/generate.py.\n")
        return 1 if stale else 0
    for path, text in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return 0


def _records_rules(table: str) -> list[Rule]:
    return [rule for rule in CATALOGUE if rule.table == table and rule not in READING]


def _section(title: str, rules: Iterable[Rule]) -> Iterator[str]:
    by_code: dict[str, list[Rule]] = {}
    for rule in rules:
        by_code.setdefault(rule.code, []).append(rule)
    yield f"## {title}\n"
    yield "| rule | what is wrong | |\n| --- | --- | --- |"
    for code, (rule, *_) in by_code.items():
        yield f"| [{code}](#{code}) | {rule.title} | {_severity(rule)} |"
    yield ""
    for same in by_code.values():
        yield _entry(same)


def _entry(same: Sequence[Rule]) -> str:
    rule = same[0]
    field = f", field `{rule.field}`" if rule.field else ""
    lines = [
        f'<a id="{rule.code}"></a>\n',
        f"### {rule.code}\n",
        f"**{rule.title}** ({_severity(rule)}{field}{_versions(same)})\n",
        f"- Judges: {rule.judges}",
        *_messages(same),
        f"- For people: {rule.people}",
        f"- Who must act: {_OWNERS[rule.owner]}",
        f"- How to fix: {rule.solution}",
    ]
    return "\n".join(lines) + "\n\n" + "\n".join(_example(rule.example))


def _severity(rule: Rule) -> str:
    return _EFFECTS.get(rule.effect, rule.severity)


def _versions(same: Sequence[Rule]) -> str:
    versions = frozenset().union(*(rule.versions for rule in same))
    return "" if versions == frozenset(Version) else f", only in OneRoster {min(versions)}"


def _messages(same: Sequence[Rule]) -> Iterator[str]:
    several = _MESSAGES.get(same[0].code.split(".")[1], tuple(rule.message for rule in same))
    texts = list(dict.fromkeys(several))
    if len(texts) == len(same) > 1:
        for rule in same:
            yield f"- Message in OneRoster {min(rule.versions)}: `{rule.message}`"
    else:
        yield "- Message: " + " or ".join(f"`{text}`" for text in texts)


def _example(example: Example) -> Iterator[str]:
    if example.onboarded is not None:
        yield f"Onboarded: only {', '.join(sorted(example.onboarded))}.\n"
    if example.never:
        yield f"Marked never: {', '.join(sorted(example.never))}.\n"
    if example.encoding != "utf-8":
        yield "In a file that is written as Windows-1252:\n"
    for table in dict.fromkeys([*example.changed, *example.ending, *example.added]):
        yield _block(table, _lines_of(example, table))
    for name, text in example.text.items():
        yield _block(name, text)
    for code in example.also:
        yield f"From this follows [{code}](#{code}).\n"


def _lines_of(example: Example, table: str) -> str:
    rows: Sequence[Row] = rows_of(example)[table]
    if table not in example.added:
        rows = rows[:1]
    used = {name for row in rows for name in row}
    columns = [field.name for field in tables(example.version)[table].fields if field.name in used]
    return csv_text(columns, rows, example.ending.get(table, ""))


def _block(name: str, text: str) -> str:
    shown = text.replace("\0", "␀").replace("\t", "⇥")
    return f"`{name}.csv`\n\n```text\n{shown}```\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
