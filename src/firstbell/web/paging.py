"""Lists that are shown a page at a time."""

from django.http import HttpRequest

_LAST_PAGE = 1000


def page_of(request: HttpRequest) -> int:
    """The number of the page that was asked for, from 0 on."""
    asked = request.GET.get("page", "")
    if not asked.isdecimal() or len(asked) > len(str(_LAST_PAGE)):
        return 0
    return max(min(int(asked), _LAST_PAGE) - 1, 0)


def address_of(request: HttpRequest, page: int) -> str:
    """The address of another page of the same list.

    Args:
        request: for a page of it.
        page: its number, from 0 on.
    """
    query = request.GET.copy()
    query["page"] = str(page + 1)
    return f"?{query.urlencode()}"
