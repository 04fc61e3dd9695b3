"""Syncs that wait, and the workers that run them."""

from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from django.db import connection, transaction

from firstbell.jobs.tasks import queue_sync, recover, run_queued
from firstbell.store.connecting import Role, connected
from firstbell.store.models import District, Sync, SyncStatus, Trigger, User
from tests.jobs.conftest import added
from tests.jobs.workers import has_begun, has_ended, is_running, let_a_minute_pass, until, worker


def _jobs() -> list[tuple[str, str]]:
    """The state of the job of each sync, with its lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT status, lock FROM procrastinate_jobs WHERE queue_name = 'syncs' ORDER BY id"
        )
        return list(cursor.fetchall())


def test_a_queued_sync_is_run(north: District, store: str, delivery: Path, tmp_path: Path) -> None:
    sync = queue_sync(district=north, trigger=Trigger.NOW, delivery=delivery)
    with worker(store, tmp_path) as process:
        until(lambda: has_ended(sync))
        assert process.stop() == (0, "")
    assert (sync.status, sync.attempts) == (SyncStatus.WITH_ERRORS, 1)
    assert User.objects.filter(district=north).exists()
    assert (tmp_path / "storage" / "districts" / str(north.pk)).is_dir()
    assert _jobs() == []


def test_a_second_sync_from_the_source_is_the_one_that_waits(north: District) -> None:
    first = queue_sync(district=north, trigger=Trigger.NOW)
    assert queue_sync(district=north, trigger=Trigger.NIGHTLY) == first
    assert queue_sync(district=added("South"), trigger=Trigger.NOW) != first
    assert Sync.objects.count() == len(_jobs()) == 2


def test_a_delivery_of_its_own_is_never_taken_for_another(north: District, delivery: Path) -> None:
    uploads = [
        queue_sync(district=north, trigger=Trigger.UPLOAD, delivery=delivery) for _ in range(2)
    ]
    night = queue_sync(district=north, trigger=Trigger.NIGHTLY)
    assert len({night.pk, *(sync.pk for sync in uploads)}) == 3
    assert _jobs() == [("todo", f"district {north.pk}")] * 3


def test_what_is_queued_goes_with_the_transaction(north: District) -> None:
    first = queue_sync(district=north, trigger=Trigger.NOW)
    with transaction.atomic():
        assert queue_sync(district=north, trigger=Trigger.NOW) == first
        south = added("South")
        queue_sync(district=south, trigger=Trigger.NOW)
        transaction.set_rollback(True)
    assert list(Sync.objects.all()) == [first]
    assert _jobs() == [("todo", f"district {north.pk}")]


def test_the_web_queues_syncs_of_its_district(north: District, store: str) -> None:
    south = added("South")
    with connected(store, Role.WEB), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('firstbell.district', %s, true)", [str(north.pk)])
        sync = queue_sync(district=north, trigger=Trigger.NOW)
        assert queue_sync(district=north, trigger=Trigger.NOW) == sync
    with connected(store, Role.WORKER):
        assert list(Sync.objects.values_list("district", "job")) == [(north.pk, sync.job)]
        assert not Sync.objects.filter(district=south).exists()


def test_two_workers_never_overlap_on_a_district(
    store: str, delivery: Path, tmp_path: Path
) -> None:
    districts = [added(name) for name in ("North", "South")]
    syncs: list[Sync] = []
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(worker(store, tmp_path))
        for _ in range(2):
            syncs += [
                queue_sync(district=district, trigger=Trigger.NOW, delivery=delivery)
                for district in districts
            ]
            until(lambda: all(map(has_begun, syncs)))  # noqa: B023 - it waits in the loop
        until(lambda: all(has_ended(sync) for sync in syncs))
    assert len({sync.pk for sync in syncs}) == 4
    for district in districts:
        first, second = Sync.objects.filter(district=district).order_by("started_at")
        assert first.completed_at and second.started_at
        assert first.completed_at <= second.started_at
        assert first.attempts == second.attempts == 1


def test_a_sync_whose_worker_is_killed_is_found_and_run_again(
    north: District, store: str, delivery: Path, tmp_path: Path
) -> None:
    sync = queue_sync(district=north, trigger=Trigger.NOW, delivery=delivery)
    with worker(store, tmp_path) as process:
        until(lambda: is_running(sync))
        process.kill()
    waiting = queue_sync(district=north, trigger=Trigger.NOW, delivery=delivery)
    recover()  # its worker may live: it was heard of a moment ago
    assert _jobs() == [("doing", f"district {north.pk}"), ("todo", f"district {north.pk}")]
    let_a_minute_pass()
    recover()
    with worker(store, tmp_path):
        until(lambda: has_ended(waiting))
    assert has_ended(sync)
    assert (sync.status, sync.attempts) == (SyncStatus.WITH_ERRORS, 2)
    assert sync.completed_at and waiting.started_at and sync.completed_at <= waiting.started_at


@pytest.mark.slow
def test_a_sync_whose_worker_dies_three_times_has_failed(
    north: District, store: str, delivery: Path, tmp_path: Path
) -> None:
    sync = queue_sync(district=north, trigger=Trigger.NOW, delivery=delivery)
    for attempt in (1, 2, 3):
        with worker(store, tmp_path) as process:
            until(lambda: _attempts(sync) == attempt)  # noqa: B023 - it waits in the loop
            process.kill()
        let_a_minute_pass()
        recover()
    assert has_ended(sync)
    assert (sync.status, sync.attempts, sync.may_pass) == (SyncStatus.FAILED, 3, True)
    assert sync.reason == "the worker that ran it died each time, and it was begun three times"
    recover()
    assert {status for status, _ in _jobs()} == {"failed"}
    assert not User.objects.exists()


def test_a_job_that_is_run_twice_does_nothing(
    north: District, store: str, delivery: Path, tmp_path: Path
) -> None:
    sync = queue_sync(district=north, trigger=Trigger.NOW, delivery=delivery)
    with worker(store, tmp_path):
        until(lambda: has_ended(sync))
    before = Sync.objects.filter(pk=sync.pk).values().get()
    run_queued(sync_id=sync.pk)
    assert Sync.objects.filter(pk=sync.pk).values().get() == before


def test_a_sync_of_a_district_without_a_source_fails_plainly(
    north: District, store: str, tmp_path: Path
) -> None:
    sync = queue_sync(district=north, trigger=Trigger.NOW)
    with worker(store, tmp_path):
        until(lambda: has_ended(sync))
    assert sync.status == SyncStatus.FAILED
    assert sync.reason == "the district has no source that a sync can read"


def test_a_worker_that_is_stopped_lets_its_sync_end(
    north: District, store: str, delivery: Path, tmp_path: Path
) -> None:
    sync = queue_sync(district=north, trigger=Trigger.NOW, delivery=delivery)
    with worker(store, tmp_path) as process:
        until(lambda: is_running(sync))
        assert process.stop() == (0, "")
    assert has_ended(sync)
    assert sync.status == SyncStatus.WITH_ERRORS


@pytest.mark.slow
def test_a_worker_that_loses_its_database_says_so_and_ends(
    store: str, server: str, tmp_path: Path
) -> None:
    name = connection.settings_dict["NAME"]
    with worker(store, tmp_path) as process:
        until(_has_a_worker)
        connection.close()
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )
        code, said = process.end()
    assert code == 2
    assert said.endswith("Failed: the database was lost; start the worker again.\n")


def _attempts(sync: Sync) -> int:
    sync.refresh_from_db()
    return sync.attempts


def _has_a_worker() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_workers")
        return bool(cursor.fetchall()[0][0] == 4)
