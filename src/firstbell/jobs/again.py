"""A single record is asked for again: what would a sync make of it? Nothing is applied or kept of it."""

from dataclasses import asdict
from pathlib import Path

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from firstbell.feed.package import Limits
from firstbell.feed.refusal import Refused
from firstbell.jobs.child import Broken, Died, judge_apart
from firstbell.jobs.fetching import KEY_GONE, TYPE_IT, SecretLost, record_of
from firstbell.jobs.ordering import order_of
from firstbell.jobs.tasks import ASKED, DatabaseGone
from firstbell.reports.one import OneJudged
from firstbell.sources.source import Gone, Source
from firstbell.store.artefacts import roster_held
from firstbell.store.errors import StoreError
from firstbell.store.models import RecordCheck, RecordOutcome
from firstbell.store.policies import today_in
from firstbell.store.record_checks import RecordAnswer, record_answered, record_ask

_TRY_AGAIN = "Check it again in a few minutes."
_OTHER_SOURCE = "the roster was last read from another source, or in another way"
_NEXT_SYNC = "The next sync reads all records; then single ones can be asked for."


def queue_record(
    *, district: int, sync: int, table: str, sourced_id: str, source: str, who: str
) -> RecordCheck:
    """Lets a worker ask for a record, unless one does already; see `record_ask`."""
    with transaction.atomic():
        check, is_new = record_ask(
            district=district,
            sync=sync,
            table=table,
            sourced_id=sourced_id,
            source=source,
            who=who,
        )
        if is_new:
            check_record.configure(lock=f"asking for {district}").defer(check_id=check.pk)
    return check


@app.task(name="check_record", queue=ASKED)
def check_record(check_id: int) -> None:
    """Asks for a record and judges it, unless it has an answer."""
    try:
        check = RecordCheck.objects.select_related("district__last_feed").get(pk=check_id)
        if check.ended_at is None:
            record_answered(check, _answer(check))
    except (OperationalError, InterfaceError):
        raise DatabaseGone from None


def _answer(check: RecordCheck) -> RecordAnswer:
    feed = check.district.last_feed
    try:
        said, source = record_of(check.district, check.table, check.sourced_id)
        if feed is None or feed.read_from != said:
            return _unknown(_OTHER_SOURCE, _NEXT_SYNC)
        return _told(_judged(check, source))
    except Gone:
        return RecordAnswer(RecordOutcome.GONE)
    except Refused as refused:
        return _unknown(str(refused), refused.solution)
    except SecretLost:
        return _unknown(KEY_GONE, TYPE_IT)
    except StoreError:  # its text is for commands
        return _unknown(_OTHER_SOURCE, _NEXT_SYNC)
    except (Died, Broken) as error:
        return _unknown(str(error), _TRY_AGAIN)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # its text may name people
        return _unknown(str(Broken.because_of(error)), _TRY_AGAIN)


def _judged(check: RecordCheck, source: Source) -> OneJudged:
    """Fetches the record, and judges it on top of the last feed."""
    district = check.district
    day = today_in(district, timezone.now())
    with roster_held(district) as applied:
        order = order_of(district, None, day, None, Path(), applied)
        return judge_apart(order, Limits(), source, check.table, check.sourced_id)


def _told(judged: OneJudged) -> RecordAnswer:
    return RecordAnswer(
        RecordOutcome(judged.outcome),
        judged.version,
        [asdict(one) for one in judged.said],
        judged.why,
    )


def _unknown(reason: str, solution: str) -> RecordAnswer:
    return RecordAnswer(RecordOutcome.UNKNOWN, reason=reason, solution=solution)
