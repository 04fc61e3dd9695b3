"""What is known of each of several things, looked up in a template."""

from collections.abc import Mapping

from django.template import Library

register = Library()


@register.filter
def of(known: Mapping[str, object] | str, name: str) -> object:
    """What is known by a name; None when nothing is, or the page knows of no such things."""
    return known.get(name) if isinstance(known, Mapping) else None
