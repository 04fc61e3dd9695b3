"""Cells that name several things."""

import duckdb
import pytest

from firstbell.engine.lists import each_once, items, named


def _of(expression: str) -> object:
    found = duckdb.execute(f"SELECT {expression}").fetchone()
    return found[0] if found else None


@pytest.mark.parametrize(
    ("cell", "listed"),
    [
        ("a,b", ["a", "b"]),
        (" a ,\u00a0b\t,", ["a", "b"]),
        ("a,,b, ,c", ["a", "b", "c"]),
        ("b,a,b,c,a", ["b", "a", "c"]),
        ("a,a,a", ["a"]),
        ("z,y,x,z", ["z", "y", "x"]),
    ],
)
def test_each_item_is_there_once_in_its_order(cell: str, listed: list[str]) -> None:
    assert _of(each_once(items(f"'{cell}'"))) == listed


@pytest.mark.parametrize("cell", [",", " , ,\t,", "\u00a0,"])
def test_a_cell_of_commas_and_blanks_names_nothing(cell: str) -> None:
    assert _of(named(f"'{cell}'")) is None


@pytest.mark.parametrize("cell", ["a", ",a", "a b,"])
def test_a_cell_that_names_something_is_kept_as_it_is(cell: str) -> None:
    assert _of(named(f"'{cell}'")) == cell


def test_a_list_of_many_thousand_items_is_made_of_different_ones_in_a_moment() -> None:
    assert _of(f"len({each_once('list_transform(range(60000), lambda n: n // 2)')})") == 30_000
