"""The OneRoster standard as data: every rostering table and field of 1.1 and 1.2.

`fields.csv` beside this file is the one place that knows what a column means. A line of it is a
field: the versions that have it, whether the standard requires it (`delta`: only in change files),
its kind, its vocabulary, the table a reference points to, and the versions in which values that
begin with `ext:` extend the vocabulary.
"""

import csv
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

#: Tables of a feed, parents before children: the order in which records are judged and reported.
FEED_TABLES = ("orgs", "academicSessions", "courses", "users", "classes", "enrollments")

#: Tables whose findings are all warnings, and that may be missing from a delivery.
OPTIONAL_TABLES = frozenset({"academicSessions", "courses"})

#: Files of the standard, the ones that a roster sync never reads included.
STANDARD_FILES = (
    *FEED_TABLES,
    *("roles", "userProfiles", "demographics", "manifest", "categories", "lineItems", "results"),
    *("resources", "classResources", "courseResources", "userResources", "scoreScales"),
    *("lineItemLearningObjectiveIds", "lineItemScoreScales"),
    *("resultLearningObjectiveIds", "resultScoreScales"),
)

#: CEDS codes of the entry grade level, the vocabulary of `grades` in OneRoster 1.1.
GRADES = ("IT", "PR", "PK", "TK", "KG", *(f"{n:02}" for n in range(1, 14)), "PS", "UG", "Other")

#: User roles that a product takes in; the standard's other roles (parents, aides) are left out.
ROLES_IN_SCOPE = (
    *("student", "teacher", "administrator", "districtAdministrator"),
    *("siteAdministrator", "systemAdministrator", "principal"),
)


_NOT_KEPT = {"sourcedId", "status", "dateLastModified", "password"}


class Version(StrEnum):
    """A version of the standard that First Bell reads. OneRoster 1.0 is read as 1.1."""

    V1_1 = "1.1"
    V1_2 = "1.2"


class Kind(StrEnum):
    """What the cells of a field hold."""

    ID = "id"
    TEXT = "text"
    LIST = "list"
    GRADES = "grades"
    VOCABULARY = "vocabulary"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    YEAR = "year"
    REFERENCE = "reference"
    REFERENCES = "references"


class Required(StrEnum):
    """Whether the standard requires a value."""

    YES = "yes"
    NO = "no"
    DELTA = "delta"


@dataclass(frozen=True, slots=True)
class Field:
    """One column of one table in one version of the standard."""

    name: str
    required: Required
    kind: Kind
    #: Allowed values in the standard's order and spelling; empty where any text goes.
    vocabulary: tuple[str, ...]
    #: The table that a reference points to; empty otherwise.
    target: str
    #: Whether values that begin with `ext:` are allowed beside the vocabulary.
    extensible: bool


@dataclass(frozen=True, slots=True)
class Table:
    """One table (one CSV file) of the standard in one version."""

    name: str
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field:
        """The field of that exact name; raises KeyError when the table has none."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(f"{self.name} has no field {name}")


@cache
def tables(version: Version) -> dict[str, Table]:
    """All rostering tables of a version of the standard, by name.

    >>> [field.name for field in tables(Version.V1_1)["orgs"].fields][:4]
    ['sourcedId', 'status', 'dateLastModified', 'name']
    """
    fields: dict[str, list[Field]] = {}
    lines = files("firstbell.oneroster").joinpath("fields.csv").read_text(encoding="utf-8")
    for line in csv.DictReader(lines.splitlines()):
        if version in line["versions"].split("|"):
            fields.setdefault(line["table"], []).append(_field(line, version))
    return {name: Table(name, tuple(columns)) for name, columns in fields.items()}


@cache
def kept_fields(table: str) -> tuple[Field, ...]:
    """The fields of a table that a roster keeps beside the sourcedId, those of either version.

    >>> [field.name for field in kept_fields("orgs")]
    ['name', 'type', 'identifier', 'parentSourcedId']
    """
    every = {
        field.name: field
        for version in reversed(Version)
        for field in tables(version)[table].fields
    }
    first = [field.name for field in tables(Version.V1_1)[table].fields]
    later = [name for name in every if name not in first]
    return tuple(every[name] for name in (*first, *later) if name not in _NOT_KEPT)


def _field(line: dict[str, str], version: Version) -> Field:
    return Field(
        name=line["field"],
        required=Required(line["required"]),
        kind=Kind(line["kind"]),
        vocabulary=tuple(filter(None, line["vocabulary"].split("|"))),
        target=line["target"],
        extensible=version in line["extensible"].split("|"),
    )
