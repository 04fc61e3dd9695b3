"""Long lists, a page of them at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.http import HttpRequest

#: How many there are on a page.
MOST = 50
_LAST_PAGE = 100_000

_T = TypeVar("_T")


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


def after_first_of(request: HttpRequest) -> int:
    """How many rows stand before the page that was asked for."""
    return _number_of(request) * MOST


def page_of(request: HttpRequest, rows: Sequence[_T]) -> Page[_T]:
    """A page of a list.

    Args:
        request: what was asked.
        rows: of the page, and one more where another page follows.
    """
    number = _number_of(request)
    return Page(
        rows[:MOST],
        number * MOST,
        _address(request, number - 1) if number else "",
        _address(request, number + 1) if len(rows) > MOST else "",
    )


def _number_of(request: HttpRequest) -> int:
    """The number of the page that was asked for, from 0 on."""
    asked = request.GET.get("page", "")
    if not asked.isdecimal() or len(asked) > len(str(_LAST_PAGE)):
        return 0
    return max(min(int(asked), _LAST_PAGE) - 1, 0)


def _address(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number + 1)
    return f"?{query.urlencode()}"
