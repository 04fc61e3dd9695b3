"""The pages of a district's administrators."""

from contextlib import suppress
from functools import partial

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from firstbell.jobs.tasks import queue_hold_applied, queue_sync
from firstbell.oneroster.dictionary import Version
from firstbell.reports.causes import NO_CAUSES
from firstbell.reports.order import kept
from firstbell.store.errors import StoreError
from firstbell.store.findings import schools_of
from firstbell.store.history import has_synced, report_of, sync_of, syncs_of
from firstbell.store.holds import hold_dismiss
from firstbell.store.latest import latest_of
from firstbell.store.models import District, Trigger
from firstbell.store.scope import DistrictSeen, districts_of
from firstbell.web.apis import asked_again
from firstbell.web.beginning import beginning
from firstbell.web.causes import chosen
from firstbell.web.chart import MOST_DRAWN, chart
from firstbell.web.downloads import download, download_all
from firstbell.web.failed import failed
from firstbell.web.fetched import asked, by_part
from firstbell.web.forms import ConfirmedForm, DaysForm, ReasonForm
from firstbell.web.held import held, held_samples
from firstbell.web.listed import listed
from firstbell.web.manage import manage
from firstbell.web.pages import MOST, after_first_of, page_of
from firstbell.web.school_asked import schools_by_id
from firstbell.web.scoped import of_district, person_of
from firstbell.web.seeking import SeekForm
from firstbell.web.told import told, told_causes

#: How many causes are told above the list of syncs.
_MOST_FIRST = 3


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The districts of the person; with a single one, its page. Specialists have the console."""
    person = person_of(request)
    if person.is_specialist:
        return redirect("console")
    districts = districts_of(person.pk)
    if len(districts) == 1:
        return redirect("sync_reports", districts[0].slug)
    return render(request, "districts.html", {"districts": districts})


@require_safe
@of_district
def sync_reports(request: HttpRequest, district: DistrictSeen) -> HttpResponse:
    """The syncs of a district on some days, with their reports."""
    today = timezone.localdate()
    form = DaysForm(request.GET, today)
    newest, rows = [], []
    if days := form.days:
        asked = partial(syncs_of, district, days, unfinished=days.until >= today, status=form.ended)
        newest, after_first = asked(most=MOST_DRAWN), after_first_of(request)
        rows = newest[after_first : after_first + MOST + 1]
        if after_first + MOST >= MOST_DRAWN:
            rows = asked(most=MOST + 1, after_first=after_first)
    latest = latest_of(district)
    computed = kept(latest.folder) if latest.folder else None
    first = computed.causes.shown[:_MOST_FIRST] if computed else ()
    ever = bool(rows) or has_synced(district)
    context = {
        "form": form,
        "days": days,
        "page": page_of(request, [partial(listed, row) for row in rows]),
        "chart": partial(chart, newest),
        "ever": ever,
        "drawn_of": (request.GET.urlencode(), today, ever, newest, rows),
        "begun": None if ever else beginning(district, latest, settings.FIRSTBELL_PRODUCT),
        "applied": latest.applied.pk if latest.applied else None,
        "fix": told_causes(first, latest.tables, latest.source),
        "fixes": computed.causes.total if computed else 0,
    }
    return manage(request, district, "sync_reports.html", context, latest=latest)


@require_POST
@of_district
def sync_now(request: HttpRequest, district: DistrictSeen) -> HttpResponse:
    """Queues a sync from the district's source, unless one waits already."""
    found = District.objects.get(pk=district.pk)
    if found.nights_since is not None:
        queue_sync(district=found, trigger=Trigger.NOW)
    return redirect("sync_reports", district.slug)


@require_safe
@of_district
def sync(request: HttpRequest, district: DistrictSeen, sync: int) -> HttpResponse:
    """One sync: what came in, what changed, and what to fix."""
    seen = sync_of(district, sync)
    if seen is None:
        raise Http404
    product, computed = settings.FIRSTBELL_PRODUCT, kept(seen.folder)
    causes = computed.causes if computed else NO_CAUSES
    latest = latest_of(district)
    sync_told = told(seen, computed, product, latest.source_of(seen.row))
    version = Version(seen.version or Version.V1_1)
    by_name = schools_of(seen) if request.GET.get("school") else ()
    form = SeekForm(request.GET, seen.codes, version, by_name)
    context = {
        "row": listed(seen.row),
        "told": sync_told,
        "chosen": chosen(request, seen, sync_told.causes, causes, form),
        "schools": schools_by_id(district, computed),
        "form": form,
        "held": held(seen, computed),
        "failed": failed(district, seen, latest),
        "asked": asked(seen.fetched) if seen.fetched else "",
        "fetched": by_part(seen.fetched),
        "may_ask": asked_again(latest, seen.row),
        "all_findings": reverse("findings", args=[district.slug, sync]),
    }
    return manage(request, district, "sync.html", context, latest=latest)


@require_http_methods(["GET", "HEAD", "POST"])
@of_district
def hold(request: HttpRequest, district: DistrictSeen, sync: int) -> HttpResponse:
    """What the guard held back or refused of a sync, and the decision on it."""
    seen = sync_of(district, sync, alone=True)
    what = held(seen, kept(seen.folder)) if seen else None
    if seen is None or what is None:
        raise Http404
    may_decide = not what.hold.is_review or person_of(request).is_specialist
    asked = request.POST if request.method == "POST" and what.hold.is_open and may_decide else None
    leave = ReasonForm(asked if asked and "dismiss" in asked else None, label_suffix="")
    let_in = ConfirmedForm(
        asked if asked and "apply" in asked else None, str(what.number or district.slug)
    )
    shown = {"district": district.slug, "who": person_of(request).called}
    with suppress(StoreError):  # somebody was quicker; the page says who
        if leave.is_valid():
            hold_dismiss(**shown, reason=leave.cleaned_data["reason"], sync=sync)
        if let_in.is_valid():
            queue_hold_applied(**shown, reason=let_in.cleaned_data["reason"], sync=sync)
    if asked and not let_in.errors and not leave.errors:
        return redirect("hold", district.slug, sync)
    context = {
        "row": listed(seen.row),
        "held": what,
        "may_decide": may_decide,
        "leave": leave,
        "form": let_in,
        "samples": held_samples(seen),
    }
    return manage(request, district, "hold.html", context)


@require_safe
@of_district
def report(request: HttpRequest, district: DistrictSeen, sync: int, name: str) -> FileResponse:
    """One report of a sync, to be kept as a file."""
    return download(report_of(district, sync, name))


@require_safe
@of_district
def all_reports(request: HttpRequest, district: DistrictSeen, sync: int) -> FileResponse:
    """All reports of a sync in one archive."""
    seen = sync_of(district, sync, alone=True)
    files = [seen.folder / "reports" / name for name in seen.row.reports or ()] if seen else []
    return download_all(files, f"{district.slug}-sync-{sync}.zip")
