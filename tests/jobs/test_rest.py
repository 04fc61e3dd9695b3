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
from firstbell.oneroster.dictionary import Version
from firstbell.sources.rest.settings import settings_of, values_of
from firstbell.store.connecting import Role, connected
from firstbell.store.models import District, Sync, SyncStatus, Trigger
from firstbell.store.secret_key import use_kept_key
from firstbell.store.sources import source_set_api, source_shown
from firstbell.store.syncs import sync_create
from tests.simulator import Account, Roster, Simulator, simulated

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


def _source(server: Simulator) -> None:
    values = {"address": server.base, "vendor": "classlink", "key": server.account.key}
    use_kept_key()
    source_set_api(
        district="north",
        settings=values_of(settings_of(values)),
        secret=_SECRET,
        who="Dana",
    )


def _synced(district: District) -> Sync:
    sync = sync_create(district=district, trigger=Trigger.NIGHTLY)
    run_sync(sync, fetched_for(sync))
    sync.refresh_from_db()
    return sync


def test_a_roster_comes_in_from_an_api_as_from_its_files(
    district: District, roster: Roster, tmp_path: Path
) -> None:
    with simulated(roster, account=Account(secret=_SECRET)) as server:
        _source(server)
        pulled = _synced(district)
    south = District.objects.create(
        slug="south", name="South", timezone="America/New_York", onboard_all=True
    )
    read = sync_create(district=south, trigger=Trigger.NIGHTLY)
    run_sync(read, tmp_path / "delivery")
    read.refresh_from_db()
    assert pulled.status == SyncStatus.COMPLETED
    assert (pulled.tables, pulled.roster) == (read.tables, read.roster)


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
    assert "sealed" not in source_shown("north").settings
    with connected(store, Role.OWNER), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            query = f'SELECT count(*) FROM "{table}" AS one WHERE one::text LIKE %s'
            cursor.execute(query, [f"%{_SECRET}%"])
            assert cursor.fetchone() == (0,), table
    for file in (tmp_path / "storage").rglob("*"):
        assert file.is_dir() or _SECRET.encode() not in file.read_bytes()
