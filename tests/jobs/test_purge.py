"""What is kept for a time only, seen with a moved clock."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from firstbell.jobs.purge import purge, purge_once_a_day
from firstbell.jobs.tasks import queue_sync, run_queued
from firstbell.store.artefacts import folder_of
from firstbell.store.models import Change, District, Enrollment, Problem, Sync, Trigger
from firstbell.store.retention import uploads_folder


def _in_days(days: float) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


def _sync(district: District, delivery: Path) -> Sync:
    """A sync, run here."""
    sync = queue_sync(district=district, trigger=Trigger.NOW, delivery=delivery)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    run_queued(sync_id=sync.pk)
    sync.refresh_from_db()
    assert sync.status.startswith("Completed"), sync.reason
    return sync


@pytest.fixture
def nights(north: District, delivery: Path, tmp_path: Path) -> tuple[Sync, Sync]:
    """Two nights; after the first, somebody has left a class and somebody has got a new name."""
    first = _sync(north, delivery)
    later = tmp_path / "later"
    shutil.copytree(delivery, later)
    enrollments = (later / "enrollments.csv").read_text(encoding="utf-8").splitlines(True)
    (later / "enrollments.csv").write_text("".join(enrollments[:-3]), encoding="utf-8")
    return first, _sync(north, later)


def _kept(sync: Sync) -> set[str]:
    folder = folder_of(sync)
    return {entry.name for entry in folder.iterdir()} if folder.exists() else set()


def _version(district: District) -> int:
    district.refresh_from_db()
    return district.version


def test_feeds_go_after_a_month_but_the_last(nights: tuple[Sync, Sync]) -> None:
    first, last = nights
    before = _kept(first), _kept(last)
    purge(_in_days(29))
    assert (_kept(first), _kept(last)) == before
    purge(_in_days(31))
    assert "feed" not in _kept(first)
    assert {"reports", "findings.parquet"} <= _kept(first)
    assert "feed" in _kept(last)
    assert not {"changes", "applied"} & _kept(last)


def test_findings_go_after_400_days_and_that_there_was_a_sync_stays(
    nights: tuple[Sync, Sync], north: District
) -> None:
    first, last = nights
    assert Change.objects.exists()
    Problem.objects.update(resolved_sync=last)
    problem = Problem.objects.first()
    assert problem
    Problem.objects.filter(pk=problem.pk).update(resolved_sync=None)
    purge(_in_days(399))
    assert "reports" in _kept(first)
    purge(_in_days(401))
    assert (_kept(first), _kept(last)) == (set(), {"feed"})
    for sync in nights:
        status, ended = sync.status, sync.completed_at
        sync.refresh_from_db()
        assert (sync.status, sync.completed_at) == (status, ended)
        assert (sync.tables, sync.findings, sync.codes, sync.changes) == (None,) * 4
        assert (sync.reports, sync.policy) == (None, None)
    assert not Change.objects.exists()
    assert list(Problem.objects.all()) == [problem]


def test_objects_that_are_long_gone_are_erased(
    nights: tuple[Sync, Sync], north: District, tmp_path: Path
) -> None:
    gone = Enrollment.objects.exclude(deactivated_at=None)
    there = Enrollment.objects.filter(deactivated_at=None).count()
    version = _version(north)
    assert gone.exists()
    purge(_in_days(399))
    assert gone.exists()
    assert _version(north) == version
    purge(_in_days(401))
    assert not gone.exists()
    assert Enrollment.objects.filter(deactivated_at=None).count() == there
    assert _version(north) == version + 1
    purge(_in_days(402))
    assert _version(north) == version + 1


def test_a_night_after_a_purge_is_as_without_it(
    nights: tuple[Sync, Sync], north: District, tmp_path: Path
) -> None:
    purge(_in_days(401))
    following = _sync(north, tmp_path / "later")
    assert following.changes is not None
    assert not any(number for counts in following.changes.values() for number in counts.values())


@pytest.mark.parametrize(("days", "there"), [(9, True), (11, False)])
def test_how_long_is_a_setting(
    nights: tuple[Sync, Sync], monkeypatch: pytest.MonkeyPatch, days: int, there: bool
) -> None:
    monkeypatch.setattr(settings, "FIRSTBELL_KEEP_FEEDS", 10)
    purge(_in_days(days))
    assert ("feed" in _kept(nights[0])) is there


def test_an_upload_goes_with_its_sync_and_a_source_never(north: District, delivery: Path) -> None:
    upload = uploads_folder() / "7"
    shutil.copytree(delivery, upload)
    _sync(north, upload)
    assert not upload.exists()
    _sync(north, delivery)
    purge(_in_days(500))
    assert (delivery / "users.csv").exists()


def test_an_upload_that_a_crash_has_left_goes_and_one_that_waits_stays(
    north: District, delivery: Path
) -> None:
    left, waits = uploads_folder() / "left", uploads_folder() / "waits.zip"
    shutil.copytree(delivery, left)
    waits.write_bytes(b"")
    queue_sync(district=north, trigger=Trigger.UPLOAD, delivery=waits)
    purge(_in_days(0.5))
    assert left.exists()
    purge(_in_days(2))
    assert not left.exists()
    assert waits.exists()


def test_it_is_done_once_a_day(north: District, storage: Path) -> None:
    left = uploads_folder() / "left"
    left.mkdir(parents=True)
    purge_once_a_day(_in_days(0))
    purge_once_a_day(_in_days(0.5))
    assert left.exists()
    purge_once_a_day(_in_days(2))
    assert not left.exists()


def test_jobs_that_failed_and_sessions_that_ended_go(north: District) -> None:
    sync = queue_sync(district=north, trigger=Trigger.NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT procrastinate_finish_job_v1(%s, 'failed', false)", [sync.job])
        count = "SELECT count(*) FROM procrastinate_jobs"
        purge(_in_days(29))
        cursor.execute(count)
        assert cursor.fetchall() == [(1,)]
        purge(_in_days(31))
        cursor.execute(count)
        assert cursor.fetchall() == [(0,)]
