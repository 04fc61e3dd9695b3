"""Nightly syncs of a district whose roster comes from an API."""

import logging
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from firstbell.generate import District as Generated
from firstbell.generate import generate
from firstbell.jobs.fetching import fetched_for
from firstbell.jobs.run import run_sync
from firstbell.jobs.tasks import run_queued
from firstbell.oneroster.dictionary import FEED_TABLES, Version
from firstbell.reports.export import export_roster
from firstbell.sources.kind import settings_from, values_of
from firstbell.sources.rest.kinds import CLASSLINK
from firstbell.store.artefacts import folder_of, roster_held
from firstbell.store.connecting import Role, connected
from firstbell.store.models import District, Sync, SyncStatus, Trigger
from firstbell.store.secret_key import use_kept_key
from firstbell.store.sources import source_of, source_set
from firstbell.store.syncs import sync_create
from simulator import Account, Roster, Simulator, simulated, write

_SECRET = "no-one-sees-this-secret"  # noqa: S105


@pytest.fixture
def district(store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> District:
    monkeypatch.setattr(settings, "FIRSTBELL_STORAGE", tmp_path / "storage")
    monkeypatch.setattr(settings, "SECRET_KEY", "")
    return District.objects.create(
        slug="north", name="North", timezone="America/New_York", onboard_all=True
    )


@pytest.fixture
def roster(tmp_path: Path) -> Roster:
    generate(Generated(2, 60, 0.0, 3, Version.V1_1), tmp_path / "delivery")
    return Roster.read(tmp_path / "delivery")


def _source(server: Simulator, secret: str = _SECRET) -> None:
    values = {"address": server.base, "key": server.account.key}
    use_kept_key()
    source_set(
        district="north",
        kind=CLASSLINK.name,
        settings=values_of(settings_from(CLASSLINK, values)),
        secret=secret,
        who="Dana",
    )


def _synced(district: District) -> Sync:
    sync = sync_create(district=district, trigger=Trigger.NIGHTLY)
    run_sync(sync, fetched_for(sync))
    sync.refresh_from_db()
    return sync


def test_a_roster_with_defects_comes_in_from_an_api_as_from_its_files(
    district: District, tmp_path: Path
) -> None:
    generate(Generated(1, 60, 0.2, 3, Version.V1_1), tmp_path / "generated")
    roster = Roster.read(tmp_path / "generated")
    write(roster, tmp_path / "delivery")
    with simulated(roster, account=Account(secret=_SECRET)) as server:
        _source(server)
        pulled = _synced(district)
    south = District.objects.create(
        slug="south", name="South", timezone="America/New_York", onboard_all=True
    )
    read = sync_create(district=south, trigger=Trigger.NIGHTLY)
    run_sync(read, tmp_path / "delivery")
    read.refresh_from_db()
    assert pulled.status == read.status == SyncStatus.WITH_ERRORS
    assert (pulled.tables, pulled.roster) == (read.tables, read.roster)
    assert _kept(pulled, tmp_path / "pulled") == _kept(read, tmp_path / "read")
    fetched = pulled.fetched or []
    assert [part["part"] for part in fetched] == list(FEED_TABLES)
    assert sum(part["requests"] for part in fetched) == len(server.log)
    assert read.fetched is None


def _kept(sync: Sync, out: Path) -> dict[str, bytes]:
    """The roster after a sync, as it is exported, and its four reports."""
    with roster_held(District.objects.get(pk=sync.district_id)) as roster:
        exported = export_roster(roster, out)
    reports = (folder_of(sync) / "reports").glob("*_sync_report.csv")
    return {file.name: file.read_bytes() for file in (*exported, *reports)}


def test_an_api_that_refuses_our_key_fails_the_sync_and_keeps_the_roster(
    district: District, roster: Roster
) -> None:
    with simulated(roster, account=Account(secret=_SECRET)) as server:
        _source(server)
        first = _synced(district)
    other = Account(secret="another")  # noqa: S106
    with simulated(roster, account=other) as server:
        _source(server)
        second = _synced(district)
    district.refresh_from_db()
    assert (first.status, second.status) == (SyncStatus.COMPLETED, SyncStatus.FAILED)
    assert second.reason == "ClassLink answered 401: the key or secret is wrong"
    assert district.applied_sync_id == first.pk


def test_a_new_secret_alone_is_no_other_source(district: District, roster: Roster) -> None:
    with simulated(roster, account=Account(secret=_SECRET)) as server:
        _source(server, "another")
        assert _synced(district).status == SyncStatus.FAILED
        _source(server)
        assert _synced(district).status == SyncStatus.COMPLETED
        _source(server, "another")
        _source(server)
        assert _synced(district).status == SyncStatus.COMPLETED


def test_a_secret_whose_key_is_gone_is_asked_for_again(
    district: District, roster: Roster, tmp_path: Path
) -> None:
    with simulated(roster, account=Account(secret=_SECRET)) as server:
        _source(server)
    (tmp_path / "storage" / "secret-key").unlink()
    sync = sync_create(district=district, trigger=Trigger.NIGHTLY)
    run_queued(sync_id=sync.pk)
    sync.refresh_from_db()
    assert sync.reason == "the secret of the source can no longer be read: its key is gone"
    assert sync.solution == "A specialist types the secret again on the Source page."


def test_the_secret_stands_nowhere(
    district: District,
    roster: Roster,
    store: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with simulated(roster, account=Account(secret=_SECRET)) as server:
        _source(server)
        _synced(district)
    assert _SECRET not in caplog.text
    assert _SECRET not in repr(fetched_for(sync_create(district=district, trigger=Trigger.NOW)))
    assert "sealed" not in source_of(district).said
    with connected(store, Role.OWNER), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            query = f'SELECT count(*) FROM "{table}" AS one WHERE one::text LIKE %s'
            cursor.execute(query, [f"%{_SECRET}%"])
            assert cursor.fetchone() == (0,), table
    for file in (tmp_path / "storage").rglob("*"):
        assert file.is_dir() or _SECRET.encode() not in file.read_bytes()
