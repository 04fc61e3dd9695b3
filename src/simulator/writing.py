"""The way back: a roster as a folder of CSVs, for a source that takes folders."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import cast

from firstbell.generate.delivery import ONLY_1_2
from firstbell.oneroster.dictionary import STANDARD_FILES, Version, tables
from simulator.objects import COLLECTIONS, Object
from simulator.roster import LOADED, Roster

_MEMBERS = {
    "preferredGivenName": "preferredFirstName",
    "preferredFamilyName": "preferredLastName",
}


def write(roster: Roster, folder: Path) -> None:
    """Write what a server tells of a roster into an empty folder, made if need be.

    `Roster.read` makes the same roster of it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    new = roster.version is Version.V1_2
    written = {*COLLECTIONS, *(["roles"] if new else [])}
    for name in COLLECTIONS:
        _write(folder, roster.version, name, roster.objects(name))
    if new:
        _write(folder, roster.version, "roles", _roles(roster))
    modes = [
        (f"file.{name}", "bulk" if name in written else "absent")
        for name in STANDARD_FILES
        if name != "manifest" and (new or name not in ONLY_1_2)
    ]
    versions = [("manifest.version", "1.0"), ("oneroster.version", roster.version.value)]
    _write_rows(folder / "manifest.csv", ("propertyName", "value"), [*versions, *modes])


def _write(folder: Path, version: Version, name: str, objects: Iterable[Object]) -> None:
    columns = [column.name for column in tables(version)[name].fields]
    rows = ([_cell(told, column) for column in columns] for told in objects)
    _write_rows(folder / f"{name}.csv", columns, rows)


def _write_rows(file: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows([header, *rows])


def _roles(roster: Roster) -> Iterable[Object]:
    users = {str(user["sourcedId"]): user for user in roster.objects("users")}
    for id, user in users.items():
        for number, role in enumerate(cast("list[Object]", user["roles"])):
            yield {"sourcedId": f"{id}-{number}", "user": {"sourcedId": id}, **role}


def _cell(told: Object, column: str) -> str:
    if column.endswith("SourcedIds"):
        return _text(told.get(f"{column.removesuffix('SourcedIds')}s", ""))
    member = told.get(_MEMBERS.get(column, column.removesuffix("SourcedId")), "")
    as_loaded = {"status": "active", "dateLastModified": LOADED}.get(column)
    return "" if member == as_loaded else _text(member)


def _text(member: object) -> str:
    if isinstance(member, list):
        return ",".join(map(_text, member))
    if isinstance(member, dict):
        if "sourcedId" in member:
            return str(member["sourcedId"])
        return f"{{{member['type']}:{member['identifier']}}}"
    return str(member)
