"""Where people upload a roster, and the checks of what they uploaded."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from firstbell.jobs.checking import (
    queue_check,
    queue_check_of_source,
    queue_checked,
    queue_upload,
)
from firstbell.reports.order import kept
from firstbell.store.checked import check_of, check_report_of, checks_of, uploads_of
from firstbell.store.errors import StoreError
from firstbell.store.latest import latest_of
from firstbell.store.scope import DistrictSeen
from firstbell.store.sources import takes_uploads
from firstbell.store.uploads import Upload, new_upload
from firstbell.web.apis import called, is_fetched
from firstbell.web.checked import told_check
from firstbell.web.downloads import download, download_all
from firstbell.web.listed import listed
from firstbell.web.manage import manage
from firstbell.web.pages import MOST, after_first_of, page_of
from firstbell.web.receiving import Receiver, in_words
from firstbell.web.scoped import of_district, person_of

_TAB = "upload"


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that a sync reads."""

    name: str
    #: What it is read as.
    holds: "str | Promise"
    needed: "str | Promise"


_YES, _IF_THERE = gettext_lazy("Yes"), gettext_lazy("If you have it")
_FILES = (
    ReadFile("orgs.csv", gettext_lazy("Schools"), _YES),
    ReadFile("users.csv", gettext_lazy("Users"), _YES),
    ReadFile("classes.csv", gettext_lazy("Classes"), _YES),
    ReadFile("enrollments.csv", gettext_lazy("Enrollments"), _YES),
    ReadFile("roles.csv", gettext_lazy("Roles of users"), gettext_lazy("In OneRoster 1.2")),
    ReadFile("academicSessions.csv", gettext_lazy("Terms"), _IF_THERE),
    ReadFile("courses.csv", gettext_lazy("Courses"), _IF_THERE),
    ReadFile("manifest.csv", gettext_lazy("What the export holds"), _IF_THERE),
)

#: How many uploads are listed beside the form.
_MOST_BESIDE = 5


@csrf_exempt  # `_receive` checks it: the body must not be read before it is known who may
@transaction.non_atomic_requests
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Takes files to be checked or synced. No transaction is open while they come."""
    if request.method != "POST":
        with transaction.atomic():
            return _page(request, slug)
    with transaction.atomic():
        door = _door(request, slug)
    if door.status_code != HttpResponse.status_code:
        return door
    with new_upload() as taken:
        receiver = Receiver(taken)
        request.upload_handlers = [receiver]
        return _receive(request, slug, taken, receiver)


@of_district
def _door(request: HttpRequest, district: DistrictSeen) -> HttpResponse:
    """Whether somebody may upload here at all."""
    return HttpResponse()


@csrf_protect
def _receive(
    request: HttpRequest, slug: str, taken: Upload, receiver: Receiver
) -> HttpResponseBase:
    """Reads the whole body, then decides in one transaction."""
    asked = request.POST.get("do", "")
    with transaction.atomic():
        return _take(request, slug, asked, taken, receiver)


@of_district
def _take(
    request: HttpRequest, district: DistrictSeen, asked: str, taken: Upload, receiver: Receiver
) -> HttpResponseBase:
    problem = receiver.problem or _problem_of(asked, district, receiver)
    if problem:
        return _shown(request, district, problem)
    who = person_of(request).called
    if asked == "sync":
        sync = queue_upload(district=district.pk, delivery=taken.keep(), who=who)
        return redirect("sync", district.slug, sync.pk)
    check = queue_check(district=district.pk, delivery=taken.keep(), who=who)
    return redirect("check", district.slug, check.pk)


def _problem_of(asked: str, district: DistrictSeen, receiver: Receiver) -> str:
    # Which button was pressed stands behind the files: without it the body was cut off.
    if asked not in ("check", "sync"):
        return _("The upload was cut off before its end. Nothing of it was kept; send it again.")
    if not receiver.has_files:
        return _("Choose the files first: a .zip, or the CSV files of OneRoster together.")
    if asked == "sync" and not takes_uploads(district.pk):
        return _("This district is synced from its source. Files can only be checked here.")
    return ""


@of_district
def _page(request: HttpRequest, district: DistrictSeen) -> HttpResponse:
    return _shown(request, district, "")


def _shown(request: HttpRequest, district: DistrictSeen, problem: str) -> HttpResponse:
    latest = latest_of(district)
    most: int = settings.FIRSTBELL_MOST_UPLOADED
    context = {
        "problem": problem,
        "most": most,
        "limit": in_words(most),
        "takes_uploads": latest.takes_uploads,
        "fetched": called(latest.source) if latest.source and is_fetched(latest.source) else "",
        "files": _FILES,
        "uploads": uploads_of(district, most=_MOST_BESIDE),
    }
    return manage(request, district, "upload.html", context, tab=_TAB, latest=latest)


@require_safe
@of_district
def checks(request: HttpRequest, district: DistrictSeen) -> HttpResponse:
    """All checks of a district, the newest first; they are no syncs."""
    found = checks_of(district, most=MOST + 1, after_first=after_first_of(request))
    page = page_of(request, [(one, listed(one.row)) for one in found])
    context = {"page": page}
    return manage(request, district, "checks.html", context, tab=_TAB)


@require_safe
@of_district
def check(request: HttpRequest, district: DistrictSeen, check: int) -> HttpResponse:
    """What a sync of uploaded files would come to."""
    seen = check_of(district, check)
    if seen is None:
        raise Http404
    row = seen.seen.row
    if request.headers.get("HX-Request"):  # the page looks whether there is any news
        same = request.GET.get("was") == row.status
        return HttpResponse(status=204) if same else HttpResponse(headers={"HX-Refresh": "true"})
    latest = latest_of(district)
    context = {
        "check": seen,
        "row": listed(row),
        "told": told_check(
            seen,
            kept(seen.seen.folder),
            settings.FIRSTBELL_PRODUCT,
            seen.tried or latest.source,
        ),
        "can_sync": latest.takes_uploads and seen.kept_until is not None,
        "of_check": True,
        "all_findings": reverse("check_findings", args=[district.slug, check]),
    }
    return manage(request, district, "check.html", context, tab=_TAB, latest=latest)


@require_POST
@of_district
def check_source(request: HttpRequest, district: DistrictSeen) -> HttpResponse:
    """Queues a check of what the source delivers; nothing of it is applied."""
    check = queue_check_of_source(district=district.pk, who=person_of(request).called)
    return redirect("check", district.slug, check.pk)


@require_POST
@of_district
def sync_checked(request: HttpRequest, district: DistrictSeen, check: int) -> HttpResponse:
    """Queues a sync of files that were checked, unless they are gone."""
    if check_of(district, check) is None:
        raise Http404
    if takes_uploads(district.pk):
        with suppress(StoreError):  # the page of the check says what became of them
            sync = queue_checked(district=district.pk, check=check, who=person_of(request).called)
            return redirect("sync", district.slug, sync.pk)
    return redirect("check", district.slug, check)


@require_safe
@of_district
def check_report(
    request: HttpRequest, district: DistrictSeen, check: int, name: str
) -> FileResponse:
    """One report of a check, to be kept as a file."""
    return download(check_report_of(district, check, name))


@require_safe
@of_district
def check_reports(request: HttpRequest, district: DistrictSeen, check: int) -> FileResponse:
    """All reports of a check in one archive."""
    seen = check_of(district, check)
    names = seen.seen.row.reports if seen else None
    folder = seen.seen.folder / "reports" if seen else Path()
    files = [folder / name for name in names or ()]
    return download_all(files, f"{district.slug}-check-{check}.zip")
