"""The nights of districts in the database: who is due, what is tried again, how they stand."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.db import connection, transaction

from firstbell.feed.refusal import Reason
from firstbell.jobs.readiness import Readiness, is_stale, readiness
from firstbell.jobs.tasks import queue_due, run_queued
from firstbell.store.errors import NoSuchDistrict, StoreError
from firstbell.store.models import (
    AuditEntry,
    District,
    HoldDecision,
    Sync,
    SyncStatus,
    Trigger,
)
from firstbell.store.schedules import Schedule, blackout, pause, resume, schedule_set
from firstbell.store.sources import source_of, source_set
from tests.jobs.conftest import added
from tests.jobs.workers import until, worker

_DAY = date(2026, 11, 24)
_MIDNIGHT = datetime(2026, 11, 24, tzinfo=UTC)


def _at(hour: float) -> datetime:
    return _MIDNIGHT + timedelta(hours=hour)


def _since(district: District, moment: datetime) -> None:
    District.objects.filter(pk=district.pk).update(nights_since=moment)


@pytest.fixture
def sourced(north: District, delivery: Path) -> District:
    """A district with a source since a week, to which a sync is due at one o’clock in the night."""
    source_set(district="north", kind="folder", settings={"path": str(delivery)}, who="me")
    schedule_set(
        district="north", starts_from=time(1), starts_until=time(1), ready_by=None, who="me"
    )
    _since(north, _at(-7 * 24))
    return north


def _ended(
    district: District, at: datetime, *, night: date | None = _DAY, failed: str = ""
) -> Sync:
    sync = Sync.objects.create(
        district=district,
        trigger=Trigger.NIGHTLY,
        night=night,
        status=SyncStatus.FAILED if failed else SyncStatus.COMPLETED,
        reason=failed or None,
        may_pass=bool(failed),
        completed_at=at,
    )
    if not failed:
        District.objects.filter(pk=district.pk).update(applied_sync=sync)
    return sync


def _stand(now: datetime) -> tuple[Readiness, str]:
    (one,) = readiness(now)
    return one.readiness, one.detail


def test_who_is_due_is_queued_once(sourced: District) -> None:
    added("South")  # has no source
    _ended(sourced, _at(-22), night=date(2026, 11, 23))
    queue_due(_at(0.9))
    assert Sync.objects.count() == 1
    for hour in (1, 1.1, 2, 5, 12):
        queue_due(_at(hour))
    sync = Sync.objects.get(night=_DAY)
    assert (sync.district, sync.trigger) == (sourced, Trigger.NIGHTLY)
    assert sync.job


def test_a_sync_that_waits_from_an_earlier_night_is_tonights(sourced: District) -> None:
    queue_due(_at(-2))
    assert Sync.objects.get().night == date(2026, 11, 23)
    queue_due(_at(2))
    assert Sync.objects.get().night == _DAY


def test_a_worker_starts_what_is_due(
    sourced: District, store: str, delivery: Path, tmp_path: Path
) -> None:
    with worker(store, tmp_path):
        until(lambda: Sync.objects.filter(completed_at__isnull=False).exists())
    sync = Sync.objects.get()
    assert (sync.trigger, sync.status) == (Trigger.NIGHTLY, SyncStatus.WITH_ERRORS)
    assert sync.night
    assert readiness(datetime.now(UTC))[0].readiness == Readiness.READY


def test_what_failed_for_now_is_tried_again(
    sourced: District, delivery: Path, tmp_path: Path
) -> None:
    source_set(
        district="north", kind="folder", settings={"path": str(tmp_path / "nothing")}, who="me"
    )
    _since(sourced, _at(-24))
    queue_due(_at(1))
    first = Sync.objects.get()
    run_queued(sync_id=first.pk)
    first.refresh_from_db()
    assert (first.status, first.may_pass) == (SyncStatus.FAILED, True)
    Sync.objects.update(completed_at=_at(1))
    _forget_jobs()
    queue_due(_at(1.2))
    assert Sync.objects.count() == 1
    queue_due(_at(1.3))
    assert list(Sync.objects.order_by("pk").values_list("trigger", "night")) == [
        (Trigger.NIGHTLY, _DAY),
        (Trigger.RETRIED, _DAY),
    ]


def _forget_jobs() -> None:
    """As a worker does when it has run them."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def test_a_district_whose_sync_is_just_applied_is_asked_again_later(
    sourced: District, store: str
) -> None:
    with psycopg.connect(store) as other:
        other.execute("SET ROLE firstbell_owner")
        other.execute("SELECT FROM districts FOR UPDATE")
        queue_due(_at(1))
        assert not Sync.objects.exists()
        other.rollback()
    queue_due(_at(1))
    assert Sync.objects.exists()


def test_two_ticks_in_one_transaction_each_queue_one_sync(sourced: District) -> None:
    with transaction.atomic():
        queue_due(_at(1))
        queue_due(_at(1))
    assert Sync.objects.count() == 1


def test_pauses_blackouts_and_times_are_decided_and_written_down(sourced: District) -> None:
    tomorrow = datetime.now(UTC).date() + timedelta(days=2)
    pause(district="north", until=tomorrow, who="me")
    blackout(district="north", days=[_DAY, _DAY, tomorrow], remove=False, who="me")
    blackout(district="north", days=[_DAY], remove=True, who="me")
    sourced.refresh_from_db()
    assert (sourced.paused, sourced.paused_until) == (True, tomorrow)
    assert sourced.blackout == [tomorrow]
    resume(district="north", who="me")
    sourced.refresh_from_db()
    assert (sourced.paused, sourced.paused_until) == (False, None)
    assert sourced.nights_since and sourced.nights_since > _at(-1)
    assert list(AuditEntry.objects.order_by("pk").values_list("what", flat=True))[-4:] == [
        "paused",
        "blackout added",
        "blackout removed",
        "resumed",
    ]


def test_a_day_that_has_come_is_none_to_resume_on(north: District) -> None:
    with pytest.raises(StoreError, match="is no day to come"):
        pause(district="north", until=datetime.now(UTC).date(), who="me")


def test_times_that_do_not_follow_each_other_are_refused(north: District) -> None:
    with pytest.raises(StoreError, match="cannot be ready by 06:00"):
        schedule_set(
            district="north", starts_from=time(5), starts_until=time(7), ready_by=None, who="me"
        )
    with pytest.raises(NoSuchDistrict):
        resume(district="nord", who="me")


def test_a_source_is_shown(north: District, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="has no source yet"):
        source_of(north)
    source_set(district="north", kind="folder", settings={"path": str(tmp_path)}, who="me")
    assert source_of(north).settings == {"path": str(tmp_path)}


def test_where_files_are_uploaded_no_night_is_due_or_late(sourced: District) -> None:
    source_set(district="north", kind="upload", settings={}, who="me")
    _since(sourced, _at(-7 * 24))  # even if it were said when its nights began
    queue_due(_at(2))
    assert not Sync.objects.exists()
    assert _stand(_at(9)) == (
        Readiness.READY,
        "it has no roster yet; its people upload its files",
    )


@pytest.mark.parametrize(
    ("hour", "stands"), [(0.5, Readiness.READY), (1.5, Readiness.WAITING), (6.5, Readiness.LATE)]
)
def test_how_a_district_stands_in_its_night(
    sourced: District, hour: float, stands: Readiness
) -> None:
    _ended(sourced, _at(-22), night=date(2026, 11, 23))
    assert _stand(_at(hour))[0] == stands
    _ended(sourced, _at(0.9), failed="users.csv is missing")
    failed = "users.csv is missing" if stands != Readiness.READY else "its roster is of 2026-11-23"
    assert failed in _stand(_at(hour))[1]
    _ended(sourced, _at(2))
    assert _stand(_at(7)) == (Readiness.READY, "its roster is of 2026-11-24 02:00")


def test_a_roster_is_stale_without_a_completed_sync_for_48_hours_but_not_in_a_holiday(
    sourced: District,
) -> None:
    _ended(sourced, _at(-22), night=date(2026, 11, 23))
    assert _stand(_at(24 + 1.9))[0] == Readiness.WAITING
    assert _stand(_at(24 + 2))[0] == Readiness.STALE
    holiday = [_DAY + timedelta(days=number) for number in range(7)]
    blackout(district="north", days=holiday, remove=False, who="me")
    _since(sourced, _at(-7 * 24))
    assert _stand(_at(6 * 24 + 7))[0] == Readiness.READY
    assert _stand(_at(8 * 24 + 1.9))[0] == Readiness.WAITING
    assert _stand(_at(8 * 24 + 2))[0] == Readiness.STALE


def test_a_district_that_was_never_synced_is_not_stale(sourced: District) -> None:
    assert _stand(_at(30 * 24 + 7))[0] == Readiness.LATE


_FRIDAY = datetime(2026, 10, 30, 3, tzinfo=ZoneInfo("America/Los_Angeles"))


@pytest.mark.parametrize(
    ("decided", "hours"),
    [
        ({}, 48),
        ({"blackout": frozenset({date(2026, 10, 31)})}, 72),
        # A day of 25 hours, for clocks are put back.
        ({"blackout": frozenset({date(2026, 11, 1)})}, 73),
        ({"blackout": frozenset({date(2026, 10, 29), date(2026, 12, 24)})}, 48),
        ({"resumed_at": _FRIDAY + timedelta(hours=10)}, 58),
        ({"resumed_at": _FRIDAY - timedelta(hours=10)}, 48),
        ({"paused": True, "paused_until": date(2026, 11, 2)}, 21 + 24 + 25 + 48),
        ({"paused": True}, None),
    ],
)
def test_hours_in_which_there_should_have_been_no_sync_do_not_make_stale(
    decided: dict[str, Any], hours: int | None
) -> None:
    one = time(1)
    zone = ZoneInfo("America/Los_Angeles")
    schedule = Schedule(zone, starts_from=one, starts_until=one, ready_by=time(6), **decided)
    friday = _FRIDAY.astimezone(UTC)
    if hours is None:
        assert not is_stale(friday, schedule, friday + timedelta(days=90))
        return
    assert not is_stale(friday, schedule, friday + timedelta(hours=hours, seconds=-1))
    assert is_stale(friday, schedule, friday + timedelta(hours=hours))


def test_who_resumes_is_not_stale_at_once(sourced: District) -> None:
    _ended(sourced, _at(-60 * 24), night=None)
    pause(district="north", until=None, who="me")
    resume(district="north", who="me")
    assert _stand(datetime.now(UTC))[0] != Readiness.STALE
    assert _stand(datetime.now(UTC) + timedelta(hours=48))[0] == Readiness.STALE
    resume(district="north", who="me")  # nothing was paused: it changes nothing
    assert _stand(datetime.now(UTC) + timedelta(hours=48))[0] == Readiness.STALE


def test_the_worst_comes_first(sourced: District, delivery: Path) -> None:
    _ended(sourced, _at(2))
    for name in ("South", "East", "West"):
        added(name)
        source_set(district=name.lower(), kind="folder", settings={"path": str(delivery)}, who="me")
    pause(district="east", until=None, who="me")
    south = District.objects.get(slug="south")
    _ended(south, _at(2)).delete()
    Sync.objects.create(
        district=south, trigger=Trigger.NIGHTLY, hold_decision=HoldDecision.OPEN, held={"users": 60}
    )
    west = District.objects.get(slug="west")
    _since(west, _at(-24))
    added("Bare")
    assert [(one.slug, one.readiness.value) for one in readiness(_at(7))] == [
        ("west", "late"),
        ("south", "held"),
        ("east", "paused"),
        ("bare", "no source"),
        ("north", "ready"),
    ]


def test_what_may_pass_is_what_a_person_need_not_mend() -> None:
    assert {reason.name for reason in Reason if reason.retry} == {
        "PATH_MISSING",
        "NO_FILES",
        "ARCHIVE_DAMAGED",
        "FILE_PROMISED",
        "FILE_MISSING",
        "FILE_UNREADABLE",
        "DISK_FULL",
        "API_UNREACHABLE",
        "API_FAILS",
        "API_UNREADABLE",
        "API_RESTLESS",
    }
