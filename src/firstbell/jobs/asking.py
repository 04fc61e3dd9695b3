"""What a school that is asked for would bring: the last feed, judged as if it were onboarded."""

from collections.abc import Mapping
from dataclasses import asdict

from firstbell.engine.result import Status
from firstbell.jobs.preview import preview_sync
from firstbell.store.models import SchoolRequest
from firstbell.store.school_requests import request_brings


def look_at(request: SchoolRequest) -> None:
    """Finds out what would come in and what would fail, beyond what does now."""
    applied = request.district.applied_sync
    if applied is None or request.answered_at is not None:
        return
    school = frozenset({request.sourced_id})
    with preview_sync(request.district, None, None, onboarding=school) as ran:
        if ran.summary.status is Status.FAILED:
            return
        brings = {
            table: _beyond((applied.tables or {}).get(table, {}), asdict(counts))
            for table, counts in ran.summary.tables.items()
        }
    request_brings(request, brings)


def _beyond(now: Mapping[str, int], then: Mapping[str, int]) -> dict[str, int]:
    return {
        outcome: max(then[outcome] - now.get(outcome, 0), 0) for outcome in ("accepted", "failed")
    }
