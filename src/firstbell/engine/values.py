"""The cells of a table → the values of its records: one view for each table of the feed.

`records_<table>` has one row a record that can be read, and for each field of the standard its
value (`"role"`, NULL when it is absent or not valid; of a list its text), the text of its cell
(`"cell_role"`) and whether it holds a NUL character (`"nul_role"`). What a sync means §4.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from firstbell.engine.lists import LISTS, named
from firstbell.feed.database import quoted, text
from firstbell.feed.read import Reading
from firstbell.feed.table import FileRead
from firstbell.oneroster.dictionary import Field, Kind, Version, tables

#: Fields that no rule looks into for characters that cannot be stored.
_NEVER_CLEANED = {"sourcedId", "status", "dateLastModified", "password"}
_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].*)?"

#: Users' roles in 1.2 come from roles.csv.
_FROM_ROLES = ("role", "orgSourcedIds")


def create_dates(reading: Reading) -> None:
    """Makes the table `dates`: every text that stands in a date cell, and the day it means."""
    cells = [
        f"SELECT {quoted(field.name)} AS cell FROM rows_{file.table}"
        for file in reading.files.values()
        for field in tables(reading.version)[file.table].fields
        if field.kind is Kind.DATE and file.has(field.name)
    ]
    cells.append("SELECT NULL::VARCHAR AS cell")
    reading.database.execute(
        "CREATE TABLE dates AS SELECT cell, CASE"
        f" WHEN regexp_full_match(cell, {text(_DATE)}, 's') AND NOT starts_with(cell, '0000')"
        " THEN try_cast(left(cell, 10) AS DATE) END AS day"
        f" FROM ({' UNION '.join(cells)}) WHERE cell IS NOT NULL AND NOT contains(cell, chr(0))"
    )


def create_marks(reading: Reading) -> None:
    """Makes the table `marks`: the few rows that need more than a plain look.

    Its columns: tab, pos, twins (`conflict`, `repeat`), surplus (cells), controls (it holds a
    control character).
    """
    reading.database.execute("""
        CREATE TABLE marks AS
        SELECT tab, pos, any_value(twins) AS twins, any_value(surplus) AS surplus,
               bool_or(controls) AS controls
        FROM (
            SELECT tab, pos, twins, NULL AS surplus, false AS controls FROM twins
            UNION ALL SELECT tab, pos, NULL, surplus, false FROM surplus
            UNION ALL SELECT tab, pos, NULL, NULL, true FROM notes WHERE kind = 'controls'
        )
        WHERE (tab, pos) NOT IN (SELECT (tab, pos) FROM aside)
        GROUP BY tab, pos
    """)


def create_records(
    reading: Reading, table: str, as_of: date, marked: frozenset[str], aside: frozenset[str]
) -> None:
    """Makes the view `records_<table>`; `aside`, `marks` and `dates` must be there.

    Rows that are marked are looked at apart, so that all others need no look at the marks.

    Args:
        reading: the delivery.
        table: a table of the feed, or `roles`.
        as_of: the day of the sync.
        marked: tables that `marks` has rows of.
        aside: tables that `aside` has rows of.
    """
    file, database, name = reading.files[table], reading.database, text(table)
    special = (
        f"(SELECT pos FROM aside WHERE tab = {name}"
        f" UNION ALL SELECT pos FROM marks WHERE tab = {name})"
    )
    plain = f"rows_{table} AS r {{joins}}"
    if table in marked | aside:
        plain = f"rows_{table} AS r ANTI JOIN {special} AS s ON s.pos = r.rowid {{joins}}"
    unmarked = "r.rowid AS pos, NULL::VARCHAR AS twins, NULL::BIGINT AS surplus, false AS controls"
    query = _select(reading, replace(file, has_nul=False), as_of, unmarked, plain)
    if table in marked:
        database.execute(
            f"CREATE TABLE marked_{table} AS SELECT m.pos, m.twins, m.surplus, m.controls, r.*"
            f" FROM rows_{table} AS r JOIN marks AS m ON m.pos = r.rowid WHERE m.tab = {name}"
        )
        marks = "r.pos, r.twins, r.surplus, r.controls"
        query += (
            f" UNION ALL {_select(reading, file, as_of, marks, f'marked_{table} AS r {{joins}}')}"
        )
    database.execute(f"CREATE VIEW records_{table} AS {query}")


def _select(reading: Reading, file: FileRead, as_of: date, first: str, source: str) -> str:
    """A query of the records in `source`, where `{joins}` stands for what it is joined with."""
    columns = [first, f"DATE {text(as_of.isoformat())} AS as_of"]
    joins = []
    for field in tables(reading.version)[file.table].fields:
        columns += _columns(field, file)
        if field.kind is Kind.DATE and file.has(field.name):
            alias = quoted(f"day_{field.name}")
            joins.append(f"LEFT JOIN dates AS {alias} ON {alias}.cell = r.{quoted(field.name)}")
    if file.table == "users" and reading.version is Version.V1_2:
        columns += _columns_from_roles()
        joins.append('LEFT JOIN user_roles AS ur ON ur.id = r."sourcedId"')
    return f"SELECT {', '.join(columns)} FROM {source.format(joins=' '.join(joins))}"


def _columns(field: Field, file: FileRead) -> Iterator[str]:
    """The three columns of one field."""
    name = field.name
    raw = f"r.{quoted(name)}" if file.has(name) else "NULL::VARCHAR"
    cell, has_nul = raw, "false"
    if file.has_nul and name not in _NEVER_CLEANED and file.has(name):
        has_nul = f"coalesce(contains({raw}, chr(0)), false)"
        cell = f"CASE WHEN NOT contains({raw}, chr(0)) THEN {raw} END"
    value = _value(field, cell)
    if field.kind is Kind.REFERENCES:
        cell = f"CASE WHEN {value} IS NOT NULL THEN {cell} END"
    yield f"{value} AS {quoted(name)}"
    yield f"{cell} AS {quoted('cell_' + name)}"
    yield f"{has_nul} AS {quoted('nul_' + name)}"


def _value(field: Field, cell: str) -> str:
    """An expression for the value of a cell."""
    if field.name in _NEVER_CLEANED:
        return cell
    if field.kind is Kind.VOCABULARY:
        return _in_vocabulary(field, cell)
    if field.kind is Kind.BOOLEAN:
        values = "WHEN 'true' THEN true WHEN 'false' THEN false"
        return f"CASE {cell} {values} ELSE CASE lower({cell}) {values} END END"
    if field.kind is Kind.DATE:
        return "NULL::DATE" if cell == "NULL::VARCHAR" else f"{quoted('day_' + field.name)}.day"
    if field.kind is Kind.YEAR:
        return f"CASE WHEN regexp_full_match({cell}, '[0-9]{{4}}') THEN {cell} END"
    if field.kind in LISTS:
        return named(cell)
    return cell


def _in_vocabulary(field: Field, cell: str) -> str:
    """A cell in the standard's spelling; the usual spelling is looked for first, for speed."""
    words = [*field.vocabulary]
    if field.name == "role" and "principal" in words:
        words.append("administrator")
    same = " ".join(f"WHEN {text(word)} THEN {text(word)}" for word in words)
    other = " ".join(f"WHEN {text(word.lower())} THEN {text(word)}" for word in words)
    extension = f"CASE WHEN starts_with(lower({cell}), 'ext:') THEN {cell} END"
    otherwise = f"ELSE {extension} " if field.extensible else ""
    return f"CASE {cell} {same} ELSE CASE lower({cell}) {other} {otherwise}END END"


def _columns_from_roles() -> Iterator[str]:
    """A user's role and orgs in 1.2; a user without a role row gets no finding on orgs."""
    for name in _FROM_ROLES:
        yield f"ur.{quoted(name)}"
        yield f"coalesce(ur.{quoted('nul_' + name)}, false) AS {quoted('nul_' + name)}"
    yield "ur.cell_role"
    yield "coalesce(ur.several_orgs, false) AS several_orgs"
    yield 'CASE WHEN ur.id IS NULL THEN \'\' ELSE ur."cell_orgSourcedIds" END AS "cell_orgSourcedIds"'
    yield "coalesce(ur.roles_set_aside, false) AS roles_set_aside"
