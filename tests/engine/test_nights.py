"""The engine and the naive reading agree night after night, on made-up sequences of deliveries."""

from datetime import date
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstbell.engine.policy import Policy
from tests import nights
from tests.feed.later import whole
from tests.made_up_nights import MadeUpNight, make_up_nights
from tests.naive.nights import District, Night
from tests.ours import Outcome


def assert_nights_agree(made_up: list[MadeUpNight]) -> None:
    """Same status, findings, outcomes, counts, changes, reports and roster, each night."""
    with TemporaryDirectory() as folder:
        ours, naive = nights.District(Path(folder)), District()
        for one in made_up:
            policy = Policy(one.as_of, onboarded=one.onboarded, never=one.never)
            naive.onboarded = None if one.onboarded is None else set(one.onboarded)
            naive.never = set(one.never)
            theirs = naive.night(one.files, one.as_of)
            _assert_same(ours.night(one.files, policy), theirs)
            if one.apply_anyway and (theirs.refused_for or theirs.held_removals):
                _assert_same(ours.apply_anyway(policy), naive.apply_anyway(one.as_of))
            exported = naive.export()
            for name, content in ours.export().items():
                if name != "manifest.csv":
                    assert content == exported[name], name


def _assert_same(ours: nights.OurNight, naive: Night) -> None:
    assert ours.status == naive.status, (ours.ours.refused, ours.refused, naive.reason)
    assert bool(ours.refused) == bool(naive.refused_for)
    if naive.status == "Failed":
        return
    assert ours.ours.findings == naive.findings
    assert ours.ours.outcomes == {
        table: sorted(outcomes, key=_by_row) for table, outcomes in naive.outcomes.items()
    }
    assert ours.ours.tables == naive.tables
    assert ours.changes == naive.changes
    assert ours.reports == naive.reports


def _by_row(outcome: Outcome) -> tuple[bool, int, str, str]:
    row, sourced_id, name = outcome
    return row is None, row or 0, sourced_id, name


@pytest.mark.parametrize(
    ("onboarded", "never"),
    [(None, frozenset({"S1"})), (frozenset[str](), frozenset[str]())],
    ids=["marked never", "not onboarded"],
)
def test_a_school_that_is_taken_out_is_not_held_when_its_row_cannot_be_read(
    onboarded: frozenset[str] | None, never: frozenset[str]
) -> None:
    files = whole()
    head, *rows = files["orgs.csv"].decode().splitlines()
    broken = [f"{row},surplus" if row.startswith("S1,") else row for row in rows]
    second = {**files, "orgs.csv": "\n".join([head, *broken, ""]).encode()}
    assert second != files
    assert_nights_agree(
        [
            MadeUpNight(files, None, frozenset(), date(2026, 11, 24), apply_anyway=False),
            MadeUpNight(second, onboarded, never, date(2026, 11, 25), apply_anyway=False),
        ]
    )


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(
            1408, id="a failed class whose terms are over, and its school's removal is held"
        ),
        pytest.param(1020304, id="an enrollment at a school that went before it, not onboarded"),
    ],
)
def test_nights_that_once_disagreed(seed: int) -> None:
    assert_nights_agree(make_up_nights(Random(seed)))


@pytest.mark.slow
@pytest.mark.parametrize("share", range(4))
@given(seed=st.integers(0, 2**32))
@settings(max_examples=25)
def test_the_engine_and_the_naive_reading_agree_night_after_night(share: int, seed: int) -> None:
    assert_nights_agree(make_up_nights(Random(f"{share} {seed}")))


@pytest.mark.soak
@pytest.mark.parametrize("share", range(20))
@given(seed=st.integers(0, 2**63))
@settings(max_examples=100, derandomize=False)
def test_two_thousand_districts_agree_night_after_night(share: int, seed: int) -> None:
    assert_nights_agree(make_up_nights(Random(seed)))
