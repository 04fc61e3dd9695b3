"""The door of every page about a district."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from firstbell.store.models import Person
from firstbell.store.scope import DistrictSeen, NotOpened, enter

_P = ParamSpec("_P")


def of_district(
    view: Callable[Concatenate[HttpRequest, DistrictSeen, _P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Lets a view work for the district of its address, in that district's time zone.

    Args:
        view: gets the district. Its transaction sees this district, and no other.

    Returns:
        The view; it answers 404 to everybody who may not see the district, as if there were none.
    """

    @wraps(view)
    def scoped(
        request: HttpRequest, slug: str, *args: _P.args, **kwargs: _P.kwargs
    ) -> HttpResponseBase:
        try:
            district = enter(person_of(request).pk, slug)
        except NotOpened:
            return _ask_why(request, slug)
        if district is None:
            raise Http404
        with timezone.override(ZoneInfo(district.timezone)):
            return view(request, district, *args, **kwargs)

    return scoped


def _ask_why(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Leads a specialist to the page that asks why, and from there back."""
    asked = request.get_full_path() if request.method in ("GET", "HEAD") else None
    return redirect(reverse("open_district", args=[slug], query={"next": asked} if asked else None))


def person_of(request: HttpRequest) -> Person:
    """Who is signed in; every page but those to sign in requires it."""
    assert isinstance(request.user, Person)  # noqa: S101  # LoginRequiredMiddleware sees to it
    return request.user
