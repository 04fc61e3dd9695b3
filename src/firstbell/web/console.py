"""The console: all districts, for specialists."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import dateformat, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from firstbell.jobs.readiness import is_stale
from firstbell.store.console import (
    Health,
    Order,
    StandingSeen,
    Wanted,
    count_by_health,
    long_without_sync,
    standings,
)
from firstbell.web.manage import console
from firstbell.web.moments import day_and_time
from firstbell.web.nights_drawn import WIDTH, DrawnNights, nights_drawn
from firstbell.web.pages import MOST, View, address_with, after_first_of, page_of
from firstbell.web.scoped import of_specialists

_HEALTHS: Mapping[Health, "str | Promise"] = {
    Health.FAILED: gettext_lazy("Failed"),
    Health.HELD: gettext_lazy("Held"),
    Health.STALE: gettext_lazy("Stale"),
    Health.WITH_ERRORS: gettext_lazy("Completed with Errors"),
    Health.COMPLETED: gettext_lazy("Completed"),
    Health.PAUSED: gettext_lazy("Paused"),
    Health.NOT_STARTED: gettext_lazy("Not started"),
}


class DistrictsForm(forms.Form):
    """Which districts somebody looks for."""

    name = forms.CharField(label=gettext_lazy("Name or id"), required=False, max_length=200)
    order = forms.ChoiceField(
        label=gettext_lazy("Order by"),
        required=False,
        choices=[
            ("", gettext_lazy("Needs attention first")),
            (Order.NAME, gettext_lazy("District")),
            (Order.COMPLETED, gettext_lazy("Last completed")),
            (Order.FAILURES, gettext_lazy("Failures")),
        ],
    )
    health = forms.ChoiceField(
        required=False,
        choices=[("", ""), *((one, one) for one in Health)],
        widget=forms.HiddenInput,
    )

    @property
    def wanted(self) -> Wanted:
        """What is in force; what was asked for wrongly is not."""
        self.is_valid()
        given = self.cleaned_data
        health = given.get("health")
        return Wanted(
            given.get("name", ""),
            Health(health) if health else None,
            Order(given.get("order") or Order.ATTENTION),
        )


@dataclass(frozen=True, slots=True)
class Row:
    """A district, in the words of the page."""

    seen: StandingSeen
    mark: str
    health: "str | Promise"
    #: Why it stands so; may be empty.
    why: str
    completed: str
    #: Since the night before; empty when there is nothing to compare.
    change: str
    nights: DrawnNights
    #: The one next act, and where; empty: nothing.
    todo: str
    where: str


@of_specialists
@require_safe
def districts(request: HttpRequest) -> HttpResponse:
    """All districts by health, those that need somebody first."""
    now = timezone.now()
    form = DistrictsForm(request.GET, label_suffix="")
    wanted = form.wanted
    fresh = [pk for pk, at, schedule in long_without_sync(now) if not is_stale(at, schedule, now)]
    counts = count_by_health(now, fresh, wanted.name)
    total = counts[wanted.health] if wanted.health else sum(counts.values())
    after_first = after_first_of(request, total)
    rows = standings(now, fresh, wanted, most=MOST + 1, after_first=after_first)
    context = {
        "form": form,
        "counts": list(_counted(request, counts, wanted)),
        "page": page_of(request, [_row(one, now) for one in rows], total),
        "heads": list(_heads(request, wanted.order)),
        "width": WIDTH,
        "total": total,
    }
    return console(request, "console_districts.html", context)


def _counted(request: HttpRequest, counts: Mapping[Health, int], wanted: Wanted) -> Iterator[View]:
    everything = sum(counts.values())
    all_of_them = address_with(request, health="", page="")
    yield View(_("All"), everything, all_of_them, wanted.health is None)
    for health, label in _HEALTHS.items():
        address = address_with(request, health=health, page="")
        yield View(label, counts[health], address, wanted.health == health, health)


def _heads(request: HttpRequest, order: Order) -> Iterator[tuple[Order, str, str, str]]:
    """Heads by which one can sort: what by, the words, the address, and the direction in force."""
    heads = {
        Order.NAME: (_("District"), "ascending"),
        Order.ATTENTION: (_("Health"), "descending"),
        Order.COMPLETED: (_("Last completed"), "descending"),
        Order.FAILURES: (_("Failures"), "descending"),
    }
    for one, (label, direction) in heads.items():
        asked = "" if one == Order.ATTENTION else one
        address = address_with(request, order=asked, page="")
        yield one, label, address, direction if one == order else ""


def _row(seen: StandingSeen, now: datetime) -> Row:
    today = now.astimezone(ZoneInfo(seen.timezone)).date()
    todo, where = _todo(seen)
    return Row(
        seen=seen,
        mark=_mark(seen.health),
        health=_HEALTHS[seen.health],
        why=_why(seen, now),
        completed=day_and_time(seen.applied_at) if seen.applied_at else _("Never"),
        change=_change(seen) if _counts(seen) else "",
        nights=nights_drawn(seen.nights, today),
        todo=todo,
        where=where,
    )


@cache
def _mark(health: Health) -> str:
    """Drawn once for all rows, and with that much faster."""
    return render_to_string("_mark.html", {"mark": health})


def _counts(seen: StandingSeen) -> bool:
    """Whether the failures of what was applied last are news."""
    return seen.health not in (Health.FAILED, Health.STALE) and seen.failures is not None


def _change(seen: StandingSeen) -> str:
    if seen.failures is None or seen.failures_before is None:
        return ""
    change = seen.failures - seen.failures_before
    if not change:
        return _("same") if seen.failures else ""
    return f"+{change:,}" if change > 0 else f"−{-change:,}"


def _why(seen: StandingSeen, now: datetime) -> str:
    match seen.health:
        case Health.FAILED:
            return seen.reason or ""
        case Health.HELD:
            held = seen.held or 0
            return ngettext("%(n)s removal is held", "%(n)s removals are held", held) % {
                "n": f"{held:,}"
            }
        case Health.STALE if seen.applied_at:
            hours = int((now - seen.applied_at).total_seconds() // 3600)
            return _("No completed sync for %(hours)s hours") % {"hours": f"{hours:,}"}
        case Health.WITH_ERRORS if seen.causes:
            causes = ngettext("%(n)s cause", "%(n)s causes", seen.causes) % {
                "n": f"{seen.causes:,}"
            }
            new = _(", %(n)s new") % {"n": f"{seen.new_causes:,}"} if seen.new_causes else ""
            return f"{causes}{new}"
        case Health.PAUSED if seen.paused_until:
            return _("Until %(day)s") % {"day": dateformat.format(seen.paused_until, "M j, Y")}
    return ""


def _todo(seen: StandingSeen) -> tuple[str, str]:
    """What a specialist is to do next, and where."""
    if seen.held_sync is not None:
        return _("Review the hold"), reverse("hold", args=[seen.slug, seen.held_sync])
    if seen.health == Health.FAILED and seen.ended is not None:
        return _("Look at the failure"), reverse("sync", args=[seen.slug, seen.ended])
    schools = reverse("schools", args=[seen.slug])
    if seen.asked:
        asked = ngettext(
            "Answer %(n)s request for a school", "Answer %(n)s requests for schools", seen.asked
        )
        return asked % {"n": f"{seen.asked:,}"}, schools
    if seen.health == Health.STALE:
        return _("See why no sync ran"), reverse("sync_reports", args=[seen.slug])
    if seen.waiting:
        onboard = ngettext("Onboard %(n)s school", "Onboard %(n)s schools", seen.waiting)
        return onboard % {"n": f"{seen.waiting:,}"}, schools
    return "", ""
