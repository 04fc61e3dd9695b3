"""Where a district's people set its nights: pauses, days without a sync, times of day."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from firstbell.store.policies import guard_of
from firstbell.store.schedules import resume, schedule_of
from firstbell.store.scope import DistrictSeen
from firstbell.store.syncs import district_of
from firstbell.web.limits import limits_told
from firstbell.web.manage import manage
from firstbell.web.schedule_forms import DaysOffForm, DaysOnForm, NightsForm, PauseForm, TimesForm
from firstbell.web.scoped import of_district, person_of

_FORMS: Final[dict[str, type[NightsForm]]] = {
    "pause": PauseForm,
    "add": DaysOffForm,
    "remove": DaysOnForm,
    "times": TimesForm,
}
#: What is said when something was done, and in which part of the page.
_DONE: Final[dict[str, tuple[str, Promise]]] = {
    "pause": ("nights", _("Nightly syncs are paused.")),
    "resume": ("nights", _("Nightly syncs are resumed, from the next night on.")),
    "add": ("days", _("The days are added.")),
    "remove": ("days", _("There is a sync on these days after all.")),
    "times": ("times", _("The times are saved.")),
}


@require_http_methods(["GET", "HEAD", "POST"])
@of_district
def settings(request: HttpRequest, district: DistrictSeen) -> HttpResponse:
    """The settings of a district; each part has a form of its own."""
    who = person_of(request).called
    if "resume" in request.POST:
        resume(district=district.slug, who=who)
        return _done(district, "resume")
    found, today = district_of(district.slug), timezone.localdate()
    schedule = schedule_of(found)
    asked = next((name for name in _FORMS if name in request.POST), "")
    forms = {
        name: form(request.POST if name == asked else None, schedule, today)
        for name, form in _FORMS.items()
    }
    if asked and forms[asked].is_valid():
        forms[asked].save(district.slug, who)
        return _done(district, asked)
    done = _DONE.get(request.GET.get("done", "") if not asked else "")
    context = {
        "forms": forms,
        "form": forms.get(asked),
        "schedule": schedule,
        "is_paused": schedule.is_paused_on(today),
        "done": {done[0]: done[1]} if done else {},
        "limits": limits_told(guard_of(found)),
    }
    return manage(request, district, "settings.html", context, tab="settings")


def _done(district: DistrictSeen, what: str) -> HttpResponse:
    page = reverse("settings", args=[district.slug], query={"done": what}, fragment=_DONE[what][0])
    return redirect(page)
