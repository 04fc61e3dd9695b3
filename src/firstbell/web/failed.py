"""A sync that failed, as its page tells it: what was delivered, and what comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from firstbell.jobs.night import is_left_out, next_try, night_for
from firstbell.store.history import SyncSeen
from firstbell.store.latest import Latest
from firstbell.store.models import SyncStatus
from firstbell.store.nights import Try, tries_of
from firstbell.store.scope import DistrictSeen
from firstbell.web.moments import at


@dataclass(frozen=True, slots=True)
class DeliveredFile:
    """A file, in words."""

    name: str
    readable: bool
    #: Whether it can be read, or why not.
    said: str
    rows: int | None
    rows_before: int | None
    #: Columns that are gone, with what they may be called now.
    gone: Sequence[str]


@dataclass(frozen=True, slots=True)
class Failed:
    """What there is to say of a sync that failed."""

    #: When it is tried again, in a sentence; empty when it is not.
    again: str
    #: How often it was tried that night; empty when it was no nightly one.
    tried: str
    files: Sequence[DeliveredFile]
    #: Whether there was a delivery before it to compare with.
    compared: bool


def failed(district: DistrictSeen, seen: SyncSeen, latest: Latest) -> Failed | None:
    """Puts a sync that failed into words; None when it did not fail.

    Args:
        district: whose.
        seen: the sync.
        latest: how the district stands.
    """
    if seen.row.status != SyncStatus.FAILED:
        return None
    again, tried = "", ""
    if seen.night is not None:
        tries = tries_of(district.pk, seen.night)
        night = night_for(latest.schedule, seen.night, district.pk)
        moment = next_try(tries, night)
        now = timezone.now()
        if seen.later is None and moment and now < night.ready_by:
            again = "" if is_left_out(latest.schedule, night) else _again(max(moment, now))
        tried = _tried(tries, seen)
    files = [_file(one, seen.row.reason or "") for one in seen.delivered]
    return Failed(again, tried, files, any(one.rows_before is not None for one in files))


def _again(moment: datetime) -> str:
    return _("We try again at %(time)s; you need not do anything yet.") % {"time": at(moment)}


def _tried(tries: Sequence[Try], seen: SyncSeen) -> str:
    ended = seen.row.completed_at
    number = sum(1 for one in tries if one.completed_at and ended and one.completed_at <= ended)
    times = ngettext("Once", "%(number)d times that night", number) % {"number": number}
    if seen.may_pass:
        return times
    return _("%(times)s. This does not heal by trying again.") % {"times": times}


def _file(one: Mapping[str, Any], reason: str) -> DeliveredFile:
    name = f"{one['table']}.csv"
    concerned = name in reason
    if not one["is_there"]:
        said = _("Not in the delivery")
    elif concerned:
        why = reason.removeprefix(name).strip()
        said = why[:1].upper() + why[1:]
    elif one["rows"] is None:
        said = _("Cannot be read")
    else:
        said = _("Readable")
    return DeliveredFile(
        name=name,
        readable=bool(one["is_there"] and one["rows"] is not None and not concerned),
        said=said,
        rows=one["rows"],
        rows_before=one["rows_before"],
        gone=_gone(one, reason),
    )


def _gone(one: Mapping[str, Any], reason: str) -> Sequence[str]:
    """Of each column that is gone, what it may be called now; or that it is, if that is not said."""
    renamed, words = dict(one["renamed"]), reason.split()
    return [
        _("Column “%(column)s” is gone; it is probably called “%(name)s” now.")
        % {"column": column, "name": renamed[column]}
        if column in renamed
        else _("Column “%(column)s” is gone.") % {"column": column}
        for column in one["missing"]
        if column in renamed or column not in words
    ]
