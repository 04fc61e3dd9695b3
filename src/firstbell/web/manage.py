"""The frame of the Manage pages: the district, how it stands, and the tabs."""

from collections.abc import Iterator, Mapping
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
TABS: tuple[tuple[str, "str | Promise"], ...] = (("sync_reports", _("Sync Reports")),)


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
    frame = {
        "district": district,
        "product": product,
        "tabs": list(_tabs(request, district, tab)),
        "strip": strip(district, latest or latest_of(district), product),
    }
    return render(request, template, {**frame, **context}, status=status)


def _tabs(request: HttpRequest, district: DistrictSeen, tab: str) -> Iterator[Tab]:
    page = request.resolver_match.url_name if request.resolver_match else None
    for name, label in TABS:
        current = "" if name != tab else "page" if name == page else "true"
        yield Tab(label, reverse(name, args=[district.slug]), current)
