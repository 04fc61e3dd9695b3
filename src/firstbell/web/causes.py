"""The causes of a sync that somebody wants to see: by their age, and by what is looked for."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from firstbell.reports.causes import NO_CAUSES, Cause, Causes
from firstbell.store.findings import causes_of
from firstbell.store.history import SyncSeen
from firstbell.web.pages import View, address_with
from firstbell.web.seeking import SeekForm
from firstbell.web.told import ToldCause

_OPEN, _NEW, _STILL, _RESOLVED = "", "new", "still", "resolved"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the page shows of the causes."""

    #: By their age.
    views: Sequence[View]
    causes: Sequence[ToldCause]
    #: Those that are no more are asked for, and not those that there are.
    resolved: bool
    #: The cause that is open.
    opened: int


def chosen(
    request: HttpRequest,
    seen: SyncSeen,
    told: Sequence[ToldCause],
    causes: Causes,
    form: SeekForm,
) -> Chosen:
    """Picks the causes that were asked for.

    Args:
        request: what was asked: `view`, and `cause` for the one that is open.
        seen: the sync.
        told: its causes, in words.
        causes: the same, as they were found.
        form: what is looked for.
    """
    view = request.GET.get("view", _OPEN)
    shown = [one for one in told if _is_in(view, one.cause)]
    if asked := form.asked if form.is_set else None:
        owner = form.cleaned_data["owner"]
        shown = [one for one in shown if owner in ("", one.cause.turn)]
        shown = [one for one in shown if asked.table in ("", one.cause.table)]
        if asked.school or asked.sourced_id:
            numbers = causes_of(seen, asked) or set()
            shown = [one for one in shown if one.number in numbers]
    opened = request.GET.get("cause", "")
    return Chosen(
        views=_views(request, view, causes) if causes is not NO_CAUSES else (),
        causes=shown,
        resolved=view == _RESOLVED,
        opened=int(opened) if opened.isdecimal() and len(opened) < 4 else 0,
    )


def _is_in(view: str, cause: Cause) -> bool:
    if view == _RESOLVED:
        return False
    return view not in (_NEW, _STILL) or cause.is_new == (view == _NEW)


def _views(request: HttpRequest, current: str, causes: Causes) -> Sequence[View]:
    numbers = {_OPEN: causes.total}
    if any(one.known is not None for one in causes.shown) or causes.resolved:
        numbers |= {
            _NEW: causes.new,
            _STILL: causes.total - causes.new,
            _RESOLVED: len(causes.resolved),
        }
    if current not in numbers:
        current = _OPEN
    return [
        View(_LABELS[name], number, address_with(request, view=name, cause=""), name == current)
        for name, number in numbers.items()
    ]


_LABELS = {_OPEN: _("Open"), _NEW: _("New"), _STILL: _("Still open"), _RESOLVED: _("Resolved")}
