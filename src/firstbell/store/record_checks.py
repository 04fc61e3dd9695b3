"""Records that people have an API asked for again, and what a sync would make of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from firstbell.store.errors import StoreError
from firstbell.store.models import RecordCheck, RecordOutcome
from firstbell.store.scope import DistrictSeen

#: Whoever asks for a record again so soon gets the same answer.
_SAME = timedelta(seconds=15)
#: An API is asked for so many records of a district within that time.
_MOST, _WITHIN = 20, timedelta(minutes=5)
#: What has no answer after that will have none: its worker died.
_LONGEST = timedelta(minutes=5)


class TooOften(StoreError):
    """Too many records were asked for within a short time."""


@dataclass(frozen=True, slots=True)
class RecordAnswer:
    """What a record came to."""

    outcome: RecordOutcome
    version: str | None = None
    #: Field, severity, code and message of each finding, failures first.
    said: Sequence[Mapping[str, str]] = ()
    #: Why it is left out or not known, in a sentence without a full stop, and what to do about it.
    reason: str = ""
    solution: str = ""


@dataclass(frozen=True, slots=True)
class RecordCheckSeen:
    """A record that was asked for, as its page shows it."""

    pk: int
    sync: int
    table: str
    sourced_id: str
    #: The kind of source that was asked.
    source: str
    asked_at: datetime
    #: None: there is none yet.
    answer: RecordAnswer | None
    answered_at: datetime | None
    #: There will be none.
    is_lost: bool


def record_ask(
    *, district: int, sync: int, table: str, sourced_id: str, source: str, who: str
) -> tuple[RecordCheck, bool]:
    """Asks for a record.

    Args:
        district: whose, by id.
        sync: the one whose finding it is asked for, by number.
        table: of the feed.
        sourced_id: of the record.
        source: the kind of source that is asked.
        who: asks.

    Returns:
        What was asked, and whether it is new: somebody may have asked for it just now.

    Raises:
        TooOften: Too many records were asked for.
    """
    now = timezone.now()
    asked = RecordCheck.objects.filter(district_id=district)
    one = {"sync_id": sync, "table": table, "sourced_id": sourced_id}
    same = asked.filter(**one, asked_at__gt=now - _SAME).order_by("-pk").first()
    same = same or asked.filter(**one, ended_at=None, asked_at__gt=now - _LONGEST).first()
    if same:
        return same, False
    if asked.filter(asked_at__gt=now - _WITHIN).count() >= _MOST:
        raise TooOften(f"{_MOST} records were asked for within a few minutes; wait a little")
    return RecordCheck.objects.create(district_id=district, **one, source=source, who=who), True


def record_answered(check: RecordCheck, answer: RecordAnswer) -> None:
    """Keeps what a record came to."""
    RecordCheck.objects.filter(pk=check.pk, ended_at=None).update(
        ended_at=timezone.now(),
        outcome=answer.outcome,
        version=answer.version,
        said=[dict(one) for one in answer.said],
        reason=answer.reason,
        solution=answer.solution,
    )


def record_check_of(district: DistrictSeen, pk: int) -> RecordCheckSeen | None:
    """A record that was asked for; None when the district has none of that number."""
    found = RecordCheck.objects.filter(district_id=district.pk, pk=pk).first()
    if found is None:
        return None
    answer = None
    if found.outcome:
        answer = RecordAnswer(
            RecordOutcome(found.outcome), found.version, found.said, found.reason, found.solution
        )
    return RecordCheckSeen(
        found.pk,
        found.sync_id,
        found.table,
        found.sourced_id,
        found.source,
        found.asked_at,
        answer,
        found.ended_at,
        is_lost=answer is None and found.asked_at < timezone.now() - _LONGEST,
    )
