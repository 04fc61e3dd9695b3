"""Where a specialist sees and changes the source of a district: tested and previewed before it is saved."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from firstbell.feed.refusal import Refused
from firstbell.jobs.checking import queue_check_of_source
from firstbell.jobs.fetching import SecretLost, review_of, secret_of
from firstbell.sources.kind import Kind, Shared, asked_of, values_of
from firstbell.sources.kinds import KINDS
from firstbell.store.models import District
from firstbell.store.scope import DistrictSeen
from firstbell.store.sealed import Purpose, seal
from firstbell.store.source_by_specialist import source_for_specialist, source_set_by_specialist
from firstbell.store.sources import SourceKept
from firstbell.web.manage import manage
from firstbell.web.scoped import of_district, person_of
from firstbell.web.source_forms import SourceForm

_TAB = "source"
#: Where the session has what was tested and is not saved yet; its secret is sealed.
_TESTED = "tested source"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing there is to say of a source, now and then."""

    label: str
    now: str
    then: str

    @property
    def changes(self) -> bool:
        """Whether it becomes another one."""
        return self.now != self.then


@require_http_methods(["GET", "HEAD", "POST"])
@of_district
def source(request: HttpRequest, district: DistrictSeen) -> HttpResponse:
    """The source of a district, and the form for another one, whose connection is tested."""
    _only_for_specialists(district)
    before = source_for_specialist()
    kind = KINDS.get(request.POST.get("kind") or request.GET.get("kind", ""))
    form, refused = None, None
    request.session.pop(_TESTED, None)  # who comes back has left it
    if kind:
        form = SourceForm(request.POST if request.method == "POST" else None, kind, before)
        if form.is_valid():
            try:
                _test(request, district, kind, form.cleaned_data, before)
                return redirect("source_preview", district.slug)
            except Refused as error:
                refused = error
            except SecretLost:
                form.add_error("secret", _("The secret cannot be read any more. Type it again."))
    context = {
        "form": form,
        "kind": kind,
        "kinds": KINDS.values(),
        "chosen": kind.name if kind else before.kind if before else "",
        "now": list(_lines(before, before)),
        "refused": refused,
        "is_saved": "done" in request.GET and before is not None,
        "is_fetched": before is not None and KINDS[before.kind].is_fetched,
    }
    return manage(request, district, "source.html", context, tab=_TAB)


def _only_for_specialists(district: DistrictSeen) -> None:
    if not district.by_specialist:
        raise Http404


def _test(
    request: HttpRequest,
    district: DistrictSeen,
    kind: Kind,
    given: Mapping[str, Any],
    before: SourceKept | None,
) -> None:
    """Tries a source, and puts it into the session; raises Refused when it does not work."""
    settings, secret = given["settings"], given.get("secret", "")
    sealed = seal(secret, Purpose.SOURCES) if secret else ""
    if kind.secret and before and not secret:
        sealed, secret = before.sealed, secret_of(before)
    shared = kind.tried(settings, secret) if kind.tried else None
    request.session[_TESTED] = {
        "district": district.pk,
        "kind": kind.name,
        "settings": values_of(settings),
        "sealed": sealed,
        "shared": [shared.numbers, list(shared.schools)] if shared else None,
    }


@require_POST
@of_district
def check_tested(request: HttpRequest, district: DistrictSeen) -> HttpResponse:
    """Queues a check of what was tested and is not saved; it can be saved afterwards."""
    _only_for_specialists(district)
    if not (kept := _tested(request, district)) or not KINDS[kept.kind].is_fetched:
        return redirect("source", district.slug)
    who = person_of(request).called
    check = queue_check_of_source(district=district.pk, tried=kept, who=who)
    return redirect("check", district.slug, check.pk)


def _tested(request: HttpRequest, district: DistrictSeen) -> SourceKept | None:
    tested = request.session.get(_TESTED)
    if not tested or tested["district"] != district.pk:
        return None
    return SourceKept(tested["kind"], tested["settings"], tested["sealed"])


@require_http_methods(["GET", "HEAD", "POST"])
@of_district
def source_preview(request: HttpRequest, district: DistrictSeen) -> HttpResponse:
    """What was tested, beside the source that is kept; it is saved when that is confirmed."""
    _only_for_specialists(district)
    if not (kept := _tested(request, district)):
        return redirect("source", district.slug)
    shared = request.session[_TESTED]["shared"]
    if request.method == "POST":
        del request.session[_TESTED]
        who = person_of(request).called
        source_set_by_specialist(district=district, kept=kept, who=who)
        return redirect(reverse("source", args=[district.slug], query={"done": "1"}))
    before, found = source_for_specialist(), District.objects.get(pk=district.pk)
    context = {
        "kind": KINDS[kept.kind],
        "lines": list(_lines(before, kept)),
        "shared": Shared(*shared) if shared else None,
        "is_first": found.read_from is None,
        "is_review": bool(review_of(found.read_from, kept.said)),
    }
    return manage(request, district, "source_preview.html", context, tab=_TAB)


def _lines(before: SourceKept | None, then: SourceKept | None) -> Iterator[Line]:
    """All there is to say of a source before and then, setting by setting; secrets are not shown."""
    if then is None:
        return
    yield Line(_("Kind"), _(KINDS[before.kind].label) if before else "", _(KINDS[then.kind].label))
    was, is_then = (dict(_told(one)) if one else {} for one in (before, then))
    for label in dict.fromkeys([*is_then, *was]):
        yield Line(label, was.get(label, ""), is_then.get(label, ""))
    if then.sealed:
        kept, new = _("Kept, and never shown"), _("A new one")
        is_same = before is not None and before.sealed == then.sealed
        was_kept = before is not None and before.sealed
        yield Line(_(KINDS[then.kind].secret), kept if was_kept else "", kept if is_same else new)


def _told(kept: SourceKept) -> Iterator[tuple[str, str]]:
    kind = KINDS[kept.kind]
    for one in asked_of(kind):
        if value := kept.settings.get(one.name):
            yield _(one.setting.label), _(one.setting.called.get(value, value))
