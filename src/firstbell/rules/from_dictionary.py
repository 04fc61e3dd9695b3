"""The rules that follow from the standard: what each column needs, and what it may hold.

Source: docs/reference/what-a-sync-means.md, "What a sync means" §4.
"""

from collections.abc import Iterator
from dataclasses import replace

from firstbell.feed.database import text
from firstbell.feed.row import BLANKS
from firstbell.oneroster.dictionary import (
    GRADES,
    OPTIONAL_TABLES,
    Field,
    Kind,
    Required,
    Version,
    tables,
)
from firstbell.rules.example import Example
from firstbell.rules.identity import row_rules, what_follows
from firstbell.rules.rule import Effect, Owner, Rule
from firstbell.rules.sql import absent, cell, not_valid, present
from firstbell.rules.words import (
    FILL_IN,
    MISSING,
    NUL_HIDES,
    RECORDS,
    VALUE_LEFT_EMPTY,
    have,
    noun_of,
    sentence_start,
)

#: Columns on which no rule but those on the sourcedId looks.
NOT_JUDGED = frozenset({"sourcedId", "status", "dateLastModified", "password"})

#: Columns that the standard requires and a class can do without, with when they are wanted.
WANTED_ONLY = {
    "courseSourcedId": "courses_wanted",
    "classType": "types_wanted",
    "termSourcedIds": "sessions_wanted",
}

#: All that is understood as a grade in OneRoster 1.1, in lower case: also `K` and `1`.
GRADES_UNDERSTOOD = (*(code.lower() for code in GRADES), "k", *(str(n) for n in range(1, 10)))

_NOT_IN_LIST = {"orgs": "college", "academicSessions": "trimester", "users": "dean"}
_NOT_IN_LIST |= {"classes": "lecture", "enrollments": "coach"}

#: Unicode's Kelvin sign is a K too, in lower case.
_ALSO = {"k": "\u212a"}


def _in_any_case(word: str) -> str:
    return "".join(f"[{char}{char.upper()}{_ALSO.get(char, '')}]" for char in word)


#: A list of grades up to the first one that is not understood. It is a pattern, as a list may be too
#: long to be taken apart.
_UNDERSTOOD = (
    f"(?:[,{BLANKS}]*(?:{'|'.join(map(_in_any_case, GRADES_UNDERSTOOD))})[{BLANKS}]*(?:,|$))*"
    f"[,{BLANKS}]*"
)


def rules_from_dictionary(table: str) -> tuple[Rule, ...]:
    """The rules of a table that follow from the standard, those of both versions as one rule."""
    rules = {rule.code: rule for rule in row_rules(table)}
    merged: dict[tuple[str, str, str | None], Rule] = {
        (rule.code, rule.message, rule.broken_when): rule for rule in rules.values()
    }
    for version in Version:
        for field in judged_fields(table, version):
            for rule in _rules_of_field(table, field, version):
                key = (rule.code, rule.message, rule.broken_when)
                known = merged.get(key, rule)
                merged[key] = replace(known, versions=known.versions | rule.versions)
    return tuple(merged.values())


def judged_fields(table: str, version: Version) -> tuple[Field, ...]:
    """The columns of a table that its rules look at.

    A user's role and orgs are judged on the user in 1.2 too, where roles.csv gives them.
    """
    fields = [field for field in tables(version)[table].fields if field.name not in NOT_JUDGED]
    if table == "users" and version is Version.V1_2:
        fields.append(tables(version)["roles"].field("role"))
        fields.append(tables(Version.V1_1)["users"].field("orgSourcedIds"))
    return tuple(fields)


def is_needed(table: str, field: Field) -> bool:
    """Whether a record without a value in this column fails."""
    if table in OPTIONAL_TABLES or field.required is not Required.YES:
        return False
    return not (table == "classes" and field.name in WANTED_ONLY)


def _rules_of_field(table: str, field: Field, version: Version) -> Iterator[Rule]:
    if not (table == "users" and field.name == "email"):
        yield _not_storable(table, field, version)
    if field.required is Required.YES:
        yield _required(table, field, version)
    if field.kind is Kind.VOCABULARY:
        yield _not_in_list(table, field, version)
    if field.kind is Kind.BOOLEAN:
        yield _not_boolean(table, field, version)
    if field.kind is Kind.DATE:
        yield _not_date(table, field, version)
    if field.kind is Kind.YEAR:
        yield _not_year(table, field, version)
    if field.kind is Kind.GRADES and version is Version.V1_1:
        yield _grades_unknown(table, version)


def _not_storable(table: str, field: Field, version: Version) -> Rule:
    noun = noun_of(field.name) + (" id" if field.kind is Kind.REFERENCE else "")
    one = RECORDS[table].one
    return Rule(
        code=_code(table, field, "not_storable"),
        title=f"{sentence_start(noun)} of the {one} {have(field.name)} a character that cannot be "
        "stored",
        field=field.name,
        effect=_effect(table, field),
        judges=RECORDS[table].every,
        message=f"{field.name} contains a character that cannot be stored",
        owner=Owner.DISTRICT,
        people=_people(table, field),
        solution=NUL_HIDES.format(noun=f"{noun} of the {one}"),
        example=_example(table, field, version, "a\0b"),
        broken_when=f'"nul_{field.name}"',
        judged_when=f'{present(field.name)} OR "nul_{field.name}"',
        versions=frozenset({version}),
    )


def _required(table: str, field: Field, version: Version) -> Rule:
    noun = noun_of(field.name)
    one = RECORDS[table].one
    fill_in = f"Fill in the {noun} of the {one} in your SIS."
    broken_when, judged_when = absent(field.name), "TRUE"
    if table == "classes":
        judged_when = WANTED_ONLY.get(field.name, judged_when)
    if judged_when != "TRUE":
        broken_when = f"{judged_when} AND {broken_when}"
    return Rule(
        code=_code(table, field, "required"),
        title=MISSING.get((table, field.name), f"{sentence_start(one)} has no {noun}"),
        field=field.name,
        effect=_effect(table, field),
        judges=RECORDS[table].every,
        message=f"{field.name} is required",
        owner=Owner.DISTRICT,
        people=_people(table, field),
        solution=FILL_IN.get((table, field.name), fill_in),
        example=_example(table, field, version, ""),
        broken_when=broken_when,
        judged_when=judged_when,
        versions=frozenset({version}),
    )


def _not_in_list(table: str, field: Field, version: Version) -> Rule:
    noun, one = noun_of(field.name), RECORDS[table].one
    return Rule(
        code=_code(table, field, "not_in_list"),
        title=f"{sentence_start(noun)} of the {one} is not in the standard’s list",
        field=field.name,
        effect=_effect(table, field),
        judges=f"{RECORDS[table].every} with a {noun}",
        message=f"{field.name} must be one of: {', '.join(field.vocabulary)}",
        owner=Owner.DISTRICT,
        people=_people(table, field),
        solution=f"Set the {noun} of the {one} in your SIS to one of these, or have the export "
        f"translate it: {', '.join(field.vocabulary)}.",
        example=_example(table, field, version, _NOT_IN_LIST[table]),
        broken_when=not_valid(field.name),
        judged_when=present(field.name),
        value=cell(field.name),
        versions=frozenset({version}),
    )


def _not_boolean(table: str, field: Field, version: Version) -> Rule:
    noun = noun_of(field.name)
    return Rule(
        code=_code(table, field, "not_boolean"),
        title=f"{sentence_start(noun)} of the {RECORDS[table].one} is neither true nor false",
        field=field.name,
        effect=_effect(table, field),
        judges=f"{RECORDS[table].every} with a value in {field.name}",
        message=f"{field.name} must be true or false",
        owner=Owner.DISTRICT,
        people=_people(table, field),
        solution=f"Have the export write {field.name} as true or false.",
        example=_example(table, field, version, "maybe"),
        broken_when=not_valid(field.name),
        judged_when=present(field.name),
        value=cell(field.name),
        versions=frozenset({version}),
    )


def _not_date(table: str, field: Field, version: Version) -> Rule:
    noun = noun_of(field.name)
    return Rule(
        code=_code(table, field, "not_date"),
        title=f"{sentence_start(noun)} of the {RECORDS[table].one} is not a date",
        field=field.name,
        effect=_effect(table, field),
        judges=f"{RECORDS[table].every} with a value in {field.name}",
        message=f"{field.name} must be a date (YYYY-MM-DD)",
        owner=Owner.DISTRICT,
        people=_people(table, field),
        solution=f"Correct the {noun} in your SIS, or have the export write it as year, month and "
        "day: 2026-08-17.",
        example=_example(table, field, version, "17/08/2026"),
        broken_when=not_valid(field.name),
        judged_when=present(field.name),
        value=cell(field.name),
        versions=frozenset({version}),
    )


def _not_year(table: str, field: Field, version: Version) -> Rule:
    noun = noun_of(field.name)
    return Rule(
        code=_code(table, field, "not_year"),
        title=f"{sentence_start(noun)} of the {RECORDS[table].one} is not a year",
        field=field.name,
        effect=_effect(table, field),
        judges=f"{RECORDS[table].every} with a value in {field.name}",
        message=f"{field.name} must be a year (YYYY)",
        owner=Owner.DISTRICT,
        people=_people(table, field),
        solution=f"Write the {noun} as the year in which it ends, in four digits: 2027.",
        example=_example(table, field, version, "2026-27"),
        broken_when=not_valid(field.name),
        judged_when=present(field.name),
        value=cell(field.name),
        versions=frozenset({version}),
    )


def _grades_unknown(table: str, version: Version) -> Rule:
    return Rule(
        code=f"{table}.grades_unknown",
        title=f"Grade level of the {RECORDS[table].one} is not known",
        field="grades",
        effect=Effect.WARN,
        judges=f"{RECORDS[table].every} with grades",
        message="grades has an unknown grade level",
        owner=Owner.DISTRICT,
        people="Nobody is kept out; that grade level is left out.",
        solution="Have the export use the CEDS grade levels: KG, 01 to 13, and PK, TK or UG.",
        example=Example(changed={table: {"grades": "01,Grade 2"}}, version=version),
        broken_when=f"NOT regexp_full_match(\"grades\", '{_UNDERSTOOD}')",
        judged_when=present("grades"),
        value=f"trim(regexp_extract(\"grades\", '^{_UNDERSTOOD}([^,]*)', 1), {text(BLANKS)})",
        versions=frozenset({version}),
    )


def _code(table: str, field: Field, what: str) -> str:
    words = "".join(f"_{char.lower()}" if char.isupper() else char for char in field.name)
    return f"{table}.{words}_{what}"


def _effect(table: str, field: Field) -> Effect:
    return Effect.FAIL if is_needed(table, field) else Effect.WARN


def _people(table: str, field: Field) -> str:
    return RECORDS[table].kept_out if is_needed(table, field) else VALUE_LEFT_EMPTY


def _example(table: str, field: Field, version: Version, bad: str) -> Example:
    name, owner = field.name, table
    if table == "users" and version is Version.V1_2 and name in ("role", "orgSourcedIds"):
        name, owner = ("role" if name == "role" else "orgSourcedId"), "roles"
    also = what_follows(table) if is_needed(table, field) else ()
    return Example(changed={owner: {name: bad}}, version=version, also=also)
