"""How a process is connected to the database, and as whom."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

import django
import psycopg
from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg.conninfo import conninfo_to_dict

from firstbell.store.errors import StoreError

_PLACES = {
    "dbname": "NAME",
    "user": "USER",
    "password": "PASSWORD",
    "host": "HOST",
    "port": "PORT",
}
_CONNECT_SECONDS = 10
#: For how many seconds a thread of the web keeps its connection for its next page.
_KEPT_SECONDS = 60


class Role(StrEnum):
    """As whom a process works in the database; each may do what its work needs, and no more."""

    #: Owns the tables. Only migrations work as it.
    OWNER = "firstbell_owner"
    #: Sees every district: commands, workers and the scheduler.
    WORKER = "firstbell_worker"
    #: Sees the district that its transaction names, and none when it names none.
    WEB = "firstbell_web"


def django_database(conninfo: str, role: Role) -> dict[str, Any]:
    """The entry of Django's `DATABASES` for a database.

    Args:
        conninfo: an address or connection string of libpq. When it names another user than the
            role, that user takes on the role.
        role: as whom to work.

    Raises:
        StoreError: It is no connection string.
    """
    found = parameters_of(conninfo)
    if found.get("user") != role:
        found["options"] = f"{found.get('options', '')} -c role={role}".strip()
    found.setdefault("application_name", f"firstbell {role.name.lower()}")
    found.setdefault("connect_timeout", _CONNECT_SECONDS)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "ATOMIC_REQUESTS": True,
        "CONN_HEALTH_CHECKS": True,
        "CONN_MAX_AGE": _KEPT_SECONDS if role == Role.WEB else 0,
        **{place: str(found.pop(name, "")) for name, place in _PLACES.items()},
        "OPTIONS": found,
    }


def parameters_of(conninfo: str) -> dict[str, Any]:
    """The parts of a connection string; raises StoreError when it is none."""
    try:
        return dict(conninfo_to_dict(conninfo))
    except psycopg.ProgrammingError:
        raise StoreError(
            "DATABASE_URL is no address of a PostgreSQL database,"
            " such as postgresql://user@host:5432/firstbell"
        ) from None


@contextmanager
def connected(conninfo: str, role: Role) -> Iterator[None]:
    """Lets Django's models in this process use a database while the block runs.

    Args:
        conninfo: an address or connection string of libpq.
        role: as whom to work.

    Raises:
        StoreError: `conninfo` is no connection string.
    """
    database = django_database(conninfo, role)
    if not apps.ready:
        os.environ["DJANGO_SETTINGS_MODULE"] = "firstbell.web.settings"
        django.setup()
    connections.close_all()
    connections.settings[DEFAULT_DB_ALIAS].update(database)
    connections[DEFAULT_DB_ALIAS] = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        yield
    finally:
        connections.close_all()
