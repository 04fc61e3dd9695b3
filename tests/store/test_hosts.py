"""No more processes fetch from a host at once than it may bear."""

from unittest.mock import patch

import psycopg
import pytest

from firstbell.store import hosts
from firstbell.store.hosts import place_at
from tests.store.sessions import another_session

_SLEEP = "firstbell.store.hosts.time.sleep"


class _Waited(Exception):
    """It waits, and a test does not."""


@pytest.fixture
def another(store: str) -> psycopg.Cursor[tuple[object, ...]]:
    """A session of another process, which has a place of two."""
    cursor = another_session().cursor()
    assert hosts._free(cursor, hosts._first_of("roster.example"), 2) is not None  # type: ignore[arg-type]
    return cursor


def test_who_finds_no_place_waits_for_one(another: psycopg.Cursor[tuple[object, ...]]) -> None:
    def goes(seconds: float) -> None:
        another.connection.close()

    with place_at("roster.example", 2):
        pass
    with place_at("other.example", 1):
        pass
    with patch(_SLEEP, side_effect=_Waited), pytest.raises(_Waited), place_at("roster.example", 1):
        pass
    with patch(_SLEEP, side_effect=goes), place_at("roster.example", 1):
        pass
    assert another.connection.closed
