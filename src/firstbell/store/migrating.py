"""Brings a database up to date: its roles, then its tables."""

from importlib.resources import files
from pkgutil import iter_modules

import psycopg
from django.apps import apps
from django.core.management import call_command
from django.db import OperationalError, ProgrammingError, connection

from firstbell.store.connecting import Role, connected
from firstbell.store.errors import StoreError

#: Held while migrating, so that two commands do not do it at once.
_LOCK = "SELECT pg_advisory_lock(hashtext('firstbell migrate'))"


def is_migrated() -> bool:
    """Whether the database that this process is connected to is up to date.

    Migrations are known by their names: every command asks, and loading them takes a while.
    """
    known = {
        (app.label, module.name)
        for app in apps.get_app_configs()
        for module in iter_modules([f"{app.path}/migrations"])
    }
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT app, name FROM django_migrations")
            return known <= set(cursor.fetchall())
    except (OperationalError, ProgrammingError):  # the role is not there, or may not look
        return False


def migrate(conninfo: str) -> None:
    """Makes the roles and brings the tables up to date; no harm when they are.

    Args:
        conninfo: the database, and a user who owns it and may create roles; or, once the roles are
            there, one who may take on that of the owner.

    Raises:
        StoreError: The user may not do it.
    """
    roles = files("firstbell.store").joinpath("sql/roles.sql").read_bytes()
    with psycopg.connect(conninfo, autocommit=True) as admin:
        admin.execute(_LOCK)
        try:
            admin.execute(roles)
            admin.execute(f"SET ROLE {Role.OWNER}".encode())
        except psycopg.errors.InsufficientPrivilege as error:
            raise StoreError(
                "migrating needs a user who owns the database and may create roles"
                f" ({error.diag.message_primary}); run firstbell migrate as one"
            ) from None
        with connected(conninfo, Role.OWNER):
            call_command("migrate", interactive=False, verbosity=0)
