"""The schools of a district: which come in, which wait, and who asks for one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from firstbell.jobs.tasks import queue_asked, queue_onboarded
from firstbell.store.actions import schools_never, schools_onboard, schools_reset
from firstbell.store.feed_schools import SchoolSeen, count_losing, onboards_all, schools_of
from firstbell.store.models import District, FeedSchool, SchoolState
from firstbell.store.school_requests import open_requests, school_ask
from firstbell.store.scope import DistrictSeen
from firstbell.web.amounts import amounts
from firstbell.web.manage import console, manage
from firstbell.web.pages import MOST, View, after_first_of, page_of
from firstbell.web.scoped import of_district, of_specialists, person_of

_STATES: Sequence[tuple[str, "str | Promise"]] = (
    ("all", _("All")),
    ("waiting", _("Waiting")),
    ("onboarded", _("Onboarded")),
    ("never", _("Never")),
)
_ACTIONS = {"onboard": schools_onboard, "never": schools_never, "reset": schools_reset}
#: A request of this many ids is answered at once.
_MOST_IDS = 5000


class SchoolsForm(forms.Form):
    """Which schools somebody looks for."""

    name = forms.CharField(label=_("School or id"), required=False, max_length=200)
    show = forms.ChoiceField(required=False, choices=_STATES, widget=forms.HiddenInput)


class AskForm(forms.Form):
    """The school that somebody asks for."""

    school = forms.CharField(max_length=255)


@dataclass(frozen=True, slots=True)
class Sums:
    """What schools have between them."""

    schools: int
    users: int
    classes: int
    enrollments: int

    @property
    def words(self) -> str:
        """In words, what is none left out."""
        counts = {"users": self.users, "classes": self.classes, "enrollments": self.enrollments}
        return amounts({table: number for table, number in counts.items() if number})


def sums(schools: Sequence[SchoolSeen]) -> Sums:
    """Adds up what the feed has of schools."""
    there = [one.there for one in schools if one.there]
    return Sums(
        len(schools),
        sum(one.students + one.staff for one in there),
        sum(one.classes for one in there),
        sum(one.enrollments for one in there),
    )


@require_safe
@of_district
def schools(request: HttpRequest, district: DistrictSeen) -> HttpResponse:
    """The schools of a district; specialists decide here which come in."""
    every = schools_of(district)
    waiting = [one for one in every if one.state is None]
    form = SchoolsForm(request.GET, label_suffix="")
    given = form.cleaned_data if form.is_valid() else {}
    show = given.get("show") or ("waiting" if waiting and district.by_specialist else "all")
    words = given.get("name", "").lower()
    rows = [one for one in every if _is_shown(one, show) and _matches(one, words)]
    total = len(rows)
    after_first = after_first_of(request, total)
    context = {
        "form": form,
        "show": show,
        "views": [
            View(
                label, sum(_is_shown(one, value) for one in every), f"?show={value}", value == show
            )
            for value, label in _STATES
        ],
        "ever": bool(every),
        "onboards_all": onboards_all(district),
        "waiting": sums(waiting),
        "page": page_of(request, rows[after_first : after_first + MOST + 1], total),
        "total": total,
        "by_specialist": district.by_specialist,
    }
    return manage(request, district, "schools.html", context, tab="schools")


def _is_shown(school: SchoolSeen, show: str) -> bool:
    return show in {"all", school.state or "waiting"}


def _matches(school: SchoolSeen, words: str) -> bool:
    name = school.there.name.lower() if school.there else ""
    return words in name or school.sourced_id.lower().startswith(words)


@of_district
@require_POST
def decide_schools(request: HttpRequest, district: DistrictSeen) -> HttpResponse:
    """Shows what a decision on schools would do, and does it once it is confirmed."""
    action = request.POST.get("action", "")
    if not district.by_specialist or action not in _ACTIONS:
        raise Http404
    chosen, unknown = _chosen(request, schools_of(district))
    if "confirmed" in request.POST and chosen:
        _ACTIONS[action](
            district=district.slug,
            schools=[one.sourced_id for one in chosen],
            who=person_of(request).called,
        )
        if action == "onboard":
            queue_onboarded(District.objects.get(pk=district.pk))
        return redirect("schools", district.slug)
    active = [one.sourced_id for one in chosen if one.state == SchoolState.ONBOARDED]
    context = {
        "action": action,
        "chosen": chosen,
        "sums": sums(chosen),
        "unknown": unknown,
        "losing": count_losing(district, active) if active and action != "onboard" else 0,
        "product": settings.FIRSTBELL_PRODUCT,
        "onboards_all": onboards_all(district),
    }
    return manage(request, district, "decide_schools.html", context, tab="schools")


def _chosen(
    request: HttpRequest, every: Sequence[SchoolSeen]
) -> tuple[Sequence[SchoolSeen], Sequence[str]]:
    """The schools that were ticked or pasted, and the pasted ids that no school has."""
    pasted = [line.strip() for line in request.POST.get("ids", "").splitlines()]
    asked = dict.fromkeys([*request.POST.getlist("school"), *filter(None, pasted)])
    wanted = list(asked)[:_MOST_IDS]
    by_id = {one.sourced_id: one for one in every}
    chosen = [by_id[school] for school in wanted if school in by_id]
    return chosen, [school for school in wanted if school not in by_id]


@require_POST
@of_district
def ask_for_school(request: HttpRequest, district: DistrictSeen) -> HttpResponse:
    """Asks the vendor to onboard a school."""
    form = AskForm(request.POST)
    if form.is_valid():
        school = form.cleaned_data["school"]
        if asked := school_ask(
            district=district.slug, school=school, who=person_of(request).called
        ):
            queue_asked(asked)
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return redirect(back)
    return redirect("schools", district.slug)


@dataclass(frozen=True, slots=True)
class Request:
    """A request of a district, in the words of its page."""

    asked: object
    there: FeedSchool | None
    #: What would come in, and what would fail; empty when that is not known yet.
    comes_in: str
    fails: str
    is_known: bool


@of_specialists
@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """The schools that districts ask for, the oldest request first."""
    return console(request, "console_requests.html", {"rows": list(_requests())}, tab="requests")


def _requests() -> Iterator[Request]:
    for one in open_requests():
        brings = one.brings or {}
        comes_in = {table: counts.get("accepted", 0) for table, counts in brings.items()}
        fails = {table: counts.get("failed", 0) for table, counts in brings.items()}
        there = one.there
        if one.brings is None and there:
            users = there.students + there.staff
            comes_in = {
                "users": users,
                "classes": there.classes,
                "enrollments": there.enrollments,
            }
        yield Request(one, there, amounts(comes_in), amounts(fails), one.brings is not None)
