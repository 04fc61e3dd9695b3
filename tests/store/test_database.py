"""A store is opened on the embedded server or on that of DATABASE_URL, and says what is in the way."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from firstbell.store.cluster import SUPERUSER
from firstbell.store.connecting import Role
from firstbell.store.database import check_version, migrate_store, open_store
from firstbell.store.embedded import embedded_server
from firstbell.store.errors import StoreError
from firstbell.store.models import District


def _current_user() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])


def _open(data_dir: Path, role: Role = Role.WORKER) -> str:
    with open_store(data_dir, role=role):
        return _current_user()


@pytest.fixture
def empty_url(empty_database: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("DATABASE_URL", empty_database)
    return empty_database


@pytest.fixture
def url(database: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("DATABASE_URL", database)
    return database


def test_the_embedded_database_is_made_and_migrated_on_the_way(reachable_path: Path) -> None:
    with open_store(reachable_path):
        assert _current_user() == "firstbell_worker"
        District.objects.create(slug="north", name="North", timezone="UTC")
        assert reachable_path / "storage" == settings.FIRSTBELL_STORAGE
    with open_store(reachable_path, role=Role.WEB), transaction.atomic():
        assert _current_user() == "firstbell_web"
        assert not District.objects.exists()
    with open_store(reachable_path):
        assert District.objects.get().slug == "north"


def test_commands_that_open_a_new_store_at_once_migrate_it_once(reachable_path: Path) -> None:
    command = [sys.executable, "-m", "firstbell", "district", "add", "--data-dir"]
    names = ("North", "South", "East")
    with embedded_server(reachable_path):
        processes = [
            subprocess.Popen([*command, str(reachable_path), name], stdout=subprocess.PIPE)
            for name in names
        ]
        for process in processes:
            process.communicate()
        assert [process.returncode for process in processes] == [0, 0, 0]
    with open_store(reachable_path):
        assert District.objects.count() == len(names)


def test_a_database_url_is_used_as_the_role(url: str, tmp_path: Path) -> None:
    assert _open(tmp_path) == "firstbell_worker"
    assert _open(tmp_path, Role.WEB) == "firstbell_web"
    assert list(tmp_path.iterdir()) == []


def test_migrating_twice_does_no_harm(empty_url: str, tmp_path: Path) -> None:
    migrate_store(tmp_path)
    migrate_store(tmp_path)
    assert _open(tmp_path) == "firstbell_worker"


def test_a_database_that_is_not_migrated_is_said(empty_url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is not up to date; run firstbell migrate"):
        _open(tmp_path)


def test_a_database_that_lacks_a_migration_is_said(url: str, tmp_path: Path) -> None:
    with psycopg.connect(url) as admin:
        admin.execute("DELETE FROM django_migrations WHERE app = 'store'")
    with pytest.raises(StoreError, match="is not up to date; run firstbell migrate"):
        _open(tmp_path)


def test_a_server_that_is_not_there_is_said_without_the_password(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:s3cret@127.0.0.1:1/roster")
    with pytest.raises(StoreError, match="the database of DATABASE_URL cannot be reached") as said:
        _open(tmp_path)
    assert "s3cret" not in str(said.value)
    assert "\n" not in str(said.value)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("s3cret nonsense", "is no address of a PostgreSQL database"),
        ("postgresql://me:s3cret@127.0.0.1:1", "DATABASE_URL names no database"),
    ],
)
def test_a_url_that_is_none_is_said_without_repeating_it(
    url: str, said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(StoreError, match=said) as caught:
        _open(tmp_path)
    assert "s3cret" not in str(caught.value)


def test_a_server_that_is_too_old_is_said() -> None:
    check_version(150000)
    with pytest.raises(StoreError, match="leads to PostgreSQL 14; First Bell needs 15 or later"):
        check_version(140012)


def _as_clerk(url: str, may: str = "") -> str:
    """The same database for a user of its own, who owns it but is no superuser."""
    name = str(conninfo_to_dict(url)["dbname"])
    clerk = f"clerk_of_{name}"
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {clerk} LOGIN PASSWORD 'clerk' {may}".encode())
        admin.execute(f"ALTER DATABASE {name} OWNER TO {clerk}".encode())
    return make_conninfo(url, user=clerk, password="clerk")  # noqa: S106 - of this test


@pytest.fixture
def clerks_url(empty_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    url = _as_clerk(empty_database)
    monkeypatch.setenv("DATABASE_URL", url)
    yield url
    clerk = str(conninfo_to_dict(url)["user"])
    with psycopg.connect(empty_database, autocommit=True) as admin:
        admin.execute(f"REASSIGN OWNED BY {clerk} TO CURRENT_USER".encode())
        admin.execute(f"DROP OWNED BY {clerk}".encode())
        admin.execute(f"DROP ROLE {clerk}".encode())


def test_who_has_none_of_the_roles_may_not_migrate(
    migrated: str, clerks_url: str, tmp_path: Path
) -> None:
    with pytest.raises(StoreError, match="migrating needs a user who owns the database"):
        migrate_store(tmp_path)


def test_who_has_none_of_the_roles_may_not_work_as_one(
    migrated: str, clerks_url: str, tmp_path: Path
) -> None:
    with pytest.raises(StoreError, match="may not work as firstbell_worker"):
        _open(tmp_path)


def test_who_has_the_roles_migrates_and_works_as_them(
    migrated: str, empty_database: str, clerks_url: str, tmp_path: Path
) -> None:
    clerk = conninfo_to_dict(clerks_url)["user"]
    roles = ", ".join(Role)
    with psycopg.connect(empty_database, autocommit=True) as admin:
        admin.execute(f"GRANT {roles} TO {clerk}".encode())
    migrate_store(tmp_path)
    assert _open(tmp_path) == "firstbell_worker"


def test_who_may_make_roles_makes_them_and_works_as_them(
    reachable_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a server that has never seen First Bell."""
    with embedded_server(reachable_path) as server:
        admin = make_conninfo(server, user=SUPERUSER, dbname="postgres")
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute("CREATE DATABASE roster")
        url = _as_clerk(make_conninfo(admin, dbname="roster"), "CREATEROLE")
        monkeypatch.setenv("DATABASE_URL", url)
        migrate_store(tmp_path)
        assert [_open(tmp_path, role) for role in (Role.WORKER, Role.WEB)] == [
            "firstbell_worker",
            "firstbell_web",
        ]
