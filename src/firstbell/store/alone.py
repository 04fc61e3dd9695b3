"""One process at a time runs syncs of a district."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import Error, connection

_LOCKS = 0x1BE11
#: Seconds for which a process that runs a sync may be silent. One that was stopped loses its district
#: to others then, for PostgreSQL ends its session; it is told when it goes on, and applies nothing.
_PATIENCE = 60
#: Seconds that a single statement may take: the session of a process stopped in mid-COPY ends then.
_LONGEST_STATEMENT = 1800


@contextmanager
def alone_with(district_id: int) -> Iterator[None]:
    """Waits until no other process runs a sync of the district; the lock goes with the session."""
    limits = {
        "idle_session_timeout": _PATIENCE,
        "idle_in_transaction_session_timeout": _PATIENCE,
        "statement_timeout": _LONGEST_STATEMENT,
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [_LOCKS, district_id])
        try:
            for name, seconds in limits.items():
                cursor.execute(f"SET {name} = '{seconds}s'")
            yield
        finally:
            with suppress(Error):  # the session is gone, and with it lock and limits
                for name in limits:
                    cursor.execute(f"RESET {name}")
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCKS, district_id])


def say_that_we_live() -> None:
    """Lets PostgreSQL know that this process has not been stopped."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
