"""What the reader finds about a whole file, before any record is judged.

Source: docs/reference/what-a-sync-means.md, "What a sync means" §2.
"""

from collections.abc import Iterator

from firstbell.oneroster.dictionary import FEED_TABLES, OPTIONAL_TABLES, tables
from firstbell.rules.example import Example, csv_text, smallest_district
from firstbell.rules.rule import Effect, Owner, Rule

#: Why a file of courses or terms counts as not delivered, in the order in which it is asked.
NOT_DELIVERED = (
    "the file has a header that cannot be read and counts as not delivered",
    "the file has no sourcedId column and counts as not delivered",
    "the file has a column twice and counts as not delivered",
    "the file has no rows and counts as not delivered",
)

_NOBODY = "Nobody is kept out."

UNKNOWN_FILE = Rule(
    code="feed.unknown_file",
    title="A file is not part of OneRoster",
    field="",
    effect=Effect.WARN,
    judges="every CSV file of the delivery",
    message="this file is not part of OneRoster and is ignored",
    owner=Owner.SHARING,
    people=_NOBODY,
    solution="Nothing, unless the file was meant as one of OneRoster: then correct its name.",
    example=Example(text={"lunch": "sourcedId,balance\nP1,12.50\n"}),
    broken_when=None,
)

PASSWORD_IGNORED = Rule(
    code="users.password_ignored",
    title="Passwords are delivered",
    field="password",
    effect=Effect.WARN,
    judges="users.csv",
    message="password is ignored",
    owner=Owner.SHARING,
    people="Nobody is kept out; passwords are not read, kept or shown.",
    solution="Leave the password column out of the export.",
    example=Example(changed={"users": {"password": "not-a-password"}}),
    broken_when=None,
)


def _not_utf8(file: str, example: Example) -> Rule:
    return Rule(
        code=f"{file}.not_utf8",
        title=f"{file}.csv is not UTF-8",
        field="",
        effect=Effect.WARN,
        judges=f"{file}.csv",
        message="the file is not UTF-8 and was read as Windows-1252",
        owner=Owner.SHARING,
        people="Nobody is kept out; letters with accents may look wrong.",
        solution="Have the export write its files as UTF-8.",
        example=example,
        broken_when=None,
    )


def _of_table(table: str) -> Iterator[Rule]:
    accented = Example(changed={table: {_TEXT[table]: "École"}}, encoding="cp1252")
    yield _not_utf8(table, accented)
    # Its findings name the header cell as their field.
    yield Rule(
        code=f"{table}.unknown_column",
        title=f"Column of {table}.csv is not part of OneRoster",
        field="",
        effect=Effect.WARN,
        judges=f"every column of {table}.csv",
        message="this column is not part of OneRoster and is ignored",
        owner=Owner.SHARING,
        people=_NOBODY,
        solution="Nothing, unless the column was meant as one of OneRoster: then correct its name.",
        example=Example(changed={table: {"color": "red"}}),
        broken_when=None,
    )
    yield Rule(
        code=f"{table}.present_though_absent",
        title=f"Manifest says absent, but {table}.csv is there",
        field="",
        effect=Effect.WARN,
        judges=f"{table}.csv",
        message="the manifest says absent, but the file is there and was read",
        owner=Owner.SHARING,
        people="Nobody is kept out; the file is read in full.",
        solution=f"Set file.{table} to bulk in manifest.csv.",
        example=Example(text={"manifest": _manifest(table, "absent")}),
        broken_when=None,
    )
    yield Rule(
        code=f"{table}.mode_unknown",
        title=f"Manifest does not say how {table}.csv is to be read",
        field="",
        effect=Effect.WARN,
        judges=f"{table}.csv",
        message="the manifest says neither absent, bulk nor delta; the file was read as bulk",
        owner=Owner.SHARING,
        people="Nobody is kept out; the file is read in full.",
        solution=f"Set file.{table} to bulk in manifest.csv.",
        example=Example(text={"manifest": _manifest(table, "full")}),
        broken_when=None,
    )
    yield Rule(
        code=f"{table}.absence_unproven",
        title=f"Nothing is removed: rows of {table}.csv that cannot be read name no sourcedId",
        field="",
        effect=Effect.WARN,
        judges=f"{table}.csv",
        message="rows that cannot be read name no sourcedId, so no record missing from the file was"
        " removed",
        owner=Owner.DISTRICT,
        people="Those who are missing from the file keep what they had.",
        solution=f"Look at the rows of {table}.csv that cannot be read for a quote or a comma in a"
        " value, and correct the value in your SIS.",
        example=_first_row_unreadable(table),
        broken_when=None,
    )
    if table == "users":
        yield PASSWORD_IGNORED
    if table in OPTIONAL_TABLES:
        header = [name for row in smallest_district(Example().version)[table][:1] for name in row]
        yield Rule(
            code=f"{table}.not_delivered",
            title=f"{table}.csv has no rows, or cannot be used",
            field="",
            effect=Effect.WARN,
            judges=f"{table}.csv",
            message=NOT_DELIVERED[-1],
            owner=Owner.SHARING,
            people="Nobody is kept out; the rows of an earlier delivery stay in use.",
            solution=f"Have the export fill {table}.csv, or leave the file out.",
            example=Example(text={table: csv_text(header, ())}),
            broken_when=None,
        )


def _first_row_unreadable(table: str) -> Example:
    """The file on the next night, its first row broken off before the sourcedId."""
    version = Example().version
    columns = [field.name for field in tables(version)[table].fields]
    lines = csv_text(columns, smallest_district(version)[table]).split("\n")
    also = ["enrollments.class_not_found"] if table == "classes" else []
    return Example(
        text={table: "\n".join([lines[0], ",broken off", *lines[2:]])},
        later=True,
        also=(f"{table}.row_unreadable", *also),
    )


def _manifest(table: str, mode: str) -> str:
    rows = [{"propertyName": "manifest.version", "value": "1.0"}]
    rows += [{"propertyName": "oneroster.version", "value": "1.1"}]
    rows += [
        {"propertyName": f"file.{name}", "value": mode if name == table else "bulk"}
        for name in FEED_TABLES
    ]
    return csv_text(["propertyName", "value"], rows)


_ACCENTED_MANIFEST = csv_text(
    ["propertyName", "value"],
    (
        {"propertyName": "oneroster.version", "value": "1.1"},
        {"propertyName": "source.systemName", "value": "École"},
    ),
)

#: By table: a column of free text.
_TEXT = {
    "orgs": "name",
    "academicSessions": "title",
    "courses": "title",
    "users": "givenName",
    "classes": "title",
    "enrollments": "sourcedId",
}

#: What is said about whole files, in report order.
RULES = (
    UNKNOWN_FILE,
    _not_utf8("manifest", Example(text={"manifest": _ACCENTED_MANIFEST}, encoding="cp1252")),
    *(rule for table in FEED_TABLES for rule in _of_table(table)),
)
