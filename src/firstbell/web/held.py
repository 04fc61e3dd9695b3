"""What is held, in the words of its page."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from firstbell.engine.guard import Going, GoingAt, is_emptied, is_replaced, is_too_many
from firstbell.engine.policy import GuardLimits
from firstbell.reports.held_removals import NAME
from firstbell.reports.order import Computed
from firstbell.store.history import HoldSeen, SyncSeen
from firstbell.store.models import HoldDecision, SyncStatus
from firstbell.web.amounts import amounts, counted, noun
from firstbell.web.changed import told_reason

#: What is guarded, by the table of the feed that it is of.
_TABLES = {"schools": "orgs", "users": "users", "classes": "classes", "enrollments": "enrollments"}
#: Told first: who would lose access, then what.
_ORDER = ("users", "classes", "enrollments", "orgs")


def gravest(removals: Mapping[str, int]) -> str | None:
    """The table whose removals are told first; None when there are none."""
    return next((table for table in _ORDER if removals.get(table)), None)


@dataclass(frozen=True, slots=True)
class Guarded:
    """One number that the guard compared with its limit."""

    name: str
    #: Of the school whose students are counted; empty when it is no school.
    sourced_id: str
    active: int
    going: int
    share: int
    #: In percent; None when it is not known which it was.
    limit: int | None
    is_over: bool


@dataclass(frozen=True, slots=True)
class Held:
    """What is held back or refused, and what can be done about it."""

    hold: HoldSeen
    #: What would happen, as a sentence with a full stop.
    title: str
    #: All that would be deactivated, in words.
    removals: str
    #: Where the most of what the title names would go, as a sentence; empty when that is not half.
    mostly: str
    #: What of it the title does not name, in words; empty when that is all.
    others: str
    #: What has to be typed to let it in.
    number: int
    #: Nothing at all was let in.
    refused: bool
    #: What was decided, as a sentence; empty while nothing is.
    decided: str
    #: What all of it would do, when that is looked at because the source has changed: what, how many
    #: are active, would be created, updated and deactivated.
    would: Sequence[tuple[str, int, int, int, int]]
    #: What was compared with the limits: students of schools that would lose too many, all of a kind.
    why: Sequence[Guarded]
    #: From where on that is too much, as a sentence; empty when the limits are not known.
    limits: str
    #: What stands in the next, such as users; empty when that is not known.
    going: str
    #: The schools where most would go: name, id, how many are there, would go, and the share.
    at: Sequence[tuple[str, str, int, int, int]]


def held(seen: SyncSeen, computed: Computed | None) -> Held | None:
    """Tells what is held back of a sync; None when nothing is.

    Args:
        seen: the sync.
        computed: what it came to; None: that is not kept any more.
    """
    hold = seen.hold
    if hold is None:
        return None
    guarded = (computed.guarded if computed else None) or {}
    going = {_TABLES[name]: one.going for name, one in guarded.items()}
    removals = hold.removals or going
    table = gravest(removals) or "users"
    number = removals.get(table, 0)
    refused = seen.row.status == SyncStatus.FAILED
    at = computed.going_at if computed else ()
    return Held(
        hold=hold,
        title=(
            _("Failed: %(reason)s, so we applied nothing.") % {"reason": seen.row.reason}
            if refused
            else _held_back(hold, number, table)
        ),
        removals=amounts(removals),
        mostly=_mostly(at[0], number) if at and at[0].table == table else "",
        others=amounts({one: count for one, count in removals.items() if one != table}),
        number=number,
        refused=refused,
        decided=_decided(hold),
        would=list(_would(guarded)) if hold.is_review else (),
        why=list(_why(computed, refused=refused)) if computed and not hold.is_review else (),
        limits=_limits(computed.limits, refused=refused) if computed and computed.limits else "",
        going=noun(2, at[0].table).capitalize() if at else "",
        at=[
            (one.name, one.sourced_id, one.active, one.going, _percent(one.going, one.active))
            for one in at
        ],
    )


def _would(guarded: Mapping[str, Going]) -> Iterator[tuple[str, int, int, int, int]]:
    for kind, one in guarded.items():
        yield _kind(kind), one.active, one.new, one.changed, one.going + one.expected


def _kind(name: str) -> str:
    return _("Schools") if name == "schools" else noun(2, _TABLES[name]).capitalize()


def _why(computed: Computed, *, refused: bool) -> Iterator[Guarded]:
    limits = computed.limits
    for at in computed.emptied:
        share = _percent(at.going, at.active)
        name = _("Students of %(school)s") % {"school": at.name}
        limit = limits.gone_of_school if limits else None
        yield Guarded(name, at.sourced_id, at.active, at.going, share, limit, is_over=True)
    for kind, one in (computed.guarded or {}).items():
        name = _kind(kind)
        share = _percent(one.going, one.active)
        if limits is None:
            limit, is_over = None, False
        elif refused:
            limit, is_over = limits.replaced, is_replaced(one, limits) or is_emptied(kind, one)
        else:
            limit, is_over = limits.gone, is_too_many(one, limits)
        yield Guarded(name, "", one.active, one.going, share, limit, is_over)


def _limits(limits: GuardLimits, *, refused: bool) -> str:
    if refused:
        return _(
            "All is refused when more than %(share)s %% and more than %(least)s of a kind would go"
            " while as many new ones come, or none would be left."
        ) % {"share": limits.replaced, "least": f"{limits.least:,}"}
    return _(
        "Up to %(least)s of a kind may go, whatever their share. At a school with %(students)s"
        " students or more, more than %(share)s %% of them are too many."
    ) % {
        "least": f"{limits.least:,}",
        "students": f"{limits.school_students:,}",
        "share": limits.gone_of_school,
    }


def _percent(part: int, of: int) -> int:
    return round(100 * part / of) if of else 0


def held_samples(seen: SyncSeen, most: int = 5) -> Sequence[Sequence[str]]:
    """The first removals of held_removals.csv: file, sourcedId and why; none when it is gone.

    Args:
        seen: the sync.
        most: how many at most.
    """
    try:
        with (seen.folder / "reports" / NAME).open(encoding="utf-8-sig", newline="") as file:
            return [
                (of, sourced_id, told_reason(reason, seen.source))
                for of, sourced_id, reason in islice(csv.reader(file), 1, most + 1)
            ]
    except OSError:
        return []


def _held_back(hold: HoldSeen, number: int, table: str) -> str:
    """What would go, and that it does not; in the past when the hold is over."""
    users = table == "users"
    if hold.is_open:
        would = _("%(what)s would lose access.") if users else _("%(what)s would go.")
        held_back = ngettext(
            "We held its removal until you decide.",
            "We held their removal until you decide.",
            number,
        )
    else:
        would = _("%(what)s would have lost access.") if users else _("%(what)s would have gone.")
        held_back = ngettext("We held its removal.", "We held their removal.", number)
    return f"{would % {'what': counted(number, table)}} {held_back}"


def _mostly(at: GoingAt, number: int) -> str:
    if 2 * at.going <= number or number < at.going:
        return ""
    said = {"part": f"{at.going:,}", "all": f"{number:,}", "school": at.name}
    if at.going == number:
        return _("All %(all)s are at %(school)s.") % said
    return _("%(part)s of the %(all)s are at %(school)s.") % said


def _decided(hold: HoldSeen) -> str:
    who = hold.decided_by or _("somebody")
    by = f"{who}: {hold.reason}" if hold.reason else who
    match hold.decision:
        case HoldDecision.DISMISSED:
            return _("Dismissed by %(by)s") % {"by": by}
        case HoldDecision.APPLIED:
            return _("Applied by %(by)s") % {"by": by}
        case HoldDecision.ENDED:
            return _("Nobody decided, and the next sync judged afresh; nothing was removed.")
    if hold.decided_at is not None:
        return _("To be applied, decided by %(by)s") % {"by": by}
    return "" if hold.is_open else _("A newer sync has begun, which judges afresh")
