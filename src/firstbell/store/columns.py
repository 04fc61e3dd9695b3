"""The names of the feed in SQL: `schoolSourcedId` → `school_sourced_id`."""

import re

#: By table of the feed: the table of the roster.
ROSTER_TABLES = {
    "orgs": "orgs",
    "academicSessions": "academic_sessions",
    "courses": "courses",
    "users": "users",
    "classes": "classes",
    "enrollments": "enrollments",
}


def snake(name: str) -> str:
    """A name of the standard as a name in SQL and Python.

    >>> snake("termSourcedIds"), snake("name")
    ('term_sourced_ids', 'name')
    """
    return re.sub("([A-Z])", r"_\1", name).lower()
