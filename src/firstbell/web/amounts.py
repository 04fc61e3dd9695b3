"""Numbers of records in the words of pages, `1 class and 31 enrollments`: those of reports stay English."""

from collections.abc import Mapping

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from firstbell.oneroster.dictionary import FEED_TABLES


def noun(number: int, table: str) -> str:
    """What so many records of a table are called."""
    return {
        "orgs": ngettext("org", "orgs", number),
        "academicSessions": ngettext("term", "terms", number),
        "courses": ngettext("course", "courses", number),
        "classes": ngettext("class", "classes", number),
        "users": ngettext("user", "users", number),
        "enrollments": ngettext("enrollment", "enrollments", number),
    }[table]


def counted(number: int, table: str) -> str:
    """So many records of a table."""
    return f"{number:,} {noun(number, table)}"


def amounts(numbers: Mapping[str, int]) -> str:
    """Records of several tables, parents before children; empty when there are none."""
    parts = [counted(numbers[table], table) for table in FEED_TABLES if numbers.get(table)]
    return get_text_list(parts, _("and"))
