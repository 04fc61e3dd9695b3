"""The dialect of the reports, in Python and in SQL."""

import csv
import io

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from firstbell.reports.csv_file import cell, cell_sql, delivered_cell_sql, line

_TEXTS = st.text(
    st.one_of(st.sampled_from("=+-@\t\r\n\",' \0a1é“("), st.characters(codec="utf-8")), max_size=8
)


def _in_sql(expression: str, text: str) -> str:
    with duckdb.connect() as database:
        found = database.execute(f"SELECT {expression} FROM (SELECT ? AS x)", [text]).fetchone()
    assert found is not None
    return found[0] or ""


@given(_TEXTS)
@example("=1+1")
@example('=a,"b"')
def test_sql_writes_a_cell_as_python_does(text: str) -> None:
    assert _in_sql(cell_sql("x"), text) == cell(text)


@given(st.lists(_TEXTS, min_size=2, max_size=5))
def test_a_csv_reader_reads_back_what_was_written(texts: list[str]) -> None:
    (read,) = csv.reader(io.StringIO(line(texts) + "\r\n", newline=""))
    for text, found in zip(texts, read, strict=True):
        assert found in (text, "'" + text)
        assert not found.startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-a", "@home", "\tx", "\rx"])
def test_a_formula_is_marked_as_text(text: str) -> None:
    assert cell(text).lstrip('"').startswith("'" + text[0])


@pytest.mark.parametrize("figures", ["+1 (555) 010-9999", "-3.5", "(1)", "2026-08-17"])
def test_figures_of_the_delivery_stay_as_they_are(figures: str) -> None:
    assert _in_sql(delivered_cell_sql("x"), figures) == figures


@pytest.mark.parametrize("formula", ["=1+1", "+1a", "-cmd|x", "@1"])
def test_formulas_of_the_delivery_are_marked(formula: str) -> None:
    assert _in_sql(delivered_cell_sql("x"), formula) == "'" + formula


def test_a_nul_of_the_delivery_is_shown() -> None:
    assert _in_sql(delivered_cell_sql("x"), "a\0b") == "a\N{REPLACEMENT CHARACTER}b"
