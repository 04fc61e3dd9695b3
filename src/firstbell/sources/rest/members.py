"""Which member of a JSON object is which column of its table. OneRoster 1.1 and 1.2, REST and CSV."""

from firstbell.feed.database import quoted, text
from firstbell.oneroster.dictionary import Field, Kind, Version, tables

#: Members that CSV calls otherwise.
_OTHERWISE = {
    "preferredGivenName": "preferredFirstName",
    "preferredFamilyName": "preferredLastName",
}
#: In the files of a whole roster these two are left blank; what is to be deleted says so.
_LEFT_BLANK = {"dateLastModified"}
_ID = "SourcedId"


def member_of(field: Field) -> str:
    """The member that a column is: `orgSourcedIds` is `orgs`, `courseSourcedId` is `course`."""
    if field.kind is Kind.REFERENCE:
        return field.name.removesuffix(_ID)
    if field.kind is Kind.REFERENCES:
        return field.name.removesuffix(f"{_ID}s") + "s"
    return _OTHERWISE.get(field.name, field.name)


def columns_of(table: str, version: Version) -> list[str]:
    """The columns of a table as SQL on a column `doc` that holds JSON objects.

    Args:
        table: one of the feed.
        version: of the standard.
    """
    return [
        f"{_column(field)} AS {quoted(field.name)}"
        for field in tables(version)[table].fields
        if field.kind is not Kind.DATETIME and field.name != "password"
    ]


def _column(field: Field) -> str:
    at = member_of(field)
    value = f"json_extract_string(doc, {text(f'$.{at}')})"
    if field.name == "status":
        return f"CASE WHEN lower({value}) = 'active' THEN NULL ELSE {value} END"
    if field.name == "userIds":
        return _listed(at, "concat('{', one ->> 'type', ':', one ->> 'identifier', '}')")
    if field.kind is Kind.REFERENCES:
        return _listed(at, _id_of("one"))
    if field.kind is Kind.REFERENCE:
        return _id_of(f"json_extract(doc, {text(f'$.{at}')})")
    if field.kind in (Kind.LIST, Kind.GRADES):
        return _listed(at, _quoted("one ->> '$'"))
    if field.kind is Kind.BOOLEAN:
        return f"CASE {value} WHEN '1' THEN 'true' WHEN '0' THEN 'false' ELSE {value} END"
    return value


def _id_of(reference: str) -> str:
    """The sourcedId of a reference, whose other members may lead anywhere; or a bare one."""
    bare = f"nullif({reference} ->> '$', '')"
    return f"CASE json_type({reference}) WHEN 'OBJECT' THEN {reference} ->> 'sourcedId' WHEN 'VARCHAR' THEN {bare} END"


def _listed(at: str, item: str) -> str:
    """A list as a cell has it; a member that is no array is taken as it is."""
    path = text(f"$.{at}")
    items = f"list_transform(json_extract(doc, {text(f'$.{at}[*]')}), lambda one: {item})"
    return (
        f"CASE json_type(doc, {path}) WHEN 'ARRAY' THEN nullif(array_to_string({items}, ','), '')"
        f" ELSE json_extract_string(doc, {path}) END"
    )


def _quoted(item: str) -> str:
    """An item of a list; one with a comma stands in quotes."""
    doubled = f"""replace({item}, '"', '""')"""
    return f"""CASE WHEN contains({item}, ',') THEN '"' || {doubled} || '"' ELSE {item} END"""
