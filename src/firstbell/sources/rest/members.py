"""Which member of a JSON object is which column of its table. OneRoster 1.1 and 1.2, REST and CSV."""

import json

from firstbell.feed.database import quoted
from firstbell.oneroster.dictionary import Field, Kind, Version, tables

#: Members that CSV calls otherwise.
_OTHERWISE = {
    "preferredGivenName": "preferredFirstName",
    "preferredFamilyName": "preferredLastName",
}
_ID = "SourcedId"
#: How booleans are mostly told in JSON, and what a cell has for them.
_BOOLEANS = {'"true"': "true", '"false"': "false", "1": "true", "0": "false"}
#: What is taken out of a reference, whose other members may lead anywhere.
_REFERENCE = {"sourcedId": "VARCHAR"}
_USER_ID = {"type": "VARCHAR", "identifier": "VARCHAR"}


def member_of(field: Field) -> str:
    """The member that a column is: `orgSourcedIds` is `orgs`, `courseSourcedId` is `course`."""
    if field.kind is Kind.REFERENCE:
        return field.name.removesuffix(_ID)
    if field.kind is Kind.REFERENCES:
        return field.name.removesuffix(f"{_ID}s") + "s"
    return _OTHERWISE.get(field.name, field.name)


def shape_of(table: str, version: Version) -> str:
    """What is taken out of each record of a table, as DuckDB's `json_transform` wants it.

    Args:
        table: one of the feed.
        version: of the standard.
    """
    members = {member_of(field): _type_of(field) for field in _fields(table, version)}
    if table == "users":
        members["roles"] = "JSON"
    return json.dumps(members)


def columns_of(table: str, version: Version) -> list[str]:
    """The columns of a table as SQL on a column `record`, which has the shape of `shape_of`.

    Args:
        table: one of the feed.
        version: of the standard.
    """
    return [f"{_column(field)} AS {quoted(field.name)}" for field in _fields(table, version)]


def _fields(table: str, version: Version) -> list[Field]:
    return [
        field
        for field in tables(version)[table].fields
        if field.kind is not Kind.DATETIME and field.name != "password"
    ]


def _type_of(field: Field) -> object:
    """Plain values are texts, however they are written; some write a list of one as its item."""
    if field.name == "userIds":
        return [_USER_ID]
    if field.kind is Kind.REFERENCES:
        return [_REFERENCE]
    if field.kind is Kind.REFERENCE:
        return _REFERENCE
    return "JSON" if field.kind in (Kind.LIST, Kind.GRADES, Kind.BOOLEAN) else "VARCHAR"


def _column(field: Field) -> str:
    value = f"record.{quoted(member_of(field))}"
    if field.name == "status":
        return f"CASE WHEN lower({value}) = 'active' THEN NULL ELSE {value} END"
    if field.name == "userIds":
        return _listed(value, """concat('{', one."type", ':', one."identifier", '}')""")
    if field.kind is Kind.REFERENCES:
        return _listed(value, 'one."sourcedId"')
    if field.kind is Kind.REFERENCE:
        return f'{value}."sourcedId"'
    if field.kind in (Kind.LIST, Kind.GRADES):
        items = _listed(f"json_extract({value}, '$[*]')", _quoted("one ->> '$'"))
        return f"CASE WHEN json_type({value}) = 'ARRAY' THEN {items} ELSE {value} ->> '$' END"
    if field.kind is Kind.BOOLEAN:
        # A text "1" is no boolean, as in a file.
        cases = " ".join(f"WHEN '{told}' THEN '{cell}'" for told, cell in _BOOLEANS.items())
        return f"CASE {value}::VARCHAR {cases} ELSE {value} ->> '$' END"
    return value


def _listed(items: str, item: str) -> str:
    """A list as a cell has it."""
    return f"nullif(array_to_string(list_transform({items}, lambda one: {item}), ','), '')"


def _quoted(item: str) -> str:
    """An item of a list; one with a comma stands in quotes."""
    doubled = f"""replace({item}, '"', '""')"""
    return f"""CASE WHEN contains({item}, ',') THEN '"' || {doubled} || '"' ELSE {item} END"""
