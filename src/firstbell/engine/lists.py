"""Cells that name several things: how they are told apart, and their items one by one.

A cell may hold thousands of items and a file thousands of such cells, more than DuckDB's lists,
which it keeps in memory, could bear. So items become rows of a table, some megabytes of cells at a
time. What a sync means §4.
"""

from firstbell.feed.database import count, quoted, text
from firstbell.feed.read import Reading
from firstbell.feed.row import BLANKS
from firstbell.oneroster.dictionary import Kind, Version

LISTS = frozenset({Kind.LIST, Kind.GRADES, Kind.REFERENCES})

#: Cells up to this many bytes are short: any number of them can be taken apart at once.
_SHORT = 1000
_BYTES_AT_ONCE = 4 << 20


def named(cell: str) -> str:
    """An expression: the text of a cell that names something, else NULL."""
    names = f"regexp_matches({cell}, '[^,{BLANKS}]')"
    return f"CASE WHEN NOT contains({cell}, ',') OR {names} THEN {cell} END"


def each_once(listed: str) -> str:
    """An expression: a list without repeats, in its order."""
    differ = f"len({listed}) < 3 AND {listed}[1] IS DISTINCT FROM {listed}[2]"
    places = f"list_transform({listed}, lambda item, nth: {{'item': item, 'nth': nth}})"
    return (
        f"CASE WHEN {differ} THEN {listed} ELSE"
        f" list_transform(list_sort(list_transform(list_filter(list_zip(list_sort({places}),"
        f" list_prepend(NULL, list_sort({places}))), lambda pair: pair[1] IS NOT NULL AND"
        " (pair[2] IS NULL OR pair[1].item <> pair[2].item)),"
        " lambda pair: {'nth': pair[1].nth, 'item': pair[1].item})), lambda one: one.item) END"
    )


def items(cell: str) -> str:
    """An expression: the items of a cell as a list; no item is empty."""
    return (
        f"list_filter(list_transform(string_split({cell}, ','),"
        f" lambda item: trim(item, {text(BLANKS)})), lambda item: item <> '')"
    )


def create_several(reading: Reading, table: str, field: str) -> None:
    """Makes the table `several_<table>` (pos, nth, id): the items of the cells that hold a comma.

    Args:
        reading: with `records_<table>`.
        table: a table of the feed.
        field: its field of references.
    """
    name, cell = f"several_{table}", quoted(field)
    reading.database.execute(f"CREATE TABLE {name} (pos BIGINT, nth BIGINT, id VARCHAR)")
    for batch in batches(reading, table, (field,)):
        reading.database.execute(
            f"INSERT INTO {name} SELECT pos, generate_subscripts(ids, 1), unnest(ids)"
            f" FROM (SELECT pos, {items(cell)} AS ids FROM records_{table} AS r"
            f" WHERE contains({cell}, ',') AND {batch})"
        )


def several_orgs(version: Version) -> str:
    """A predicate on `r`, a user: several orgs are named, which `several_users` has one by one."""
    return "r.several_orgs" if version is Version.V1_2 else "contains(r.\"orgSourcedIds\", ',')"


def batches(reading: Reading, table: str, fields: tuple[str, ...]) -> list[str]:
    """Predicates on `r.pos` that part the rows of a table into few enough to take their cells apart.

    Args:
        reading: the delivery.
        table: a table of the feed.
        fields: those whose cells will be taken apart.
    """
    file = reading.files[table]
    cells = [f"coalesce(strlen({quoted(name)}), 0)" for name in fields if file.has(name)]
    size, rows = " + ".join(cells) or "0", f"rows_{table}"
    longest = count(reading.database, f"SELECT coalesce(max({size}), 0) FROM {rows}")
    if longest <= _SHORT:
        return ["true"]
    parts = reading.database.execute(
        f"SELECT min(pos), max(pos) FROM (SELECT rowid AS pos, sum({size}) OVER (ORDER BY rowid)"
        f" // {_BYTES_AT_ONCE} AS part FROM {rows}) GROUP BY part ORDER BY part"
    ).fetchall()
    return [f"r.pos BETWEEN {first} AND {last}" for first, last in parts]
