"""A night: a delivery beside the roster as applied → what to apply, what is held, what is refused.

What a sync means §6 and §7. Pure as `sync`: it knows no clock, no network and no PostgreSQL.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from firstbell.engine.applied import open_applied
from firstbell.engine.compare import Changes, compare, count_changes
from firstbell.engine.guard import Decision, guard, hold_back
from firstbell.engine.held import hold_with_parents
from firstbell.engine.policy import GuardLimits, Policy
from firstbell.engine.result import Status, SyncResult
from firstbell.engine.sync import sync
from firstbell.feed.read import Reading


@dataclass(frozen=True, slots=True)
class Night:
    """What a sync would apply; the objects are tables in the result's database, see `compare`."""

    result: SyncResult
    #: By table of the feed; nothing when all is refused.
    changes: Mapping[str, Changes]
    #: None when nothing was guarded.
    decision: Decision | None

    @property
    def refused(self) -> str:
        """Why nothing is applied, in one sentence without a full stop; empty when it is."""
        return self.decision.refused if self.decision else ""

    @property
    def status(self) -> Status:
        """How the sync ends, when what it found is applied."""
        if self.refused:
            return Status.FAILED
        held = self.decision is not None and self.decision.held
        return Status.WITH_ERRORS if held else self.result.status


def night(
    reading: Reading,
    policy: Policy,
    applied: Path | None,
    limits: GuardLimits | None,
    judged: Callable[[], None] = lambda: None,
    *,
    review: str = "",
) -> Night:
    """What a sync of a delivery would change.

    Args:
        reading: the delivery.
        policy: what to judge by.
        applied: the folder of the roster as applied, see `open_applied`; None on the first night.
        limits: those of the guard; None for a sync that a person lets through. The first sync of
            a district is not guarded.
        judged: told when all records have been judged, and are to be compared.
        review: why a person looks at it first, whatever its numbers; empty: there is no reason.
    """
    database = reading.database
    open_applied(database, applied)
    result = sync(reading, policy, holding=applied is not None)
    judged()
    if applied is None:
        for table in reading.files:
            database.execute(f"CREATE TABLE held_{table} (id VARCHAR)")
    said = compare(reading)
    result = replace(result, said=(*result.said, *said))
    decision = None
    if applied is not None and limits is not None:
        decision = guard(reading, policy, limits, review)
        if decision.held:
            hold_back(database)
            hold_with_parents(database)
    changes = {} if decision and decision.refused else count_changes(database, list(result.counts))
    return Night(result, changes, decision)
