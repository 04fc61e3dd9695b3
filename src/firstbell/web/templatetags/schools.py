"""Schools, looked up in a template."""

from collections.abc import Mapping

from django.template import Library

from firstbell.store.feed_schools import SchoolSeen

register = Library()


@register.filter
def of(schools: Mapping[str, SchoolSeen] | str, school: str) -> SchoolSeen | None:
    """The school of an id; None when it is not known, or the page knows of none."""
    return schools.get(school) if isinstance(schools, Mapping) else None
