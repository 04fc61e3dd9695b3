"""One process at a time runs syncs of a district, and none that was stopped keeps it for ever."""

from threading import Thread
from time import monotonic, sleep
from unittest.mock import patch

import psycopg
import pytest

from firstbell.store import alone
from firstbell.store.alone import alone_with
from tests.store.sessions import another_session

_DISTRICT = 7
_TAKE = "SELECT pg_advisory_lock(%s, %s)"


def _connected() -> psycopg.Connection[tuple[object, ...]]:
    """A session of another process, which has the district."""
    session = another_session()
    session.execute(_TAKE, [alone._LOCKS, _DISTRICT])
    return session


@pytest.mark.parametrize(
    "copy",
    [
        "COPY stopped FROM STDIN",
        "COPY (SELECT repeat('x', 1000) FROM generate_series(1, 1000000)) TO STDOUT",
    ],
)
def test_who_is_stopped_in_mid_copy_loses_its_district(store: str, copy: str) -> None:
    session = _connected()
    session.execute("CREATE TEMP TABLE stopped (cell text)")
    session.pgconn.exec_(copy.encode())
    with patch.object(alone, "_PATIENCE", 1), alone_with(_DISTRICT):
        pass
    with pytest.raises(psycopg.Error):
        session.execute("SELECT 1")
    session.close()


def test_who_goes_on_copying_keeps_it(store: str) -> None:
    session = _connected()
    session.execute("CREATE TEMP TABLE goes_on (cell text)")
    until = monotonic() + 2.5

    def copies() -> None:
        with session.cursor().copy("COPY goes_on FROM STDIN") as copy:
            while monotonic() < until:
                copy.write("x" * 100_000 + "\n")
                sleep(0.1)
        session.commit()
        session.execute("SELECT pg_advisory_unlock(%s, %s)", [alone._LOCKS, _DISTRICT])

    thread = Thread(target=copies)
    thread.start()
    with patch.object(alone, "_PATIENCE", 1), alone_with(_DISTRICT):
        assert monotonic() >= until
    thread.join()
    session.close()
