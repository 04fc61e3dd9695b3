"""The kinds of causes that a sync has, for where no record, school or person may be named."""

from collections.abc import Iterable
from dataclasses import dataclass

from firstbell.oneroster.dictionary import Version
from firstbell.reports.causes import Cause
from firstbell.reports.grouping import MISSING_PARENT
from firstbell.rules.catalogue import rule
from firstbell.rules.orgs import NOT_ONBOARDED


@dataclass(frozen=True, slots=True)
class Kind:
    """Causes that are told by the same title."""

    #: It names no record.
    title: str
    #: How many records they hold back.
    records: int
    #: Some of them are new.
    is_new: bool


def kinds_of(causes: Iterable[Cause], version: Version) -> list[Kind]:
    """The kinds of some causes, those that hold back most first.

    Args:
        causes: of one sync.
        version: of OneRoster, as the sync read it.
    """
    found: dict[str, Kind] = {}
    for cause in causes:
        title = _title(cause, version)
        before = found.get(title, Kind(title, 0, is_new=False))
        found[title] = Kind(
            title, before.records + cause.held_back, is_new=before.is_new or cause.is_new
        )
    return sorted(found.values(), key=lambda kind: -kind.records)


def _title(cause: Cause, version: Version) -> str:
    if cause.code == NOT_ONBOARDED.code:
        return rule(cause.code, version).title
    if cause.parent:
        return f"{MISSING_PARENT[cause.code].capitalize()} is not in the data"
    return cause.title
