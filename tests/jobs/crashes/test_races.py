"""What happens beside a sync, at the worst moment, is neither lost nor mixed up with it."""

import csv
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

import psycopg
import pytest
from django.db import connection, transaction

from firstbell.reports.export import export_roster
from firstbell.store.actions import district_add, schools_never, schools_onboard, schools_reset
from firstbell.store.artefacts import applied_folder, roster_held
from firstbell.store.attempts import Moved, Overtaken, attempt_begin, attempt_check, district_lock
from firstbell.store.ending import end_dead, end_failed
from firstbell.store.models import District, Org, Sync, SyncStatus, Trigger, User
from tests.jobs.crashes.conftest import Before, Clone, Nights
from tests.jobs.crashes.processes import eventually
from tests.jobs.crashes.world import World


@pytest.mark.slow
def test_a_school_onboarded_between_computing_and_commit_is_in_the_roster(
    nights: Nights, clone: Clone
) -> None:
    before = nights[0]
    world = clone(before)
    first, second = _schools(before.delivery)
    with world.models():
        schools_reset(district="north", schools=None, who="test")
        schools_onboard(district="north", schools=[first], who="test")
        with world.syncing(before.sync, before.delivery) as process:
            with transaction.atomic():
                District.objects.select_for_update().get()
                process.wait_for("applies")  # it waits for the district
                schools_onboard(district="north", schools=[second], who="test")
            assert process.end()[0] == 0
        active = Org.objects.filter(type="school", deactivated_at=None)
        assert {org.sourced_id for org in active} == {first, second}
        there = User.objects.filter(org_sourced_ids__contains=[second], deactivated_at=None)
        assert there.count() > 50
        assert District.objects.get().version == 4


@pytest.mark.slow
def test_a_roster_that_is_taken_out_stays_whole_while_the_next_one_is_applied(
    nights: Nights, clone: Clone
) -> None:
    before = nights[1]
    world = clone(before)
    expected = world.export()
    with world.models(), roster_held(District.objects.get()) as roster:
        world.run(before.sync, before.delivery)
        with TemporaryDirectory() as out:
            exported = {path.name: path.read_bytes() for path in export_roster(roster, Path(out))}
    assert exported == expected
    assert world.seen() == before.after


@pytest.mark.slow
def test_a_school_shut_out_between_computing_and_commit_is_not_in_the_roster(
    nights: Nights, clone: Clone
) -> None:
    before = nights[0]
    world = clone(before)
    first, second = _schools(before.delivery)
    with world.models(), world.syncing(before.sync, before.delivery) as process:
        with transaction.atomic():
            District.objects.select_for_update().get()
            process.wait_for("applies")
            schools_never(district="north", schools=[second], who="test")
        assert process.end()[0] == 0
        assert {org.sourced_id for org in Org.objects.filter(type="school")} == {first}


@pytest.mark.slow
def test_two_syncs_of_a_district_run_one_after_the_other(nights: Nights, clone: Clone) -> None:
    before = nights[0]
    world = clone(before)
    with world.read_all_the_time() as seen, _numbers_running(world) as numbers:
        _run_at_once(world, before, [before.sync, world.queue(0)])
    assert numbers <= {0, 1}
    assert {roster for _, roster in seen} <= {before.roster[1], before.roster_after[1]}
    with world.models():
        first, second = Sync.objects.order_by("started_at")
        assert {first.status, second.status} == {SyncStatus.WITH_ERRORS}
        assert first.completed_at is not None
        assert second.started_at is not None
        assert first.completed_at <= second.started_at
        assert second.changes is not None
        assert not any(n for counts in second.changes.values() for n in counts.values())


@pytest.mark.slow
def test_of_two_processes_with_the_same_sync_one_runs_it(nights: Nights, clone: Clone) -> None:
    before = nights[1]
    world = clone(before)
    ends = _run_at_once(world, before, [before.sync, before.sync])
    assert sorted(code for code, _, _ in ends) == [0, 1]
    refused = next(err for code, _, err in ends if code == 1)
    assert refused.splitlines()[-1].startswith("firstbell.store.attempts.Overtaken")
    assert world.seen() == before.after
    with world.models():
        assert Sync.objects.get(pk=before.sync).attempts == 1


@pytest.mark.slow
def test_a_roster_read_table_by_table_is_that_of_one_moment(nights: Nights, clone: Clone) -> None:
    world = clone(nights[1])
    with world.models():
        before = world.export()
        _forget(world)
        with (
            ThreadPoolExecutor() as threads,
            psycopg.connect(world.database) as other,
        ):
            other.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
            reading = threads.submit(_exported_apart, world)
            assert eventually(lambda: _waits_for_a_lock(world))
            other.execute("UPDATE orgs SET name = 'New'")
            other.execute("UPDATE enrollments SET deactivated_at = now()")
            other.commit()
            assert reading.result() == before
        _forget(world)
        assert world.export() != before


@pytest.mark.parametrize("status", [SyncStatus.COMPLETED, SyncStatus.FAILED])
def test_a_sync_that_has_ended_is_not_begun_again(store: str, status: SyncStatus) -> None:
    sync = _running(_district())
    Sync.objects.update(status=status)
    with pytest.raises(Overtaken, match=f"sync {sync.pk} has ended already"):
        attempt_begin(sync)
    assert Sync.objects.get().attempts == 1


def test_a_sync_keeps_its_day_when_it_is_begun_again(store: str) -> None:
    sync = _running(_district())
    Sync.objects.update(as_of="2026-01-31")
    attempt_begin(sync)
    assert (sync.attempts, str(sync.as_of)) == (2, "2026-01-31")


def test_a_sync_whose_process_died_is_ended_by_the_next_one_of_its_district(store: str) -> None:
    """But one of the queue is not, for it runs again."""
    district = _district()
    dead, queued, waiting = _running(district), _running(district), _waiting(district)
    Sync.objects.filter(pk=queued.pk).update(job=1)
    end_dead(_running(district))
    assert Sync.objects.get(pk=dead.pk).status == SyncStatus.FAILED
    assert Sync.objects.get(pk=queued.pk).status == SyncStatus.RUNNING
    assert Sync.objects.get(pk=waiting.pk).status == SyncStatus.QUEUED


def test_only_the_newest_attempt_may_write(store: str) -> None:
    older = _running(_district())
    newer = Sync.objects.get()
    attempt_begin(newer)
    with transaction.atomic():
        attempt_check(newer)
        with pytest.raises(Overtaken):
            attempt_check(older)
    with pytest.raises(Overtaken):
        end_failed(older, "it was slow")
    assert Sync.objects.get().status == SyncStatus.RUNNING


@pytest.mark.parametrize(
    "change",
    [
        {"version": 1},
        {"lost_changes": ["users"]},
        {"last_feed": True},
    ],
)
def test_what_was_computed_from_another_state_is_not_applied(
    store: str, change: dict[str, object]
) -> None:
    """The last feed moves on without a new version when the guard refuses a delivery."""
    then = _district()
    sync = _running(then)
    with transaction.atomic():
        assert district_lock(sync, then) == then
    District.objects.update(**{**change, **({"last_feed": sync} if "last_feed" in change else {})})
    with transaction.atomic(), pytest.raises(Moved):
        district_lock(sync, then)


@pytest.mark.slow
def test_a_hold_that_is_not_the_newest_any_more_is_not_applied(
    nights: Nights, clone: Clone
) -> None:
    """Nobody has looked at what the newer delivery would remove."""
    before = nights[1]
    world = clone(before)
    world.run(before.sync, before.delivery)
    roster = world.roster()
    with world.models():
        older = Sync.objects.order_by("pk")[0]
        hold = Sync.objects.create(
            district=older.district, trigger=Trigger.HOLD_APPLIED, from_feed_of=older
        )
    ran = world.run(hold.pk, None)
    assert ran is not None
    assert ran.summary.reason == "a newer delivery has been read since this one was held"
    assert world.status(hold.pk) == SyncStatus.FAILED
    assert world.roster() == roster


def _district() -> District:
    return district_add(name="North", slug="north", timezone="UTC", onboard_all=True, who="test")


def _running(district: District) -> Sync:
    sync = _waiting(district)
    attempt_begin(sync)
    return sync


def _waiting(district: District) -> Sync:
    return Sync.objects.create(district=district, trigger=Trigger.NOW)


def _schools(delivery: Path) -> tuple[str, str]:
    with (delivery / "orgs.csv").open(encoding="utf-8", newline="") as file:
        found = [row["sourcedId"] for row in csv.DictReader(file) if row["type"] == "school"]
    return found[0], found[1]


def _run_at_once(world: World, before: Before, syncs: list[int]) -> list[tuple[int, str, str]]:
    with ExitStack() as stack:
        running = [stack.enter_context(world.syncing(sync, before.delivery)) for sync in syncs]
        return [process.end() for process in running]


@contextmanager
def _numbers_running(world: World) -> Iterator[set[int]]:
    """How many syncs run, at all times while the block does."""
    seen, ends = set[int](), Event()

    def look() -> None:
        with psycopg.connect(world.database, autocommit=True) as connection:
            while not ends.wait(0.01):
                found = connection.execute("SELECT count(*) FROM syncs WHERE status = 'Running'")
                seen.update(number for (number,) in found)

    with ThreadPoolExecutor() as threads:
        looking = threads.submit(look)
        try:
            yield seen
        finally:
            ends.set()
            looking.result()


def _forget(world: World) -> None:
    """The roster is not in storage, so that it is read from the database."""
    shutil.rmtree(world.storage / "districts" / "1" / "applied")


def _exported_apart(world: World) -> dict[str, bytes]:
    """The export, over a connection of the thread's own."""
    try:
        with TemporaryDirectory() as out:
            folder = applied_folder(District.objects.get())
            return {path.name: path.read_bytes() for path in export_roster(folder, Path(out))}
    finally:
        connection.close()


def _waits_for_a_lock(world: World) -> bool:
    with psycopg.connect(world.database) as connection:
        found = connection.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
        return found is not None and found[0] > 0
