"""The door of every page about a district."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from firstbell.store.models import Person
from firstbell.store.scope import DistrictSeen, enter

_P = ParamSpec("_P")
_R = TypeVar("_R", bound=HttpResponseBase)


def of_district(
    view: Callable[Concatenate[HttpRequest, DistrictSeen, _P], _R],
) -> Callable[..., _R]:
    """Lets a view work for the district of its address, in that district's time zone.

    Args:
        view: gets the district. Its transaction sees this district, and no other.

    Returns:
        The view; it answers 404 to everybody who may not see the district, as if there were none.
    """

    @wraps(view)
    def scoped(request: HttpRequest, slug: str, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        district = enter(person_of(request).pk, slug)
        if district is None:
            raise Http404
        with timezone.override(ZoneInfo(district.timezone)):
            return view(request, district, *args, **kwargs)

    return scoped


def person_of(request: HttpRequest) -> Person:
    """Who is signed in; every page but those to sign in requires it."""
    assert isinstance(request.user, Person)  # noqa: S101  # LoginRequiredMiddleware sees to it
    return request.user
