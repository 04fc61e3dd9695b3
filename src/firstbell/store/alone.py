"""One process at a time runs syncs of a district."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import Error, connection, transaction
from django.db.backends.utils import CursorWrapper

_LOCKS = 0x1BE11
#: Seconds for which a process that runs a sync may be silent. One that was stopped loses its district
#: to others then, for its session is ended; it is told when it goes on, and applies nothing.
_PATIENCE = 60
#: Seconds between two looks at who has the district.
_PAUSE = 0.2

_TAKE = "SELECT pg_try_advisory_lock(%s, %s)"
#: Who has the district and is in mid-COPY, waiting for its client, and how far it has come.
_IN_MID_COPY = """
SELECT a.pid, c.bytes_processed
FROM pg_locks AS l
JOIN pg_stat_activity AS a USING (pid)
JOIN pg_stat_progress_copy AS c USING (pid)
WHERE l.locktype = 'advisory' AND l.classid = %s AND l.objid = %s AND l.granted
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND a.wait_event IN ('ClientRead', 'ClientWrite')
"""
_END = "SELECT pg_terminate_backend(%s)"


@contextmanager
def alone_with(district_id: int) -> Iterator[None]:
    """Waits until no other process runs a sync of the district; the lock goes with the session."""
    limits = ("idle_session_timeout", "idle_in_transaction_session_timeout")
    with connection.cursor() as cursor:
        _take(cursor, district_id)
        try:
            for name in limits:
                cursor.execute(f"SET {name} = '{_PATIENCE}s'")
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


def _take(cursor: CursorWrapper, district_id: int) -> None:
    """Takes the lock; who has it and was stopped in mid-COPY, which has no limit, is ended."""
    seen, since = None, time.monotonic()
    while not _taken(cursor, district_id):
        now = _in_mid_copy(cursor, district_id)
        if now is None or now != seen:
            seen, since = now, time.monotonic()
        elif time.monotonic() - since > _PATIENCE:
            with _as_who_connected(cursor):
                cursor.execute(_END, [now[0]])
        time.sleep(_PAUSE)


def _taken(cursor: CursorWrapper, district_id: int) -> bool:
    cursor.execute(_TAKE, [_LOCKS, district_id])
    return bool(cursor.fetchone()[0])


def _in_mid_copy(cursor: CursorWrapper, district_id: int) -> tuple[int, int] | None:
    with _as_who_connected(cursor):
        cursor.execute(_IN_MID_COPY, [_LOCKS, district_id])
        row: tuple[int, int] | None = cursor.fetchone()
        return row


@contextmanager
def _as_who_connected(cursor: CursorWrapper) -> Iterator[None]:
    """Other sessions, while the block runs, concern only the role that connected."""
    with transaction.atomic():
        cursor.execute("SET LOCAL ROLE NONE")
        yield
