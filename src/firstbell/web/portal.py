"""The pages of a district's administrators."""

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from firstbell.reports.order import kept
from firstbell.store.history import has_synced, report_of, sync_of, syncs_of
from firstbell.store.scope import DistrictSeen, districts_of
from firstbell.web.forms import DaysForm
from firstbell.web.listed import listed
from firstbell.web.scoped import of_district, person_of
from firstbell.web.told import told

_MOST = 200
_TYPES = {".csv": "text/csv; charset=utf-8", ".json": "application/json"}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The districts of the person; with a single one, its page."""
    districts = districts_of(person_of(request).pk)
    if len(districts) == 1:
        return redirect("sync_reports", districts[0].slug)
    return render(request, "districts.html", {"districts": districts})


@require_safe
@of_district
def sync_reports(request: HttpRequest, district: DistrictSeen) -> HttpResponse:
    """The syncs of a district on some days, with their reports."""
    today = timezone.localdate()
    form = DaysForm(request.GET, today)
    rows = []
    if days := form.days:
        rows = syncs_of(district, days, unfinished=days.until >= today, most=_MOST + 1)
    context = {
        "district": district,
        "form": form,
        "days": days,
        "rows": [listed(row) for row in rows[:_MOST]],
        "more": len(rows) > _MOST,
        "most": _MOST,
        "ever": bool(rows) or has_synced(district),
    }
    return render(request, "sync_reports.html", context)


@require_safe
@of_district
def sync(request: HttpRequest, district: DistrictSeen, sync: int) -> HttpResponse:
    """One sync: what came in, what changed, and what to fix."""
    seen = sync_of(district, sync)
    if seen is None:
        raise Http404
    product = settings.FIRSTBELL_PRODUCT
    context = {
        "district": district,
        "row": listed(seen.row),
        "told": told(seen, kept(seen.folder), product),
        "product": product,
    }
    return render(request, "sync.html", context)


@require_safe
@of_district
def report(request: HttpRequest, district: DistrictSeen, sync: int, name: str) -> FileResponse:
    """One report of a sync, to be kept as a file."""
    file = report_of(district, sync, name)
    if file is None or not file.is_file():
        raise Http404
    return FileResponse(
        file.open("rb"), as_attachment=True, filename=name, content_type=_TYPES[file.suffix]
    )
