"""How many processes at a time fetch deliveries from one host."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256

from django.db import Error, connection
from django.db.backends.utils import CursorWrapper

_LOCKS = 0x1BE12
#: Seconds between two looks for a free place; one who waits does not seem to have been stopped.
_PAUSE = 1.0


@contextmanager
def place_at(host: str, at_once: int) -> Iterator[None]:
    """Waits until fewer than so many fetch from a host; the place goes with the session.

    Args:
        host: its name.
        at_once: how many may.
    """
    with connection.cursor() as cursor:
        while (place := _free(cursor, _first_of(host), at_once)) is None:
            time.sleep(_PAUSE)
        try:
            yield
        finally:
            with suppress(Error):  # the session is gone, and with it the place
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCKS, place])


def _first_of(host: str) -> int:
    """The number of a host's first place; it has room for sixteen."""
    return int.from_bytes(sha256(host.encode()).digest()[:3], "big") << 4


def _free(cursor: CursorWrapper, first: int, at_once: int) -> int | None:
    for place in range(first, first + at_once):
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCKS, place])
        if cursor.fetchone()[0]:
            return place
    return None
