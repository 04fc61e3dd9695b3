"""PostgreSQL for tests: a database of its own for each, on a server for each pytest worker.

The server is the embedded one, or that of `FIRSTBELL_TEST_DATABASE_URL`, whose user must be allowed
to make databases and roles.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from firstbell.store.cluster import SUPERUSER
from firstbell.store.connecting import Role, connected
from firstbell.store.embedded import embedded_server
from firstbell.store.migrating import migrate

_NUMBERS = count()


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test uses a database that somebody works with."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("FIRSTBELL_DATA_DIR", raising=False)


@pytest.fixture
def reachable_path() -> Iterator[Path]:
    """A folder that the server reaches also when the tests run as root; `tmp_path` is closed."""
    with new_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A connection string of a server, as a user who may make databases and roles."""
    if url := os.environ.get("FIRSTBELL_TEST_DATABASE_URL"):
        yield url
        return
    with new_folder() as folder, embedded_server(folder) as found:
        yield make_conninfo(found, user=SUPERUSER, dbname="postgres")


@pytest.fixture(scope="session")
def migrated(server: str) -> Iterator[str]:
    """The name of a database with empty tables, to make others from."""
    with new_database(server) as name:
        migrate(make_conninfo(server, dbname=name))
        yield name


@pytest.fixture
def empty_database(server: str) -> Iterator[str]:
    """A connection string of a database without anything, as its owner."""
    with new_database(server) as name:
        yield make_conninfo(server, dbname=name)


@pytest.fixture
def database(server: str, migrated: str) -> Iterator[str]:
    """A connection string of a database with empty tables, as its owner: fit for DATABASE_URL."""
    with new_database(server, f"TEMPLATE {migrated}") as name:
        yield make_conninfo(server, dbname=name)


@pytest.fixture
def store(database: str) -> Iterator[str]:
    """The same, and Django's models use it as the worker."""
    with connected(database, Role.WORKER):
        yield database


@contextmanager
def new_folder() -> Iterator[Path]:
    """A folder that the server reaches also when the tests run as root."""
    folder = Path(mkdtemp(prefix="firstbell-test-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def new_database(server: str, like: str = "") -> Iterator[str]:
    """The name of a new database of a server; `like` is a clause such as `TEMPLATE …`."""
    name = f"firstbell_test_{os.getpid()}_{next(_NUMBERS)}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} {like}".encode())
        try:
            yield name
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
