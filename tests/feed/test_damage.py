"""Bytes flipped, cut and inserted in a delivery: always an answer, and never a good row lost.

The naive reading tells which rows are good, and what their row numbers are.
"""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.test_agreement import assert_agreement
from tests.made_up import MadeUp, make_up

_LIKELY = (b'"', b",", b"\n", b"\r", b"\r\n", b"\0", b" ", b'""', b"\xa0", b"\xff")


def damaged(random: Random, content: bytes) -> bytes:
    """The content with a byte flipped, some cut out, or some put in."""
    at = random.randrange(len(content) + 1)
    match random.choice(("flip", "insert", "insert", "cut", "end")):
        case "flip":
            return content[:at] + bytes([random.randrange(256)]) + content[at + 1 :]
        case "insert":
            return content[:at] + random.choice(_LIKELY) + content[at:]
        case "cut":
            return content[:at] + content[at + random.choice((1, 1, 2, 40)) :]
        case _:
            return content[:at] if random.random() < 0.1 else content


def damaged_delivery(random: Random, times: int) -> MadeUp:
    """A made-up district, some of its files damaged, below their header more often than in it."""
    district = make_up(random)
    files = dict(district.files)
    for _ in range(times):
        name = random.choice(sorted(files))
        content = files[name]
        header = content.find(b"\n") + 1 if random.random() < 0.9 else 0
        files[name] = content[:header] + damaged(random, content[header:])
    return MadeUp(files, district.onboarded, district.never)


@pytest.mark.slow
@pytest.mark.parametrize("share", range(4))
@given(seed=st.integers(0, 2**32), times=st.integers(1, 8))
@settings(max_examples=75)
def test_a_damaged_delivery_gets_an_answer_and_keeps_its_good_rows(
    share: int, seed: int, times: int
) -> None:
    assert_agreement(damaged_delivery(Random(f"{share} {seed}"), times))


@pytest.mark.soak
@pytest.mark.parametrize("share", range(40))
@given(seed=st.integers(0, 2**63))
@settings(max_examples=250, derandomize=False)
def test_a_hundred_thousand_damages(share: int, seed: int) -> None:
    assert_agreement(damaged_delivery(Random(seed), 10))
