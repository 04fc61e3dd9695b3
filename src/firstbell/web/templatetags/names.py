"""Names, as a template shows them."""

import re

from django.template import Library
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from firstbell.web.moments import zone_named

register = Library()
register.filter("zone_named", zone_named)


@register.filter
def breakable(name: str) -> SafeString:
    """A name of several words written as one, such as academicSessions: it may break between them."""
    words = re.split("(?<=[a-z])(?=[A-Z])", name)
    return format_html_join(mark_safe("<wbr>"), "{}", ((word,) for word in words))
