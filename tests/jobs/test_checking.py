"""Checks of uploaded files: what they say is what `firstbell check` says, and they change nothing."""

import shutil
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from firstbell.engine.policy import Policy
from firstbell.jobs.checking import (
    queue_check,
    queue_check_of_source,
    queue_checked,
    queue_upload,
    recover_checks,
)
from firstbell.jobs.checking import run_check as _run_check
from firstbell.jobs.purge import purge
from firstbell.jobs.tasks import queue_asked, queue_sync, run_queued
from firstbell.reports.check import checked
from firstbell.reports.write import write_reports
from firstbell.sources.kind import settings_from, values_of
from firstbell.sources.rest.kinds import CLASSLINK
from firstbell.store.actions import schools_onboard
from firstbell.store.artefacts import folder_of_check
from firstbell.store.checks import tried_by
from firstbell.store.errors import StoreError
from firstbell.store.models import (
    AuditEntry,
    Check,
    District,
    SchoolRequest,
    Source,
    Sync,
    SyncStatus,
    Trigger,
    User,
)
from firstbell.store.retention import uploads_folder
from firstbell.store.sealed import Purpose, seal
from firstbell.store.secret_key import use_kept_key
from firstbell.store.sources import SourceKept, source_set
from simulator import Account, Roster, simulated
from tests.jobs.conftest import added
from tests.jobs.workers import let_a_minute_pass, until, worker

Uploaded = Callable[..., Path]


@pytest.fixture
def uploaded(delivery: Path) -> Uploaded:
    """Puts a copy of a delivery where uploads are."""

    def upload(name: str, files: Path = delivery) -> Path:
        uploads_folder().mkdir(parents=True, exist_ok=True)
        return Path(shutil.copytree(files, uploads_folder() / name))

    return upload


def _checked(district: District, delivery: Path) -> Check:
    check = queue_check(district=district.pk, delivery=delivery, who="Alice")
    _run_check(check_id=check.pk)
    check.refresh_from_db()
    return check


def _reports(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_reports_are_byte_for_byte_those_of_the_command(
    store: str, delivery: Path, uploaded: Uploaded, tmp_path: Path
) -> None:
    north = added("North")
    check = _checked(north, uploaded("1"))
    assert check.as_of and check.reports
    policy = Policy(check.as_of)
    with checked(delivery, policy) as result:
        write_reports(result, tmp_path / "command")
    assert check.status == SyncStatus.WITH_ERRORS
    written = _reports(tmp_path / "command")
    assert len([name for name in written if name.endswith("_sync_report.csv")]) > 1
    assert _reports(folder_of_check(check) / "reports") == written
    assert set(check.reports) == set(written)


def test_schools_and_product_of_the_district_are_judged_by(
    store: str, delivery: Path, uploaded: Uploaded, tmp_path: Path, settings_product: str
) -> None:
    district = District.objects.create(slug="maple", name="Maple", timezone="UTC")
    check = _checked(district, uploaded("1"))
    assert check.as_of
    with checked(delivery, Policy(check.as_of, settings_product, frozenset())) as result:
        write_reports(result, tmp_path / "command")
    written = _reports(tmp_path / "command")
    assert _reports(folder_of_check(check) / "reports") == written
    assert settings_product.encode() in b"".join(written.values())
    schools_onboard(district="maple", schools=None, who="me")
    after = _checked(district, uploaded("2"))
    assert after.codes and check.codes and after.codes != check.codes


def test_a_check_changes_nothing_and_is_no_sync(
    north: District, uploaded: Uploaded, delivery: Path
) -> None:
    before = District.objects.filter(pk=north.pk).values().get()
    upload = uploaded("1")
    check = _checked(north, upload)
    assert District.objects.filter(pk=north.pk).values().get() == before
    assert not Sync.objects.exists()
    assert not User.objects.exists()
    assert not upload.exists()
    assert (check.delivery, check.kept_until) == (None, None)
    left = {entry.name for entry in folder_of_check(check).iterdir()}
    assert left == {"computed.json", "feed", "findings.parquet", "reports"}
    feed = {entry.name for entry in (folder_of_check(check) / "feed").iterdir()}
    assert feed == {"orgs.parquet"}


def test_a_check_says_what_would_change_of_what_is_applied(
    north: District, uploaded: Uploaded, delivery: Path
) -> None:
    sync = queue_sync(district=north, trigger=Trigger.NOW, delivery=delivery)
    run_queued(sync_id=sync.pk)
    check = _checked(north, uploaded("1"))
    assert check.changes
    assert not any(any(counts.values()) for counts in check.changes.values())
    assert check.causes and check.causes["new"] == 0


def test_files_that_cannot_be_read_fail_the_check_with_the_reason(
    north: District, uploaded: Uploaded
) -> None:
    uploads_folder().mkdir(parents=True)
    garbage = uploads_folder() / "garbage.zip"
    garbage.write_bytes(b"PK\x03\x04 cut off")
    bomb = uploads_folder() / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("users.csv", b"0" * 30_000_000)
    escapes = uploads_folder() / "escapes.zip"
    with zipfile.ZipFile(escapes, "w") as archive:
        archive.writestr("../../users.csv", b"a")
    source_set(district="north", kind="upload", settings={}, who="me")
    said = {}
    for file in (garbage, bomb, escapes):
        check = _checked(north, file)
        assert (check.status, check.reports, check.kept_until) == ("Failed", [], None)
        assert check.solution
        said[file.name] = check.reason
    assert said == {
        "garbage.zip": "the archive garbage.zip is damaged and cannot be unpacked",
        "bomb.zip": "the archive bomb.zip unpacks to more than the limit of 200 times its own size",
        "escapes.zip": "the archive escapes.zip names a file outside its own folder",
    }
    assert list(uploads_folder().iterdir()) == []


def test_what_the_source_delivers_is_checked_once_at_a_time_and_stays_where_it_is(
    north: District, delivery: Path
) -> None:
    check = queue_check_of_source(district=north.pk, who="Alice")
    assert queue_check_of_source(district=north.pk, who="Dana") == check
    _run_check(check_id=check.pk)
    check.refresh_from_db()
    assert (check.status, check.solution) == (
        "Failed",
        "Ask your specialist to connect it, or upload the files.",
    )
    source_set(district="north", kind="folder", settings={"path": str(delivery)}, who="me")
    second = queue_check_of_source(district=north.pk, who="Alice")
    _run_check(check_id=second.pk)
    second.refresh_from_db()
    assert (second.status, second.kept_until) == ("Completed with Errors", None)
    assert second.reports and delivery.exists()
    assert not Sync.objects.exists()


def test_a_source_that_is_not_saved_can_be_checked_and_its_secret_goes_with_that(
    north: District, delivery: Path
) -> None:
    use_kept_key()
    account = Account()
    with simulated(Roster.read(delivery), account=account) as server:
        settings = settings_from(CLASSLINK, {"address": server.base, "key": account.key})
        sealed = seal(account.secret, Purpose.SOURCES)
        tried = SourceKept(CLASSLINK.name, values_of(settings), sealed)
        check = queue_check_of_source(district=north.pk, tried=tried, who="Dana")
        assert tried_by(check) == tried
        _run_check(check_id=check.pk)
    check.refresh_from_db()
    assert check.status == "Completed with Errors"
    assert tried_by(check) == SourceKept(CLASSLINK.name, tried.settings, "")
    assert not Source.objects.exists() and not Sync.objects.exists()


def test_a_fault_of_ours_is_told_by_its_kind_only(
    north: District, uploaded: Uploaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **more: object) -> None:
        raise ValueError("Ann Smith")

    monkeypatch.setattr("firstbell.jobs.checking.compute_preview", fail)
    check = _checked(north, uploaded("1"))
    assert check.reason == "something went wrong on our side (ValueError)"


def test_checked_files_are_kept_for_three_days_where_uploads_are_the_source(
    north: District, uploaded: Uploaded
) -> None:
    source_set(district="north", kind="upload", settings={}, who="me")
    upload = uploaded("1")
    check = _checked(north, upload)
    assert check.completed_at and check.kept_until == check.completed_at + timedelta(days=3)
    purge(datetime.now(UTC) + timedelta(days=2))
    assert upload.exists()
    purge(datetime.now(UTC) + timedelta(days=4))
    assert not upload.exists()
    with pytest.raises(StoreError, match="these files are no longer kept; upload them again"):
        queue_checked(district=north.pk, check=check.pk, who="Alice")
    assert not Sync.objects.exists()


def test_checked_files_are_synced_once_and_go_with_the_sync(
    north: District, uploaded: Uploaded
) -> None:
    source_set(district="north", kind="upload", settings={}, who="me")
    upload = uploaded("1")
    check = _checked(north, upload)
    sync = queue_checked(district=north.pk, check=check.pk, who="Carol")
    with pytest.raises(StoreError, match="no longer kept"):
        queue_checked(district=north.pk, check=check.pk, who="Alice")
    purge(datetime.now(UTC) + timedelta(days=9))
    assert upload.exists()
    run_queued(sync_id=sync.pk)
    sync.refresh_from_db()
    check.refresh_from_db()
    assert (sync.trigger, sync.status) == (Trigger.UPLOAD, SyncStatus.WITH_ERRORS)
    assert (check.synced_id, check.delivery) == (sync.pk, None)
    assert not upload.exists()
    assert AuditEntry.objects.filter(what="roster uploaded", who="Carol").count() == 1


def test_a_check_of_another_district_is_not_synced(north: District, uploaded: Uploaded) -> None:
    source_set(district="north", kind="upload", settings={}, who="me")
    check = _checked(north, uploaded("1"))
    with pytest.raises(StoreError):
        queue_checked(district=added("South").pk, check=check.pk, who="Bob")


@pytest.mark.slow
def test_every_upload_is_synced_in_the_order_in_which_they_came(
    north: District, store: str, uploaded: Uploaded, tmp_path: Path
) -> None:
    source_set(district="north", kind="upload", settings={}, who="me")
    uploads = [uploaded(name) for name in ("first", "second")]
    queued = [queue_upload(district=north.pk, delivery=upload, who="Alice") for upload in uploads]
    with worker(store, tmp_path):
        until(lambda: not Sync.objects.filter(completed_at=None).exists())
        until(lambda: not any(upload.exists() for upload in uploads))
    ran = list(Sync.objects.order_by("started_at"))
    assert [sync.pk for sync in ran] == [sync.pk for sync in queued]
    north.refresh_from_db()
    assert north.applied_sync_id == queued[-1].pk


@pytest.mark.slow
def test_syncs_go_before_checks_and_a_worker_that_dies_leaves_none(
    north: District, store: str, uploaded: Uploaded, delivery: Path, tmp_path: Path
) -> None:
    check = queue_check(district=north.pk, delivery=uploaded("1"), who="Alice")
    sync = queue_sync(district=added("South"), trigger=Trigger.NOW, delivery=delivery)
    with worker(store, tmp_path) as process:
        until(lambda: Check.objects.filter(status=SyncStatus.RUNNING).exists())
        process.kill()
    sync.refresh_from_db()
    assert sync.completed_at
    let_a_minute_pass()
    _end_jobs()
    recover_checks()
    recover_checks()
    with worker(store, tmp_path):
        until(lambda: Check.objects.filter(completed_at__isnull=False).exists())
    check.refresh_from_db()
    assert (check.status, check.attempts) == (SyncStatus.WITH_ERRORS, 2)


def test_one_district_does_not_take_all_workers(
    north: District, uploaded: Uploaded, store: str
) -> None:
    south = added("South")
    for district, name in ((north, "1"), (north, "2"), (south, "3")):
        queue_check(district=district.pk, delivery=uploaded(name), who="Alice")
    queue_asked(SchoolRequest.objects.create(district=north, sourced_id="1001", who="Alice"))
    locks = list(ProcrastinateJob.objects.order_by("pk").values_list("lock", flat=True))
    assert locks[0] == locks[1] == locks[3] != locks[2]


def test_a_check_whose_worker_dies_three_times_has_failed(
    north: District, uploaded: Uploaded
) -> None:
    upload = uploaded("1")
    check = queue_check(district=north.pk, delivery=upload, who="Alice")
    Check.objects.update(status=SyncStatus.RUNNING, attempts=3)
    recover_checks()
    check.refresh_from_db()
    assert check.completed_at is None
    _end_jobs()
    recover_checks()
    check.refresh_from_db()
    assert check.status == SyncStatus.FAILED
    assert check.reason == "the worker that ran it died each time, and it was begun three times"
    assert not upload.exists()


def test_a_check_goes_with_its_findings(north: District, uploaded: Uploaded) -> None:
    check = _checked(north, uploaded("1"))
    purge(datetime.now(UTC) + timedelta(days=399))
    assert folder_of_check(check).exists()
    purge(datetime.now(UTC) + timedelta(days=401))
    assert not folder_of_check(check).exists()
    assert not Check.objects.exists()


def test_a_change_of_source_ends_the_nights_and_begins_them_again(
    north: District, delivery: Path
) -> None:
    source_set(district="north", kind="upload", settings={}, who="me")
    north.refresh_from_db()
    assert north.nights_since is None
    source_set(district="north", kind="folder", settings={"path": str(delivery)}, who="me")
    north.refresh_from_db()
    assert north.nights_since is not None


def _end_jobs() -> None:
    """As `recover` does with jobs whose worker is gone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT procrastinate_finish_job_v1(id, 'failed', false) FROM procrastinate_jobs"
            " WHERE status IN ('todo', 'doing')"
        )


@pytest.fixture
def settings_product(monkeypatch: pytest.MonkeyPatch) -> str:
    """What the product is called there."""
    from django.conf import settings

    monkeypatch.setattr(settings, "FIRSTBELL_PRODUCT", "Great Minds")
    return "Great Minds"
