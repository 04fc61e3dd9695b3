"""All kinds of defects that a generated district can have.

A record has at most one planted defect; what follows from it for other records is not listed.
"""

from dataclasses import replace

from firstbell.generate import class_defects, people_defects, place_defects
from firstbell.generate.defect import LOST, Defect, Suits, holds, losable_org
from firstbell.generate.row_defects import identity, shape, status, text
from firstbell.oneroster.dictionary import FEED_TABLES, Version

KINDS = (
    *(kind for table in (*FEED_TABLES, "roles") for kind in shape(table)),
    *(kind for table in FEED_TABLES for kind in identity(table)),
    *(kind for table in FEED_TABLES for kind in status(table)),
    *(kind for table in FEED_TABLES if table != "enrollments" for kind in text(table)),
    *place_defects.ORGS,
    *place_defects.SESSIONS,
    *place_defects.COURSES,
    *people_defects.USERS,
    *class_defects.CLASSES,
    *class_defects.ENROLLMENTS,
    *people_defects.ROLES,
)


def kinds(table: str, version: Version) -> tuple[Defect, ...]:
    """The kinds of one table, kept away from rows whose loss would empty the district."""
    return tuple(
        replace(kind, suits=_sparing(kind))
        for kind in KINDS
        if kind.table == table and kind.only in (None, version)
    )


def _sparing(kind: Defect) -> Suits:
    if kind.table == "orgs" and kind.fate in LOST:
        return losable_org
    if kind.table == "academicSessions" and kind.name.startswith("status"):
        return holds("type", "gradingPeriod")  # no class names quarters
    return kind.suits
