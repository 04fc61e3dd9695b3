"""Sessions of PostgreSQL that are not this process's own."""

import psycopg
from django.db import connection


def another_session() -> psycopg.Connection[tuple[object, ...]]:
    """A session of another process on the same database, as the same role."""
    parameters = connection.get_connection_params()
    names = ("dbname", "host", "port", "user", "password", "options")
    return psycopg.connect(**{name: parameters[name] for name in names if parameters.get(name)})
