"""The first sync from another source waits for a specialist, whatever its numbers."""

import shutil
from pathlib import Path

import pytest

from firstbell.jobs.fetching import fetched_for, fetched_of
from firstbell.jobs.matter import matter_of
from firstbell.jobs.preview import preview_sync
from firstbell.jobs.run import run_sync
from firstbell.reports.order import kept
from firstbell.store.actions import schools_onboard
from firstbell.store.artefacts import folder_of
from firstbell.store.holds import hold_apply, hold_dismiss, open_hold
from firstbell.store.models import About, AuditEntry, District, Sync, SyncStatus, Trigger
from firstbell.store.sources import source_set
from firstbell.store.syncs import sync_create

_WELL = SyncStatus.WITH_ERRORS


def _read_from(path: Path) -> None:
    source_set(district="north", kind="folder", settings={"path": str(path)}, who="Dana")


def _synced(district: District, trigger: Trigger = Trigger.NIGHTLY) -> Sync:
    return _run(sync_create(district=District.objects.get(pk=district.pk), trigger=trigger))


def _run(sync: Sync) -> Sync:
    run_sync(sync, fetched_for(sync))
    return Sync.objects.get(pk=sync.pk)


def _status(sync: Sync) -> tuple[str, bool]:
    return sync.status, sync.is_review


@pytest.fixture
def elsewhere(delivery: Path, tmp_path: Path) -> Path:
    """The same files at another place."""
    return Path(shutil.copytree(delivery, tmp_path / "elsewhere"))


@pytest.fixture
def applied(north: District, delivery: Path) -> Sync:
    """The first sync of a district: it is not held."""
    _read_from(delivery)
    first = _synced(north)
    assert _status(first) == (_WELL, False)
    return first


def test_it_is_held_each_night_until_somebody_applies_it(
    north: District, applied: Sync, delivery: Path, elsewhere: Path
) -> None:
    _read_from(elsewhere)
    held = _synced(north)
    assert _status(held) == (SyncStatus.FAILED, True)
    assert held.reason == (
        f"the source has changed from the folder or .zip {delivery} to the folder or .zip"
        f" {elsewhere}, and its first sync waits for a specialist"
    )
    computed = kept(folder_of(held))
    assert computed and computed.guarded
    users = computed.guarded["users"]
    assert (users.active > 0, users.new, users.changed, users.going) == (True, 0, 0, 0)
    north.refresh_from_db()
    assert (north.applied_sync_id, open_hold(north).is_review) == (applied.pk, True)
    told = matter_of(held, About.ENDED)
    assert (told.held, told.solution) == (None, held.solution)
    hold_dismiss(district="north", reason="not yet", who="Dana")
    assert _status(_synced(north)) == (SyncStatus.FAILED, True)
    schools_onboard(district="north", schools=["S1"], who="Dana")
    again = _synced(north, Trigger.SCHOOL_ONBOARDED)
    assert _status(again) == (SyncStatus.FAILED, True), "it judges the same feed"
    let_in = _run(hold_apply(district="north", reason="it is right", who="Dana"))
    assert _status(let_in) == (_WELL, False)
    assert _status(_synced(north)) == (_WELL, False)


def test_it_is_not_held_when_the_roster_comes_from_where_it_came_from(
    north: District, applied: Sync, delivery: Path, elsewhere: Path
) -> None:
    _read_from(elsewhere)
    named = sync_create(district=north, trigger=Trigger.NOW, delivery=delivery)
    assert _status(_run(named)) == (_WELL, False), "a person has named the delivery"
    _read_from(delivery)
    assert _status(_synced(north)) == (_WELL, False)


def test_changes_of_one_source_are_not_put_onto_the_files_of_another(
    north: District, applied: Sync, elsewhere: Path
) -> None:
    manifest = elsewhere / "manifest.csv"
    manifest.write_text(manifest.read_text().replace("file.users,bulk", "file.users,delta"))
    _read_from(elsewhere)
    read, said = fetched_of(north)
    with preview_sync(north, read, None, read_from=said) as ran:
        assert ran.summary.reason and ran.summary.reason.startswith("users.csv holds changes only")
    refused = _synced(north)
    assert _status(refused) == (SyncStatus.FAILED, False)
    assert refused.reason and refused.reason.startswith("users.csv holds changes only (delta)")


def test_uploads_are_a_source_like_any_other(
    north: District, applied: Sync, delivery: Path, elsewhere: Path
) -> None:
    source_set(district="north", kind="upload", settings={}, who="Dana")
    sync = sync_create(district=north, trigger=Trigger.UPLOAD, delivery=elsewhere)
    assert _status(_run(sync)) == (SyncStatus.FAILED, True)
    entry = AuditEntry.objects.filter(what="source set").latest("pk")
    assert entry.details == {
        "kind": "upload",
        "before": {"kind": "folder", "path": str(delivery)},
    }
