"""How far a sync is that has not ended: a piece of a page that asks for itself again."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from firstbell.store.history import sync_row
from firstbell.store.scope import DistrictSeen
from firstbell.web.listed import listed
from firstbell.web.scoped import of_district

#: Tells htmx that there is nothing more to ask for.
STOP = 286


@require_safe
@of_district
def progress(request: HttpRequest, district: DistrictSeen, sync: int) -> HttpResponse:
    """How far a sync is; nothing new while it is at the step that the page knows already.

    When it has ended the list of syncs is to be asked for anew, for it has another row then.
    """
    found = sync_row(district, sync)
    if found is None:
        raise Http404
    row = listed(found)
    if found.is_unfinished and request.GET.get("known") == row.progress.known:
        return HttpResponse(status=204)
    in_list = "list" in request.GET
    context = {"district": district, "row": row, "in_list": in_list, "answer": True}
    page = render(request, "_progress.html", context)
    if request.headers.get("HX-Request") and not found.is_unfinished:
        page.status_code = STOP
        if in_list:
            page["HX-Refresh"] = "true"
    return page
