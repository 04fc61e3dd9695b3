"""frictionless validates a district: required cells, vocabularies, unique ids, foreign keys."""

import sys
from pathlib import Path
from typing import Any

from frictionless import Package, Resource, Schema, system

from firstbell.oneroster.dictionary import FEED_TABLES, Kind, Required, Table, Version, tables

#: References that keep a record out when they lead nowhere.
_REFERENCES: dict[str, tuple[str, ...]] = {"classes": ("schoolSourcedId",)}
_REFERENCES["enrollments"] = ("classSourcedId", "schoolSourcedId", "userSourcedId")


def schema_of(table: Table) -> dict[str, Any]:
    """A Table Schema with the checks that First Bell does too."""
    fields = []
    for field in table.fields:
        constraints: dict[str, Any] = {"required": field.required is Required.YES}
        if field.kind is Kind.VOCABULARY and field.name != "status":
            constraints["enum"] = list(field.vocabulary)
        fields.append({"name": field.name, "type": "string", "constraints": constraints})
    keys = [
        {
            "fields": [name],
            "reference": {"resource": table.field(name).target, "fields": ["sourcedId"]},
        }
        for name in _REFERENCES.get(table.name, ())
    ]
    return {"fields": fields, "primaryKey": ["sourcedId"], "foreignKeys": keys}


def main(folder: Path) -> None:
    """Validates the six files of a district."""
    standard = tables(Version.V1_1)
    with system.use_context(trusted=True):
        package = Package(
            resources=[
                Resource(
                    name=name.lower() if name != "academicSessions" else "sessions",
                    path=str(folder / f"{name}.csv"),
                    schema=Schema.from_descriptor(schema_of(standard[name])),
                )
                for name in FEED_TABLES
            ]
        )
        package.validate(limit_errors=1_000_000)


main(Path(sys.argv[1]))
