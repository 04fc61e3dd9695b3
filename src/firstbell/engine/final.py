"""The values with which accepted records are stored: `final_<table>`. What a sync means §3 and §4.

It has the columns of `applied_<table>` but `active`, one row an accepted record. What a warning
drops is absent, and references keep only what is accepted.
"""

from firstbell.engine.applied import stored_columns
from firstbell.engine.judge import Rules
from firstbell.engine.lists import LISTS, batches, each_once, items, several_orgs
from firstbell.engine.tables import fill_in
from firstbell.feed.database import quoted, text
from firstbell.feed.read import Reading
from firstbell.oneroster.dictionary import GRADES, Version, tables
from firstbell.rules.from_dictionary import GRADES_UNDERSTOOD
from firstbell.rules.users import EMAIL_FORM


def create_final(reading: Reading, table: str, enrollments: Rules) -> None:
    """Makes `final_<table>`.

    Args:
        reading: the delivery, all its records judged.
        table: a table of the feed.
        enrollments: the rules of enrollments.
    """
    joins = _create_what_it_needs(reading, table, enrollments)
    values = {**_as_read(reading, table), **_OWN.get(table, {})}
    if table == "classes":
        values |= _references_of_classes(reading)
    if table == "users" and reading.version is Version.V1_2:
        values["roles"] = "kr.roles"
    chosen = ", ".join(
        f"{values.get(name, f'NULL::{kind}')} AS {quoted(name)}"
        for name, kind in stored_columns(table).items()
    )
    name = f"final_{table}"
    query = (
        f'SELECT r."sourcedId", {chosen} FROM records_{table} AS r {joins} WHERE r.pos NOT IN'
        f" (SELECT pos FROM judged WHERE tab = {text(table)} AND pos IS NOT NULL)"
    )
    # Enrollments are millions, and nothing is looked up for them: they are not written once more.
    if table == "enrollments":
        reading.database.execute(f"CREATE VIEW {name} AS {query}")
        return
    first, *others = batches(reading, table, _lists_of(reading, table))
    reading.database.execute(f"CREATE TABLE {name} AS {query} AND {first}")
    for batch in others:
        reading.database.execute(f"INSERT INTO {name} {query} AND {batch}")


def _lists_of(reading: Reading, table: str) -> tuple[str, ...]:
    """The fields of a table whose cells name several things."""
    fields = tables(reading.version)[table].fields
    return tuple(field.name for field in fields if field.kind in LISTS)


def _as_read(reading: Reading, table: str) -> dict[str, str]:
    """The values as they were read, each once in a list, grades in the standard's spelling."""
    of_version = {field.name for field in tables(reading.version)[table].fields}
    if table == "users":
        of_version |= {"role", "orgSourcedIds"}
    values = {}
    for name, kind in stored_columns(table).items():
        if name in of_version:
            cell = f"r.{quoted(name)}"
            values[name] = _listed(reading, name, cell) if kind == "VARCHAR[]" else cell
    return values


def _listed(reading: Reading, field: str, cell: str) -> str:
    """An expression: what a cell names, each once, in its order; NULL when that is nothing."""
    one, several = f"[{cell}]", items(cell)
    if field == "grades":
        one, several = _grades(reading.version, one), _grades(reading.version, several)
    return (
        f"CASE WHEN NOT contains({cell}, ',') THEN nullif({one}, [])"
        f" ELSE nullif({each_once(several)}, []) END"
    )


def _grades(version: Version, grades: str) -> str:
    """An expression: grade levels as CEDS spells them; in 1.1 only those that are known."""
    spelled = {code.lower(): code for code in GRADES} | {"k": "KG"}
    spelled |= {str(n): f"{n:02}" for n in range(1, 10)}
    known = ", ".join(f"{text(word)}: {text(spelled[word])}" for word in GRADES_UNDERSTOOD)
    grade = f"(MAP {{{known}}})[lower(grade)]"
    if version is not Version.V1_1:
        return f"list_transform({grades}, lambda grade: coalesce({grade}, grade))"
    return (
        f"list_filter(list_transform({grades}, lambda grade: {grade}),"
        " lambda grade: grade IS NOT NULL)"
    )


def _references_of_classes(reading: Reading) -> dict[str, str]:
    """A class keeps its course and terms where they are accepted, or cannot be looked up."""
    values = {}
    if "courses" in reading.files:
        values["courseSourcedId"] = (
            "CASE WHEN co.stands = 'accepted' THEN r.\"courseSourcedId\" END"
        )
    if "academicSessions" in reading.files:
        values["termSourcedIds"] = "kt.ids"
    return values


_OWN = {
    "academicSessions": {
        "endDate": 'CASE WHEN r."endDate" < r."startDate" THEN NULL ELSE r."endDate" END',
        "parentSourcedId": "p.id",
    },
    "courses": {"orgSourcedId": 'CASE WHEN o.id IS NOT NULL THEN r."orgSourcedId" END'},
    "users": {
        "email": f'CASE WHEN regexp_full_match(r."email", \'{EMAIL_FORM}\') THEN r."email" END',
        "orgSourcedIds": (
            "coalesce(ko.ids, CASE WHEN so.stands = 'accepted' THEN [r.\"orgSourcedIds\"] END)"
        ),
    },
    "classes": {"primaryTeacherSourcedId": "pt.teacher"},
}

_JOINS = {
    "academicSessions": 'LEFT JOIN "ids_academicSessions" AS p ON p.id = r."parentSourcedId"',
    "courses": 'LEFT JOIN ids_orgs AS o ON o.id = r."orgSourcedId"',
    "users": (
        "LEFT JOIN kept_orgs AS ko ON ko.pos = r.pos"
        ' LEFT JOIN standing_orgs AS so ON so.id = r."orgSourcedIds"'
    ),
    "classes": (
        'LEFT JOIN standing_courses AS co ON co.id = r."courseSourcedId"'
        " LEFT JOIN kept_terms AS kt ON kt.pos = r.pos"
        ' LEFT JOIN primary_teachers AS pt ON pt.id = r."sourcedId"'
    ),
}


def _create_what_it_needs(reading: Reading, table: str, enrollments: Rules) -> str:
    """Makes the tables that `final_<table>` is joined with; returns the joins."""
    if table in ("users", "classes"):
        order = "nth NULLS LAST" if reading.version is Version.V1_1 else "nth IS NULL"
        for statement in fill_in(
            f"{table}_final",
            enrollment_not_open=enrollments.not_open,
            order=order,
            several_orgs=several_orgs(reading.version),
        ):
            reading.database.execute(statement)
    joins = _JOINS.get(table, "")
    if table == "users" and reading.version is Version.V1_2:
        reading.database.execute(*fill_in("kept_roles"))
        joins += ' LEFT JOIN kept_roles AS kr ON kr.id = r."sourcedId"'
    return joins
