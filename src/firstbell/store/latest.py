"""How a district stands: its last syncs, what they left, and its nights."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from firstbell.store.artefacts import folder_of
from firstbell.store.history import SyncRow, first_row, row_of
from firstbell.store.models import District, HoldDecision, Sync, SyncStatus, Trigger
from firstbell.store.schedules import Schedule, schedule_of
from firstbell.store.scope import DistrictSeen


@dataclass(frozen=True, slots=True)
class Latest:
    """How a district stands."""

    #: The sync that ended last; None when none has.
    ended: SyncRow | None
    #: The one that the roster as it is was applied by; None when nothing ever was.
    applied: SyncRow | None
    #: By table of the feed: records of that one by outcome, and active objects after it.
    tables: Mapping[str, Mapping[str, int]]
    roster: Mapping[str, int]
    #: With what came of it; None when nothing ever was applied.
    folder: Path | None
    #: The newest sync, when removals of it are held and somebody can decide.
    held: int | None
    #: How many those are, by table; none when the whole delivery was refused.
    removals: Mapping[str, int]
    #: What started the sync that runs now; None when none does.
    running: Trigger | None
    schedule: Schedule


def latest_of(seen: DistrictSeen) -> Latest:
    """How a district stands."""
    district = District.objects.select_related("applied_sync").get(pk=seen.pk)
    syncs = Sync.objects.filter(district_id=seen.pk)
    applied = district.applied_sync
    newest = syncs.order_by("-pk").only("hold_decision", "held").first()
    held = newest if newest and newest.hold_decision == HoldDecision.OPEN else None
    running = syncs.filter(completed_at=None, status=SyncStatus.RUNNING)
    trigger = running.values_list("trigger", flat=True).first()
    return Latest(
        ended=first_row(syncs.exclude(completed_at=None).order_by("-completed_at", "-pk")),
        applied=row_of(applied) if applied else None,
        tables=(applied.tables if applied else None) or {},
        roster=(applied.roster if applied else None) or {},
        folder=folder_of(applied) if applied else None,
        held=held.pk if held else None,
        removals=(held.held if held else None) or {},
        running=Trigger(trigger) if trigger else None,
        schedule=schedule_of(district),
    )
