"""Rows of one table that have something in common with another row."""

import duckdb
import pytest

from firstbell.engine import identity
from firstbell.engine.identity import repeated


@pytest.mark.parametrize("at_once", [1, 7, 1000])
def test_repeated_rows_are_found_however_many_are_looked_at_at_once(
    monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(identity, "_AT_ONCE", at_once)
    with duckdb.connect() as database:
        hashes = "SELECT n AS pos, hash(CASE WHEN n % 10 = 0 THEN n % 30 ELSE n END) AS hash"
        found = repeated(database, f"{hashes} FROM range(100) AS r(n)", "again")
        assert found == 10
        rows = database.execute("SELECT pos FROM again ORDER BY pos").fetchall()
        assert rows == [(n,) for n in range(0, 100, 10)]
