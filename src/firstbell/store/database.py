"""Which database a process uses: the embedded server's, or that of `DATABASE_URL`."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from django.conf import settings
from psycopg.conninfo import make_conninfo

from firstbell.store.cluster import SUPERUSER
from firstbell.store.connecting import Role, connected, parameters_of
from firstbell.store.embedded import embedded_server
from firstbell.store.environment import Environment
from firstbell.store.errors import StoreError
from firstbell.store.migrating import is_migrated, migrate

_NAME = "firstbell"
_OLDEST = 150000


@contextmanager
def open_store(data_dir: Path, *, role: Role = Role.WORKER) -> Iterator[None]:
    """Lets Django's models in this process use the database while the block runs.

    With `DATABASE_URL` that is the database it names. Without it, it is the embedded one in the
    data folder: its server is started if need be, and it is migrated on the way.

    Args:
        data_dir: the data folder.
        role: as whom to work.

    Raises:
        StoreError: The database cannot be used.
    """
    environment = Environment()
    with _opened(data_dir, environment.database_url, role):
        settings.FIRSTBELL_STORAGE = environment.storage_in(data_dir)
        yield


@contextmanager
def _opened(data_dir: Path, url: str, role: Role) -> Iterator[None]:
    if url:
        _check_server(url)
        _check_role(url, role)
        with connected(url, role):
            if not is_migrated():
                raise _not_migrated()
            yield
        return
    with embedded_server(data_dir) as server:
        conninfo = make_conninfo(server, dbname=_NAME, user=role)
        with connected(conninfo, role):
            migrated = is_migrated()
        if not migrated:
            _migrate_embedded(server)
        with connected(conninfo, role):
            yield


def migrate_store(data_dir: Path) -> None:
    """Brings the database of `open_store` up to date; raises StoreError when it cannot be."""
    if url := Environment().database_url:
        _check_server(url)
        migrate(url)
        return
    with embedded_server(data_dir) as server:
        _migrate_embedded(server)


def _migrate_embedded(server: str) -> None:
    everywhere = make_conninfo(server, user=SUPERUSER, dbname="postgres")
    with (
        psycopg.connect(everywhere, autocommit=True) as admin,
        # Another process may make it at the same moment.
        suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation),
    ):
        admin.execute(f"CREATE DATABASE {_NAME}".encode())
    migrate(make_conninfo(server, user=SUPERUSER, dbname=_NAME))


def _check_server(url: str) -> None:
    """Refuses a server that is not there or too old."""
    with _connection(url) as connection:
        check_version(connection.info.server_version)


def check_version(version: int) -> None:
    """Refuses a version of PostgreSQL, as a server tells it: 150018 is 15.18."""
    if version < _OLDEST:
        raise StoreError(
            f"DATABASE_URL leads to PostgreSQL {version // 10000};"
            f" First Bell needs {_OLDEST // 10000} or later"
        )


def _check_role(url: str, role: Role) -> None:
    """Refuses a database without the role, and a user who may not take it on."""
    with _connection(url) as connection:
        there = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).fetchone()
        if there is None:
            raise _not_migrated()
        try:
            connection.execute(f"SET ROLE {role}".encode())
        except psycopg.errors.InsufficientPrivilege:
            raise StoreError(
                f"the user of DATABASE_URL may not work as {role};"
                " let an administrator of the database run firstbell migrate with this user,"
                f" or GRANT {role} to it"
            ) from None


def _connection(url: str) -> "psycopg.Connection[tuple[object, ...]]":
    if not parameters_of(url).get("dbname"):
        raise StoreError("DATABASE_URL names no database; add its name, such as …/firstbell")
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        why = str(error).splitlines()[0].removeprefix("connection failed: ")
        raise StoreError(f"the database of DATABASE_URL cannot be reached: {why}") from None


def _not_migrated() -> StoreError:
    return StoreError("the database of DATABASE_URL is not up to date; run firstbell migrate")
