"""The rules that hold for the rows of every table, whatever its columns are.

Source: docs/reference/what-a-sync-means.md, "What a sync means" §2 and §4.
"""

from firstbell.rules.example import Example, smallest_district
from firstbell.rules.rule import Effect, Owner, Rule
from firstbell.rules.words import RECORDS, sentence_start

#: What the reader says about a row that it cannot take apart.
UNREADABLE = (
    "row has {width} columns, expected {expected}",
    "row has a quote that is never closed",
    "row has text after a closing quote",
)

_ONE_ROW_STAYS = "Nobody is kept out; the first of the rows counts."


def row_rules(table: str) -> tuple[Rule, ...]:
    """The rules on the rows of a table: can they be read, and do they have an id of their own."""
    return (
        _unreadable(table),
        _required(table),
        _not_allowed(table),
        _conflict(table),
        _surplus(table),
        _repeated(table),
    )


def what_follows(table: str) -> tuple[str, ...]:
    """Codes that follow when the first record of a table in the smallest district fails.

    >>> what_follows("classes")
    ('enrollments.class_not_found',)
    """
    return ("enrollments.class_not_found",) if table == "classes" else ()


def _unreadable(table: str) -> Rule:
    return Rule(
        code=f"{table}.row_unreadable",
        title=f"Row of {table}.csv cannot be read",
        field="row",
        effect=Effect.IDENTITY,
        judges="every row",
        message=UNREADABLE[0],
        owner=Owner.DISTRICT,
        people=RECORDS[table].kept_out,
        solution=f"Look at this row of {table}.csv for a quote or a comma in a value, correct the "
        "value in your SIS, and export again.",
        example=Example(ending={table: ",x"}, also=what_follows(table)),
        broken_when=None,
    )


def _required(table: str) -> Rule:
    one = RECORDS[table].one
    return Rule(
        code=f"{table}.sourced_id_required",
        title=f"{sentence_start(one)} has no sourcedId",
        field="sourcedId",
        effect=Effect.IDENTITY,
        judges="every row that can be read",
        message="sourcedId is required",
        owner=Owner.DISTRICT,
        people=RECORDS[table].kept_out,
        solution=f"Give the {one} an id in your SIS, or have the export fill in the column.",
        example=Example(changed={table: {"sourcedId": ""}}, also=what_follows(table)),
        broken_when="sourcedId IS NULL",
    )


def _not_allowed(table: str) -> Rule:
    one = RECORDS[table].one
    return Rule(
        code=f"{table}.sourced_id_not_allowed",
        title=f"sourcedId of the {one} is too long or has a control character",
        field="sourcedId",
        effect=Effect.IDENTITY,
        judges="every row with a sourcedId",
        message="sourcedId must be at most 255 printable characters",
        owner=Owner.DISTRICT,
        people=RECORDS[table].kept_out,
        solution=f"Give the {one} an id of at most 255 characters in your SIS, without tabs, "
        "line breaks and other invisible characters.",
        example=Example(changed={table: {"sourcedId": "A\t1"}}, also=what_follows(table)),
        # DuckDB looks at both sides of an AND; a CASE spares millions of rows the pattern.
        broken_when="CASE WHEN strlen(sourcedId) > 255 THEN length(sourcedId) > 255 ELSE false END"
        r" OR CASE WHEN controls THEN regexp_matches(sourcedId, '[\x00-\x1F\x7F]') ELSE false END",
        judged_when="sourcedId IS NOT NULL",
        value="sourcedId",
    )


def _conflict(table: str) -> Rule:
    one = RECORDS[table].one
    field = "role" if table == "enrollments" else "familyName" if table == "users" else "title"
    field = "name" if table == "orgs" else field
    other = {"role": "proctor", "familyName": "Parker"}.get(field, "Another one")
    return Rule(
        code=f"{table}.sourced_id_conflict",
        title=f"Rows of {table}.csv with the same sourcedId differ",
        field="sourcedId",
        effect=Effect.IDENTITY,
        judges="every row with a sourcedId",
        message="sourcedId is used by more than one row",
        owner=Owner.DISTRICT,
        people=RECORDS[table].kept_out,
        solution=f"Find the two entries of the {one} in your SIS: give each an id of its own, or "
        "remove the one that is not needed.",
        example=Example(
            added={table: ({**_first(table), field: other},)}, also=what_follows(table)
        ),
        broken_when="twins = 'conflict'",
        judged_when="sourcedId IS NOT NULL",
        value="sourcedId",
    )


def _surplus(table: str) -> Rule:
    return Rule(
        code=f"{table}.row_has_surplus_cells",
        title=f"Row of {table}.csv has empty cells behind the last column",
        field="row",
        effect=Effect.WARN,
        judges="every row that can be read",
        message="row has {width} columns, expected {expected}",
        owner=Owner.DISTRICT,
        people="Nobody is kept out; the empty cells are ignored.",
        solution="Nothing is lost; to silence this, have the export write as many cells as the "
        "header has.",
        example=Example(ending={table: ",,"}),
        broken_when="surplus IS NOT NULL",
    )


def _repeated(table: str) -> Rule:
    one = RECORDS[table].one
    return Rule(
        code=f"{table}.row_repeated",
        title=f"Row of {table}.csv is there more than once",
        field="sourcedId",
        effect=Effect.WARN,
        judges="every row with a sourcedId",
        message="row is repeated",
        owner=Owner.DISTRICT,
        people=_ONE_ROW_STAYS,
        solution=f"Nothing is lost; to silence this, have the export write each {one} once.",
        example=Example(added={table: (_first(table),)}),
        broken_when="twins = 'repeat'",
        value="sourcedId",
    )


def _first(table: str) -> dict[str, str]:
    return dict(smallest_district(Example().version)[table][0])
