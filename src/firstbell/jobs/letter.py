"""What the people of a district are told of a sync: who it is about, what to do, and nobody's name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as formatted
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from firstbell.reports.kinds import Kind
from firstbell.store.models import About, SyncStatus


@dataclass(frozen=True, slots=True)
class Matter:
    """What there is to say of a sync."""

    about: About
    district: str
    zone: ZoneInfo
    status: SyncStatus
    #: It is the sync of a night.
    nightly: bool
    #: Why it failed, in one sentence without a full stop, and what to do about it.
    reason: str | None
    solution: str | None
    #: How many removals are held back, by table; None: nothing is held.
    held: Mapping[str, int] | None
    #: How many errors its reports list.
    failures: int
    #: How many causes there are to fix, None when that is not known; and how many of them are new.
    causes: int | None
    new: int
    #: What holds back most, without a name or an id.
    kinds: tuple[Kind, ...]
    #: When it ended; None: it has not.
    ended_at: datetime | None
    #: Since when the roster is as it is; None: there is none yet.
    applied_at: datetime | None
    now: datetime
    #: When the roster was to be ready; None: at no time, for it is no sync of a night.
    ready_by: datetime | None
    #: The address of its page, and of the one where people choose what they are told.
    page: str
    choice: str
    product: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail, but for whom it is from and to."""

    subject: str
    text: str


def letter(matter: Matter) -> Letter:
    """Puts what there is to say of a sync into words for people who are no technicians."""
    title, said = _said(matter)
    district = " ".join(matter.district.split())  # a line break would end the subject
    footer = _(
        "%(product)s sends this to the administrators of %(district)s. Times are %(zone)s."
    ) % {"product": matter.product, "district": district, "zone": matter.zone.key}
    end = [
        _("See and decide:") if matter.held is not None else _("All about it:"),
        _("Choose which mails you get:"),
    ]
    page, choice = (
        f"{what}\n{at}" for what, at in zip(end, (matter.page, matter.choice), strict=True)
    )
    return Letter(f"{district}: {title}", "\n\n".join([*said, page, choice, footer]) + "\n")


def _said(matter: Matter) -> tuple[str, list[str]]:
    """What the matter is, and what is said of it, in paragraphs."""
    if matter.about == About.STALE:
        return _stale(matter)
    if matter.about == About.LATE:
        title, said = _late(matter)
    elif matter.status == SyncStatus.FAILED:
        title, said = _failed(matter)
    elif matter.held is not None:
        title, said = _held(matter)
    else:
        title, said = _completed(matter)
    status = _("Sync status: %(status)s") % {"status": matter.status.value}
    return title, [*said, status]


def _completed(matter: Matter) -> tuple[str, list[str]]:
    when = _when(matter, matter.ended_at or matter.now)
    ended = _("On %(when)s, %(which)s completed") % {"when": when, "which": _which(matter)}
    if matter.causes is None:
        return _("completed"), [f"{ended}."]
    if not matter.causes:
        return _("completed, nothing to fix"), [
            _("%(ended)s: everything is up to date.") % {"ended": ended}
        ]
    to_fix = ngettext("%(number)s cause to fix", "%(number)s causes to fix", matter.causes) % {
        "number": f"{matter.causes:,}"
    }
    if matter.new:
        to_fix = _("%(to_fix)s, %(new)s new") % {"to_fix": to_fix, "new": f"{matter.new:,}"}
    said = _("%(ended)s: %(to_fix)s. Everything else is up to date.") % {
        "ended": ended,
        "to_fix": to_fix,
    }
    return _("completed, %(to_fix)s") % {"to_fix": to_fix}, [said, *_biggest(matter)]


def _biggest(matter: Matter) -> list[str]:
    """What holds back most, one a line; nothing when that is not known."""
    lines = []
    for kind in matter.kinds:
        title = _("%(title)s (new)") % {"title": kind.title} if kind.is_new else kind.title
        waiting = ngettext("%(number)s record waits", "%(number)s records wait", kind.records)
        lines.append(f"- {title}: {waiting % {'number': f'{kind.records:,}'}}")
    return ["\n".join([_("To fix, biggest first:"), *lines])] if lines else []


def _failed(matter: Matter) -> tuple[str, list[str]]:
    reason, solution = _why(matter)
    which = _which(matter)
    failed = _("%(which)s did not go through") % {"which": which}
    return failed, [
        f"{_first_up(failed)}. {_('Nothing was changed.')} {_roster(matter)}",
        _("Why: %(reason)s.") % {"reason": reason},
        _("What to do: %(solution)s") % {"solution": solution},
    ]


def _why(matter: Matter) -> tuple[str, str]:
    """The reason, and what to do about it."""
    reason = matter.reason or ""
    if matter.held is not None:
        decide = _(
            "If the delivery is right, apply it on the page below. If it is not, dismiss it there and"
            " correct the export; the next sync reads it."
        )
        return _("the delivery %(reason)s") % {"reason": reason}, decide
    return reason, matter.solution or _("Ask your specialist to look at it.")


def _held(matter: Matter) -> tuple[str, list[str]]:
    held = matter.held or {}
    number = sum(held.values())
    removals = ngettext("%(number)s removal", "%(number)s removals", number) % {
        "number": f"{number:,}"
    }
    title = _("%(which)s held back %(removals)s") % {"which": _which(matter), "removals": removals}
    through = _(
        "%(which)s went through, but far more would have been removed than usual."
        " Not removed, until somebody decides: %(held)s. All else was applied."
    ) % {"which": _first_up(_which(matter)), "held": _listed(held)}
    errors = ngettext(
        "The reports list %(number)s error.", "The reports list %(number)s errors.", matter.failures
    ) % {"number": f"{matter.failures:,}"}
    decide = _(
        "What to do: If all of it is to be removed, apply it on the page below. If not, dismiss it"
        " there and correct the export. If nobody decides, nothing is removed, and the next sync"
        " judges afresh."
    )
    return title, [f"{through} {errors}", decide, *_biggest(matter)]


def _late(matter: Matter) -> tuple[str, list[str]]:
    running = matter.status == SyncStatus.RUNNING
    has = _("is still running") if running else _("has not started yet")
    by = ""
    if matter.ready_by:
        by = _(" by %(when)s") % {"when": _when(matter, matter.ready_by)}
    late = _("The roster was to be ready%(by)s, and is not: %(which)s %(has)s.") % {
        "by": by,
        "which": _which(matter),
        "has": has,
    }
    wait = _(
        "What to do: Look at the page below in a while: it says when the sync has ended. If it does"
        " not end within the hour, ask your specialist."
    )
    return _("the roster is not ready yet"), [f"{late} {_roster(matter)}", wait]


def _stale(matter: Matter) -> tuple[str, list[str]]:
    hours = int((matter.now - (matter.applied_at or matter.now)).total_seconds() // 3600)
    none = _("no completed sync for %(hours)s hours") % {"hours": f"{hours:,}"}
    look = _(
        "What to do: Look at the page below: it says why the syncs since then did not go through, and"
        " what to do. If there are none, ask your specialist."
    )
    return none, [f"{_first_up(none)}. {_roster(matter)}", look]


def _listed(held: Mapping[str, int]) -> str:
    """So many objects of each table: `1 school, 60 users and 1,200 enrollments`."""
    words = {
        "orgs": ngettext("%(number)s school", "%(number)s schools", held.get("orgs", 0)),
        "users": ngettext("%(number)s user", "%(number)s users", held.get("users", 0)),
        "classes": ngettext("%(number)s class", "%(number)s classes", held.get("classes", 0)),
        "enrollments": ngettext(
            "%(number)s enrollment", "%(number)s enrollments", held.get("enrollments", 0)
        ),
    }
    parts = [
        said % {"number": f"{held[table]:,}"} for table, said in words.items() if table in held
    ]
    return get_text_list(parts, _("and"))


def _roster(matter: Matter) -> str:
    if matter.applied_at is None:
        return _("There is no roster yet.")
    when = _when(matter, matter.applied_at)
    return _("The roster of %(when)s stays in use.") % {"when": when}


def _which(matter: Matter) -> str:
    return _("last night's sync") if matter.nightly else _("a sync")


def _when(matter: Matter, moment: datetime) -> str:
    return formatted(moment.astimezone(matter.zone), "l, F j, Y, P")


def _first_up(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
