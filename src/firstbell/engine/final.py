"""The values with which accepted records are stored: `final_<table>`. What a sync means §3 and §4.

It has the columns of `applied_<table>` but `active`, one row an accepted record. What a warning
drops is absent, and references keep only what is accepted.
"""

from firstbell.engine.applied import stored_columns
from firstbell.engine.judge import Rules
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
    chosen = ", ".join(
        f"{values.get(name, f'NULL::{kind}')} AS {quoted(name)}"
        for name, kind in stored_columns(table).items()
    )
    # Enrollments are millions, and nothing is looked up for them: they are not written once more.
    kind = "VIEW" if table == "enrollments" else "TABLE"
    reading.database.execute(
        f'CREATE {kind} final_{table} AS SELECT r."sourcedId", {chosen}'
        f" FROM records_{table} AS r {joins} WHERE r.pos NOT IN"
        f" (SELECT pos FROM judged WHERE tab = {text(table)} AND pos IS NOT NULL)"
    )


def _as_read(reading: Reading, table: str) -> dict[str, str]:
    """The values as they were read, each once in a list, grades in the standard's spelling."""
    of_version = {field.name for field in tables(reading.version)[table].fields}
    if table == "users":
        of_version |= {"role", "orgSourcedIds"}
    values = {}
    for name, kind in stored_columns(table).items():
        if name not in of_version:
            continue
        values[name] = f"r.{quoted(name)}"
        if kind == "VARCHAR[]":
            values[name] = _each_once(
                _grades(reading.version) if name == "grades" else values[name]
            )
    return values


def _each_once(items: str) -> str:
    """An expression: a list without repeats, in its order; NULL when it is empty."""
    several = f"list_filter({items}, lambda item, nth: list_position({items}, item) = nth)"
    return f"CASE WHEN len({items}) > 1 THEN {several} WHEN len({items}) = 1 THEN {items} END"


def _grades(version: Version) -> str:
    """An expression: grade levels as CEDS spells them; in 1.1 only those that are known."""
    spelled = {code.lower(): code for code in GRADES} | {"k": "KG"}
    spelled |= {str(n): f"{n:02}" for n in range(1, 10)}
    known = ", ".join(f"{text(word)}: {text(spelled[word])}" for word in GRADES_UNDERSTOOD)
    grade = f"(MAP {{{known}}})[lower(grade)]"
    if version is not Version.V1_1:
        return f'list_transform(r."grades", lambda grade: coalesce({grade}, grade))'
    return (
        f'list_filter(list_transform(r."grades", lambda grade: {grade}),'
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
        "orgSourcedIds": "ko.ids",
    },
    "classes": {"primaryTeacherSourcedId": "pt.teacher"},
}

_JOINS = {
    "academicSessions": 'LEFT JOIN "ids_academicSessions" AS p ON p.id = r."parentSourcedId"',
    "courses": 'LEFT JOIN ids_orgs AS o ON o.id = r."orgSourcedId"',
    "users": "LEFT JOIN kept_orgs AS ko ON ko.pos = r.pos",
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
            f"{table}_final", enrollment_not_open=enrollments.not_open, order=order
        ):
            reading.database.execute(statement)
    return _JOINS.get(table, "")
