"""Long lists: some of their rows, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.http import HttpRequest
from django.utils.functional import Promise

#: How many there are on a page.
MOST = 50
_LAST_PAGE = 100_000

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class View:
    """Some rows of a list: what they are called, how many they are, and where."""

    label: "str | Promise"
    number: int
    address: str
    is_current: bool
    #: What is drawn beside it; empty: nothing.
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Page(Generic[_T]):
    """What is on a page, and the addresses of those beside it."""

    rows: Sequence[_T]
    #: How many stand before it.
    after_first: int
    #: Empty: there is none.
    before: str
    after: str
    most: int = MOST

    @property
    def first(self) -> int:
        """The number of the first row, from 1 on."""
        return self.after_first + 1

    @property
    def last(self) -> int:
        """The number of the last one."""
        return self.after_first + len(self.rows)


def after_first_of(request: HttpRequest, total: int | None = None) -> int:
    """How many rows stand before the page that was asked for.

    Args:
        request: what was asked.
        total: how many there are; what lies beyond is the last page. None: that is not known.
    """
    number = _number_of(request)
    if total is not None:
        number = min(number, max(total - 1, 0) // MOST)
    return number * MOST


def page_of(request: HttpRequest, rows: Sequence[_T], total: int | None = None) -> Page[_T]:
    """A page of a list.

    Args:
        request: what was asked.
        rows: of the page, and one more where another page follows.
        total: as for `after_first_of`.
    """
    after_first = after_first_of(request, total)
    number = after_first // MOST + 1
    return Page(
        rows[:MOST],
        after_first,
        address_with(request, page=str(number - 1)) if after_first else "",
        address_with(request, page=str(number + 1)) if len(rows) > MOST else "",
    )


def address_with(request: HttpRequest, **asked: str) -> str:
    """This page with something else asked for; what is empty is not asked for any more."""
    query = request.GET.copy()
    for name, value in asked.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}"


def _number_of(request: HttpRequest) -> int:
    """The number of the page that was asked for, from 0 on."""
    asked = request.GET.get("page", "")
    if not asked.isdecimal() or len(asked) > len(str(_LAST_PAGE)):
        return 0
    return max(min(int(asked), _LAST_PAGE) - 1, 0)
