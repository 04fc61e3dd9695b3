"""What is done to a delivery, the storage or the disk ends in a plain reason, and passes with it."""

import shutil
import time
import zipfile
from collections.abc import Callable
from errno import ENOSPC
from multiprocessing import forkserver
from pathlib import Path

import pytest
from django.db import connection

from firstbell.jobs import child
from firstbell.jobs.ready import make_ready
from firstbell.store.models import District, Sync
from tests.jobs.crashes.conftest import Clone, Nights
from tests.jobs.crashes.world import World

pytestmark = pytest.mark.slow

_FOLDERS = "districts/1"


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5])
def test_a_delivery_that_vanishes_while_it_is_read_changes_nothing_or_all(
    nights: Nights, clone: Clone, share: float
) -> None:
    before = nights[1]
    world = clone(before)
    delivery = Path(shutil.copytree(before.delivery, world.data_dir / "delivery"))
    with world.syncing(before.sync, delivery) as process:
        process.wait_for("begins")
        time.sleep(share * before.pace["begins"])
        shutil.rmtree(delivery)
        code, _, err = process.end()
    assert (code, err) == (0, "")
    failed = world.status(before.sync) == "Failed"
    assert world.roster() == before.roster if failed else before.roster_after
    assert not failed or "our side" not in _reason(world, before.sync)
    world.again(before.sync, before.night, before.delivery)
    assert world.seen() == before.after


def test_an_archive_that_unpacks_to_too_much_is_refused(nights: Nights, clone: Clone) -> None:
    before = nights[1]
    world = clone(before)
    bomb = world.data_dir / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("orgs.csv", "users.csv", "classes.csv", "enrollments.csv"):
            archive.writestr(name, bytes(50_000_000))
    world.run(before.sync, bomb)
    assert _reason(world, before.sync) == (
        "the archive bomb.zip unpacks to more than the limit of 200 times its own size"
    )
    assert world.roster() == before.roster


@pytest.mark.parametrize("night", [0, 1])
def test_a_storage_that_cannot_be_written_fails_plainly_and_recovers(
    nights: Nights, clone: Clone, night: int
) -> None:
    """A file stands in the way: unlike a closed folder, it stops an administrator too."""
    before = nights[night]
    world = clone(before)
    syncs = world.storage / _FOLDERS / "syncs"
    aside = world.data_dir / "aside"
    syncs.mkdir(parents=True, exist_ok=True)
    syncs.rename(aside)
    syncs.touch()
    world.run(before.sync, before.delivery)
    assert _reason(world, before.sync) == "the storage folder cannot be used: Not a directory"
    assert world.roster() == before.roster
    syncs.unlink()
    aside.rename(syncs)
    world.again(before.sync, night, before.delivery)
    assert world.seen() == before.after


@pytest.mark.parametrize("room", [0, 30_000, 110_000])
def test_a_full_disk_fails_plainly_and_recovers(nights: Nights, clone: Clone, room: int) -> None:
    """Instead of the disk, the size of each file is limited."""
    before = nights[1]
    world = clone(before)
    with world.syncing(before.sync, before.delivery, room=room) as process:
        code, _, err = process.end()
        process.assert_nobody_is_left()
    assert (code, err) == (0, "")
    assert _reason(world, before.sync) == (
        "there is not enough room on the disk to read the delivery"
    )
    assert world.roster() == before.roster
    world.again(before.sync, before.night, before.delivery)
    assert world.seen() == before.after


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [_cut, _empty, Path.unlink])
def test_a_damaged_roster_in_storage_is_made_from_the_database_again(
    nights: Nights, clone: Clone, damage: Callable[[Path], None]
) -> None:
    before = nights[1]
    world = clone(before)
    for path in sorted((world.storage / _FOLDERS / "applied").rglob("*.parquet"))[::2]:
        damage(path)
    world.run(before.sync, before.delivery)
    assert world.seen() == before.after


def test_a_roster_damaged_in_the_middle_fails_once_and_is_made_again(
    nights: Nights, clone: Clone
) -> None:
    before = nights[1]
    world = clone(before)
    for path in (world.storage / _FOLDERS / "applied").rglob("*.parquet"):
        whole = path.read_bytes()
        path.write_bytes(whole[:4] + bytes(len(whole) - 12) + whole[-8:])
    world.run(before.sync, before.delivery)
    assert "something went wrong on our side" in _reason(world, before.sync)
    assert world.roster() == before.roster
    world.again(before.sync, before.night, before.delivery)
    assert world.seen() == before.after


def test_changes_after_a_lost_feed_are_refused_and_a_full_export_is_not(
    nights: Nights, clone: Clone
) -> None:
    before = nights[1]
    world = clone(before)
    with world.models():
        last = District.objects.get().last_feed_id
    shutil.rmtree(world.storage / _FOLDERS / "syncs" / str(last))
    changes = Path(shutil.copytree(before.delivery, world.data_dir / "changes"))
    (changes / "manifest.csv").write_text("propertyName,value\nfile.users,delta\n")
    world.run(before.sync, changes)
    assert _reason(world, before.sync) == (
        "the feed of the last sync is gone or damaged, and without it only a full export can be read"
    )
    assert world.roster() == before.roster
    world.again(before.sync, before.night, before.delivery)
    assert world.roster()[1] == before.roster_after[1]


def test_what_the_database_refuses_fails_without_saying_whom(nights: Nights, clone: Clone) -> None:
    before = nights[1]
    world = clone(before)
    with world.models(), connection.cursor() as cursor:
        cursor.execute("SET ROLE firstbell_owner")
        cursor.execute("ALTER TABLE users ADD CONSTRAINT small CHECK (length(email) < 1) NOT VALID")
    world.run(before.sync, before.delivery)
    assert _reason(world, before.sync) == "something went wrong on our side (IntegrityError)"
    assert world.roster() == before.roster


def _reason(world: World, sync: int) -> str:
    with world.models():
        found = Sync.objects.get(pk=sync)
        assert found.status == "Failed"
        return str(found.reason)


def test_a_temporary_folder_that_is_cleared_keeps_no_worker_from_its_next_sync(
    nights: Nights, clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The socket is gone through which the process is asked for that others are forked from."""

    def gone(fds: list[int]) -> tuple[int, int]:
        raise FileNotFoundError

    before = nights[1]
    world = clone(before)
    monkeypatch.setattr(forkserver, "connect_to_new_process", gone)
    world.run(before.sync, before.delivery)
    assert world.seen() == before.after


def test_what_cannot_be_made_ready_stops_no_command(monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> None:
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr(forkserver, "ensure_running", full)
    make_ready()


def test_a_sync_that_takes_too_long_ends_and_leaves_nobody(
    nights: Nights, clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = nights[1]
    world = clone(before)
    with monkeypatch.context() as impatient:
        impatient.setattr(child, "_LONGEST", 0.0)
        impatient.setattr(child, "_PAUSE", 0.01)
        world.run(before.sync, before.delivery)
    assert "takes longer than" in _reason(world, before.sync)
    assert world.roster() == before.roster
    world.again(before.sync, before.night, before.delivery)
    assert world.seen() == before.after
    assert world.left_over() == []
