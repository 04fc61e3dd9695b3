"""How a district stands: its last syncs, what they left, and its nights."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from firstbell.store.artefacts import folder_of
from firstbell.store.history import ROW_COLUMNS, SyncRow, row_of
from firstbell.store.models import (
    UPLOAD,
    District,
    HoldDecision,
    Sync,
    SyncStatus,
    Trigger,
)
from firstbell.store.schedules import Schedule, schedule_of
from firstbell.store.scope import DistrictSeen
from firstbell.store.syncs import FROM_LAST_FEED


@dataclass(frozen=True, slots=True)
class Latest:
    """How a district stands."""

    #: The sync that ended last; None when none has.
    ended: SyncRow | None
    #: The one that the roster as it is was applied by; None when nothing ever was.
    applied: SyncRow | None
    #: The one that read the delivery which that was made from: it may have judged it again. None when
    #: nothing was applied, or that is not known any more.
    read: SyncRow | None
    #: By table of the feed: records of that one by outcome, and active objects after it.
    tables: Mapping[str, Mapping[str, int]]
    roster: Mapping[str, int]
    #: With what came of it; None when nothing ever was applied.
    folder: Path | None
    #: The newest sync, when removals of it are held and somebody can decide.
    held: int | None
    #: How many those are, by table; none when the whole delivery was refused.
    removals: Mapping[str, int]
    #: A specialist decides on it: it is the first sync from another source.
    is_review: bool
    #: What started the sync that runs now; None when none does.
    running: Trigger | None
    schedule: Schedule
    #: Where its deliveries come from; None: it has no source yet.
    source: str | None

    @property
    def takes_uploads(self) -> bool:
        """Whether uploaded files are its source: then it has no nights."""
        return self.source == UPLOAD

    def source_of(self, sync: SyncRow) -> str | None:
        """Of what kind the source is that the records of a sync came from."""
        return sync.source or (UPLOAD if sync.trigger is Trigger.UPLOAD else self.source)


_DISTRICT = """
SELECT *, (SELECT kind FROM sources WHERE district_id = districts.id) AS source
FROM districts WHERE id = %s
"""
#: The newest sync of a district, the one that runs, the one that ended last, one by its id, and the
#: newest up to that which read a delivery: one look at each, for this is asked for on every page.
_OF_NOTE = f"""
SELECT id, district_id, attempts, tables, roster, held, is_review, digest, {", ".join(ROW_COLUMNS)}
FROM syncs WHERE district_id = %(district)s AND id IN (
    (SELECT max(id) FROM syncs WHERE district_id = %(district)s),
    (SELECT id FROM syncs WHERE district_id = %(district)s AND completed_at IS NULL
     AND status = '{SyncStatus.RUNNING}' LIMIT 1),
    (SELECT id FROM syncs WHERE district_id = %(district)s AND completed_at IS NOT NULL
     ORDER BY completed_at DESC, id DESC LIMIT 1),
    (SELECT id FROM syncs WHERE district_id = %(district)s AND digest IS NOT NULL
     AND id <= %(applied)s ORDER BY id DESC LIMIT 1),
    %(applied)s)
"""


def latest_of(seen: DistrictSeen) -> Latest:
    """How a district stands."""
    (district,) = District.objects.raw(_DISTRICT, [seen.pk])
    source = vars(district)["source"]
    asked = {"district": seen.pk, "applied": district.applied_sync_id}
    of_note = {sync.pk: sync for sync in Sync.objects.raw(_OF_NOTE, asked)}
    applied = of_note.get(district.applied_sync_id or 0)
    ended = [(sync.completed_at, pk) for pk, sync in of_note.items() if sync.completed_at]
    newest = of_note[max(of_note)] if of_note else None
    held = newest if newest and newest.hold_decision == HoldDecision.OPEN else None
    running = [sync for sync in of_note.values() if sync.status == SyncStatus.RUNNING]
    return Latest(
        ended=row_of(of_note[max(ended)[1]]) if ended else None,
        applied=row_of(applied) if applied else None,
        read=_read(applied, of_note),
        tables=(applied.tables if applied else None) or {},
        roster=(applied.roster if applied else None) or {},
        folder=folder_of(applied) if applied else None,
        held=held.pk if held else None,
        removals=(held.held if held else None) or {},
        is_review=held is not None and held.is_review,
        running=Trigger(running[0].trigger) if running else None,
        schedule=schedule_of(district),
        source=source,
    )


def _read(applied: Sync | None, of_note: Mapping[int, Sync]) -> SyncRow | None:
    """The sync that read what was applied."""
    if applied is None or applied.trigger not in FROM_LAST_FEED:
        return row_of(applied) if applied else None
    readers = [pk for pk, sync in of_note.items() if sync.digest and pk <= applied.pk]
    return row_of(of_note[max(readers)]) if readers else None
