"""The frames of pages: Manage with its district and how that stands, and the console."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from firstbell.store.latest import Latest, latest_of
from firstbell.store.scope import DistrictSeen
from firstbell.web.strip import strip

#: What stands below the bar, in order: the name of the page in the URLconf, and what it is called.
_Tabs = Sequence[tuple[str, "str | Promise"]]
_OF_DISTRICT: _Tabs = (
    ("sync_reports", _("Sync Reports")),
    ("schools", _("Schools")),
    ("upload", _("Upload")),
    ("people", _("People")),
    ("settings", _("Settings")),
)
_OF_SPECIALIST: _Tabs = (*_OF_DISTRICT, ("source", _("Source")))
_OF_CONSOLE: _Tabs = (
    ("console", _("Districts")),
    ("requests", _("Requests")),
    ("specialists", _("People")),
)


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the pages below the bar."""

    label: "str | Promise"
    address: str
    #: How the attribute aria-current says it: `page`, `true` on a page that belongs to it, or empty.
    current: str


def manage(
    request: HttpRequest,
    district: DistrictSeen,
    template: str,
    context: Mapping[str, Any],
    *,
    tab: str = "sync_reports",
    latest: Latest | None = None,
    status: int = 200,
) -> HttpResponse:
    """Answers with a page of a district; its template extends `manage.html`.

    Args:
        request: what was asked.
        district: whose page it is; the template has it as `district`.
        template: its name.
        context: what it shows beside the frame.
        tab: the one that the page belongs to, by the name of its own page.
        latest: how the district stands, if the view has asked already.
        status: of the answer.
    """
    product: str = settings.FIRSTBELL_PRODUCT
    tabs = _OF_SPECIALIST if district.by_specialist else _OF_DISTRICT
    frame = {
        "district": district,
        "product": product,
        "tabs": list(_tabs(request, tabs, tab, district.slug)),
        "strip": strip(district, latest or latest_of(district), product),
    }
    return render(request, template, {**frame, **context}, status=status)


def console(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, tab: str = "console"
) -> HttpResponse:
    """Answers with a page of the console; its template extends `console.html`.

    Args:
        request: what was asked.
        template: its name.
        context: what it shows beside the frame.
        tab: as for `manage`.
    """
    return render(request, template, {"tabs": list(_tabs(request, _OF_CONSOLE, tab)), **context})


def _tabs(request: HttpRequest, among: _Tabs, tab: str, *args: str) -> Iterator[Tab]:
    page = request.resolver_match.url_name if request.resolver_match else None
    for name, label in among:
        current = "" if name != tab else "page" if name == page else "true"
        yield Tab(label, reverse(name, args=args), current)
