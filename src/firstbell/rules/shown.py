"""What of a rule's example is shown to people: the rows that break it, and those they clash with."""

from collections.abc import Iterator, Sequence

from firstbell.oneroster.dictionary import tables
from firstbell.rules.example import Row, csv_text, rows_of, smallest_district
from firstbell.rules.rule import Rule

#: The column in which rows clash, for a rule whose field is none.
_CLASHES = {"subject": "primary"}


def shown(rule: Rule) -> Iterator[tuple[str, str]]:
    """The files of a rule's example: of each its name and the lines to look at, as CSV.

    `␀` stands for a NUL character and `⇥` for a tab.

    >>> from firstbell.rules.catalogue import rule
    >>> for name, lines in shown(rule("enrollments.enrolled_twice")):
    ...     print(name, *lines.splitlines(), sep=chr(10))
    enrollments.csv
    sourcedId,classSourcedId,schoolSourcedId,userSourcedId,role,primary
    E1,C1,S1,P1,student,
    E3,C1,S1,P1,student,
    """
    example = rule.example
    for table in dict.fromkeys([*example.changed, *example.ending, *example.added]):
        rows = _rows(rule, table)
        yield _file(table, csv_text(_columns(rule, table), rows, example.ending.get(table, "")))
    for name, text in example.text.items():
        yield _file(name, text)


def _rows(rule: Rule, table: str) -> Sequence[Row]:
    example = rule.example
    first, *others = rows_of(example)[table]
    if table not in example.added:
        return (first,)
    field = _CLASHES.get(rule.field, rule.field)
    added = example.added[table]
    clashing = {row.get(field, "").lower() for row in added} - {""}
    before = smallest_district(example.version)[table]
    there = (first, *others)[: len(before)]
    changed = (first,) if table in example.changed else ()
    clash = (row for row in there if row not in changed and row.get(field, "").lower() in clashing)
    return (*changed, *clash, *added)


def _columns(rule: Rule, table: str) -> list[str]:
    """The columns of the standard that matter, those that other rows fill among them."""
    used = {name for row in rows_of(rule.example)[table] for name in row}
    standard = tables(rule.example.version)[table].fields
    return [field.name for field in standard if field.name in used]


def _file(name: str, text: str) -> tuple[str, str]:
    return f"{name}.csv", text.replace("\0", "␀").replace("\t", "⇥")
