"""Writes the pages of docs/reference that come from the code.

`python docs/generate.py` writes them; with `--check` it only says whether one is out of date.
"""

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from firstbell.oneroster.dictionary import FEED_TABLES, Version
from firstbell.rules.catalogue import CATALOGUE, OWN_RULES
from firstbell.rules.example import AS_OF, csv_text, smallest_district
from firstbell.rules.identity import UNREADABLE
from firstbell.rules.reading import NOT_DELIVERED
from firstbell.rules.rule import Effect, Owner, Rule
from firstbell.rules.shown import shown
from firstbell.rules.words import RECORDS, noun_of

DOCS = Path(__file__).parent

#: Rules that are the same for every file, or for every column, by what their codes end in.
_OF_FILES = {
    "not_utf8": "A file is not UTF-8",
    "unknown_column": "A column is not part of OneRoster",
    "present_though_absent": "The manifest says absent, but the file is there",
    "mode_unknown": "The manifest does not say how a file is to be read",
    "not_delivered": "A file has no rows, or cannot be used",
    "absence_unproven": "Nothing is removed: rows that cannot be read name no sourcedId",
}
_OF_ROWS = {
    "row_unreadable": "A row cannot be read",
    "sourced_id_required": "A record has no sourcedId",
    "sourced_id_not_allowed": "A sourcedId is too long or has a control character",
    "sourced_id_conflict": "Rows with the same sourcedId differ",
    "row_has_surplus_cells": "A row has empty cells behind the last column",
    "row_repeated": "A row is there more than once",
    "not_storable": "A value has a character that cannot be stored",
}
_SAME = _OF_FILES | _OF_ROWS

#: The other rules that follow from the standard, by what their codes end in, in the page's order.
_BY_COLUMN = (*("_required", "_not_in_list", "_not_boolean", "_not_date", "_not_year", "_unknown"),)

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

Everything that a sync checks. A **failure** keeps its record out until it is fixed. A **warning**
keeps nobody out. What is **left out** is out of scope: no error, and no line in a report. How rules
work together is told in [What a sync means](what-a-sync-means.md).

To find a code of a report, search this page for it, or let `firstbell rules CODE` explain it.

In messages `{{product}}` stands for the name of the product, and `{{width}}` and `{{expected}}` for
numbers. The examples change [a small district](#the-district-of-the-examples); they show only the
rows and columns that matter, and are judged on {AS_OF.day} {AS_OF:%B %Y}. In them `␀` stands for a
NUL character and `⇥` for a tab.
"""


def rules_page() -> str:
    """The rule reference: every rule of the catalogue, with its words and its example."""
    parts = [_INTRO, "## Whole files\n"]
    parts += _entries([rule for rule in CATALOGUE if rule.code == "feed.unknown_file"])
    parts += _families(_OF_FILES)
    parts.append("## In every file\n")
    parts += _families(_OF_ROWS)
    for table in FEED_TABLES:
        parts += [f"## {table}.csv\n", *_section(_of_table(table))]
    parts += ["## The district of the examples\n", *_district()]
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


def _suffix(rule: Rule) -> str:
    """What a rule that is the same for every file has at the end of its code; empty for others."""
    name = rule.code.split(".")[1]
    return "not_storable" if name.endswith("_not_storable") else name if name in _SAME else ""


def _of_table(table: str) -> list[Rule]:
    """The rules of a table alone: first its own, then those that follow from the standard."""

    def place(rule: Rule) -> int:
        if rule in OWN_RULES or rule.code == "users.password_ignored":
            return -1
        return next(n for n, end in enumerate(_BY_COLUMN) if rule.code.endswith(end))

    return sorted((r for r in CATALOGUE if r.table == table and not _suffix(r)), key=place)


def _section(rules: Sequence[Rule]) -> Iterator[str]:
    yield "| rule | what is wrong | |\n| --- | --- | --- |"
    for code, rule in {rule.code: rule for rule in rules}.items():
        yield f"| [{code}](#{code}) | {rule.title} | {_severity(rule)} |"
    yield ""
    yield from _entries(rules)


def _entries(rules: Iterable[Rule]) -> Iterator[str]:
    by_code: dict[str, list[Rule]] = {}
    for rule in rules:
        by_code.setdefault(rule.code, []).append(rule)
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
        *_in_versions("How to fix", {one.solution: one for one in same}),
    ]
    return "\n".join(lines) + "\n\n" + "\n".join(_example(rule))


def _families(titles: Mapping[str, str]) -> Iterator[str]:
    for end, title in titles.items():
        yield _family(title, [rule for rule in CATALOGUE if _suffix(rule) == end])


def _family(title: str, rules: Sequence[Rule]) -> str:
    """The entry of rules that are the same for every file, in the words of one of them."""
    of_users = [rule for rule in rules if rule.table == "users"]
    model = next((rule for rule in of_users if rule.field == "givenName"), [*rules, *of_users][-1])
    lines = [
        f"### {title}\n",
        *_members(rules),
        f"- Judges: {_general(model, model.judges)}",
        *(_general(model, message) for message in _messages([model])),
        *([f"- For people: {model.people}"] if _is_one(rules) else []),
        f"- Who must act: {_OWNERS[model.owner]}",
        f"- How to fix: {_general(model, model.solution)}",
    ]
    return "\n".join(lines) + "\n\n" + "\n".join(_example(model))


def _members(rules: Sequence[Rule]) -> Iterator[str]:
    """The codes of the rules of one entry, and what each means for people where they differ."""
    if _is_one(rules):
        yield f"{', '.join(map(_anchor, rules))} ({rules[0].severity})\n"
    elif rules[0].code.endswith("_not_storable"):
        yield "NUL is the zero byte. A failure keeps the record out; a warning leaves the value empty.\n"
        yield "| file | failure | warning |\n| --- | --- | --- |"
        for table in FEED_TABLES:
            yield f"| {table}.csv | {_by_column(table, rules)} |"
        yield ""
    else:
        yield "| rule | | for people |\n| --- | --- | --- |"
        for rule in rules:
            yield f"| {_anchor(rule)} | {_severity(rule)} | {rule.people} |"
        yield ""


def _is_one(rules: Sequence[Rule]) -> bool:
    """Whether rules mean the same for people."""
    return len({(rule.severity, rule.people) for rule in rules}) == 1


def _by_column(table: str, rules: Sequence[Rule]) -> str:
    of_table = {rule.code: rule for rule in rules if rule.table == table}.values()
    return " | ".join(
        "<br>".join(_anchor(rule) for rule in of_table if rule.severity == severity)
        for severity in ("failure", "warning")
    )


def _anchor(rule: Rule) -> str:
    return f'<a id="{rule.code}"></a>`{rule.code}`'


def _general(rule: Rule, words: str) -> str:
    """The words of one file's rule as they hold for every file and column."""
    table, one = rule.table, RECORDS[rule.table].one
    if words == f"{table}.csv":
        return "these files"
    words = words.replace(f"file.{table}", "file.NAME").replace(f"{table}.csv", "the file")
    if rule.code.endswith("_not_storable"):
        words = words.replace(RECORDS[table].every, "every record")
        words = words.replace(rule.field, "{field}").replace(noun_of(rule.field), "value")
    return re.sub(rf"\b{one}\b", "record", words)


def _severity(rule: Rule) -> str:
    return _EFFECTS.get(rule.effect, rule.severity)


def _versions(same: Sequence[Rule]) -> str:
    versions = frozenset().union(*(rule.versions for rule in same))
    return "" if versions == frozenset(Version) else f", only in OneRoster {min(versions)}"


def _messages(same: Sequence[Rule]) -> Iterator[str]:
    if several := _MESSAGES.get(same[0].code.split(".")[1]):
        yield (
            "- Message: " + ", ".join(f"`{text}`" for text in several[:-1]) + f" or `{several[-1]}`"
        )
    else:
        yield from _in_versions("Message", {f"`{rule.message}`": rule for rule in same})


def _in_versions(name: str, texts: Mapping[str, Rule]) -> Iterator[str]:
    for text, rule in texts.items():
        version = f" in OneRoster {min(rule.versions)}" if len(texts) > 1 else ""
        yield f"- {name}{version}: {text}"


def _example(rule: Rule) -> Iterator[str]:
    example = rule.example
    if example.onboarded is not None:
        yield f"Onboarded: only {', '.join(sorted(example.onboarded))}.\n"
    if example.never:
        yield f"Marked never: {', '.join(sorted(example.never))}.\n"
    if example.later:
        yield "On the night after the district of the examples came in:\n"
    if example.encoding != "utf-8":
        yield "In a file that is written as Windows-1252:\n"
    for name, text in shown(rule):
        yield _block(name, text)
    for code in example.also:
        yield f"From this follows [{code}](#{code}).\n"


def _district() -> Iterator[str]:
    yield "It breaks no rule.\n"
    for table, rows in smallest_district(Version.V1_1).items():
        yield _block(f"{table}.csv", csv_text([], rows))
    yield "In OneRoster 1.2 the roles and orgs of users are in a file of their own:\n"
    yield _block("roles.csv", csv_text([], smallest_district(Version.V1_2)["roles"]))


def _block(name: str, text: str) -> str:
    return f"`{name}`\n\n```text\n{text}```\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
