"""How a district stands, on top of every page about it: is all well, of when is it, what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import dateformat, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from firstbell.jobs.night import next_night
from firstbell.jobs.readiness import is_stale
from firstbell.store.history import SyncRow
from firstbell.store.latest import Latest
from firstbell.store.models import SyncStatus, Trigger
from firstbell.store.scope import DistrictSeen
from firstbell.web.amounts import counted
from firstbell.web.apis import called, is_api
from firstbell.web.held import gravest
from firstbell.web.moments import ZONES, day_and_time

#: The tables whose numbers are told.
_TABLES = ("orgs", "users", "classes", "enrollments")


@dataclass(frozen=True, slots=True)
class Strip:
    """The answer to the first question of a morning."""

    #: The sync that leads: the last that was applied, or a newer one that failed; None: none has run.
    leads: SyncRow | None
    #: The one that was applied last, when another leads.
    applied_before: SyncRow | None
    #: How many causes there are to fix in what was applied; None when that is not known.
    causes: int | None
    #: What the sync that leads is called.
    title: str
    #: When it ended, and the one that was applied last; empty when there is none.
    ended: str
    applied: str
    #: When the delivery that was applied was read; empty when none was. When the source made it is in
    #: no delivery.
    as_of: str
    #: What it was read from, in words; empty when that is not known.
    read_from: str
    #: When the next nightly sync starts; empty when none is to come.
    next: str
    #: The time zone of all these, as people call it.
    zone: str
    #: Why none is, or why not tonight; empty when there is nothing to say.
    next_note: str
    #: Whether nightly syncs are paused.
    paused: bool
    #: Whether there is a source to sync from.
    has_source: bool
    #: For how many hours no sync was applied; None while that is not too long.
    stale: int | None
    #: The sync whose removals are held until somebody decides; None when none is.
    held: int | None
    #: What is held, as a sentence without a full stop.
    held_what: str
    heads: Sequence[str]
    #: Rows of the table: what is counted, the numbers, and whether they wait for somebody.
    numbers: Sequence[tuple[str, Sequence[int | None], bool]]


def strip(district: DistrictSeen, latest: Latest, product: str) -> Strip:
    """Puts how a district stands into the words of the strip.

    Args:
        district: whose.
        latest: how it stands.
        product: how the product is called.
    """
    now, schedule = timezone.now(), latest.schedule
    ended, applied = latest.ended, latest.applied
    failed = ended is not None and ended.status == SyncStatus.FAILED
    following = next_night(schedule, now, district.pk)
    ended_at = applied.completed_at if applied else None
    paused = schedule.is_paused_on(timezone.localtime(now).date())
    late = ended_at is not None and not paused and is_stale(ended_at, schedule, now)
    stale = late and not latest.takes_uploads
    leads = ended if failed else applied
    return Strip(
        leads=leads,
        applied_before=applied if failed else None,
        causes=(applied.causes or {}).get("total") if applied else None,
        title=_title(ended) if failed and ended else _("Last completed sync"),
        ended=_said(leads.completed_at if leads else None),
        applied=_said(ended_at),
        as_of=_said(latest.read.started_at if latest.read else None),
        read_from=_read_from(latest.read, latest.source_of(latest.read)) if latest.read else "",
        next=_said(following.starts_at if following else None),
        zone=str(ZONES.get(district.timezone, district.timezone)),
        next_note=_note(latest, paused, following is None),
        paused=paused,
        has_source=schedule.since is not None,
        stale=int((now - ended_at).total_seconds() // 3600) if stale and ended_at else None,
        held=latest.held,
        held_what=_held(latest),
        heads=[_("Orgs"), _("Users"), _("Classes"), _("Enrollments")],
        numbers=_numbers(latest, product) if applied else (),
    )


def _said(moment: datetime | None) -> str:
    return day_and_time(moment) if moment else ""


def _read_from(read: SyncRow, source: str | None) -> str:
    if read.trigger == Trigger.UPLOAD:
        return _("read from an upload")
    if source and is_api(source):
        return _("read from %(source)s") % {"source": called(source)}
    return _("read from files of your SIS")


def _title(failed: SyncRow) -> str:
    of_tonight = (
        failed.trigger in (Trigger.NIGHTLY, Trigger.RETRIED)
        and failed.completed_at is not None
        and timezone.localtime(failed.completed_at).date() == timezone.localdate()
    )
    return _("Last night’s sync") if of_tonight else _("Last sync")


def _held(latest: Latest) -> str:
    table = gravest(latest.removals)
    if latest.is_review:
        return _("The first sync from another source waits for your specialist")
    if table is None:
        return _("A whole delivery was refused, for you to decide")
    number = latest.removals[table]
    sentence = ngettext(
        "%(what)s is held, for you to decide", "%(what)s are held, for you to decide", number
    )
    return sentence % {"what": counted(number, table)}


def _note(latest: Latest, paused: bool, none_to_come: bool) -> str:
    schedule, today = latest.schedule, timezone.localdate()
    if latest.running:
        return (
            _("an upload is running now")
            if latest.running == Trigger.UPLOAD
            else _("a sync is running now")
        )
    if paused:
        until = schedule.paused_until
        if until is None:
            return _("Paused")
        return _("Paused until %(day)s") % {"day": dateformat.format(until, "M j")}
    if latest.takes_uploads:
        return _("When files are uploaded")
    if schedule.since is None:
        return _("No source is connected yet")
    if none_to_come:
        return _("None is to come")
    left_out = [day for day in (today, today + timedelta(days=1)) if day in schedule.blackout]
    if left_out:
        day = dateformat.format(left_out[0], "D, M j")
        return _("No sync on %(day)s (blackout date)") % {"day": day}
    return ""


def _numbers(latest: Latest, product: str) -> Sequence[tuple[str, Sequence[int | None], bool]]:
    def of(outcome: str) -> list[int | None]:
        return [latest.tables.get(table, {}).get(outcome) for table in _TABLES]

    return (
        (_("In the source"), of("read"), False),
        (
            _("In %(product)s") % {"product": product},
            [latest.roster.get(table) for table in _TABLES],
            False,
        ),
        (_("Held"), [latest.removals.get(table, 0) for table in _TABLES], True)
        if latest.removals
        else (_("To fix"), of("failed"), True),
    )
