"""The order of the rows of a file does not matter to what becomes of them."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstbell.engine.policy import Policy
from firstbell.feed.row import line_end_of, take_apart
from firstbell.oneroster.dictionary import FEED_TABLES
from tests.made_up import make_up
from tests.naive.reading import decode
from tests.ours import Ours, check_files


def _rows(content: bytes) -> list[bytes]:
    """The rows of a file as they are written, without their line ends.

    Those with a bad quote are left out, for elsewhere they might take other rows along.
    """
    content = decode(content)[0].encode("utf-8", "replace")
    rows, position = [], 0
    while position < len(content):
        row = take_apart(content, position, {})
        if not row.trouble or not position:
            rows.append(content[position : row.next - len(line_end_of(content, row))])
        position = row.next
    return rows


def _fates(ours: Ours) -> dict[str, Counter[tuple[str, str]]]:
    """How many records of each sourcedId have each outcome; those without one are counted too."""
    return {
        table: Counter((sourced_id, outcome) for _, sourced_id, outcome in outcomes)
        for table, outcomes in ours.outcomes.items()
    }


@pytest.mark.slow
@given(st.randoms(use_true_random=False))
@settings(max_examples=20)
def test_rows_in_any_order_have_the_same_outcomes(random: Random) -> None:
    """Only roles.csv is left as it is: the first primary role of a user counts."""
    district = make_up(random)
    policy = Policy(district.as_of, onboarded=district.onboarded, never=district.never)
    one, other = dict(district.files), dict(district.files)
    for name in (f"{table}.csv" for table in FEED_TABLES):
        if name in district.files:
            header, *rows = _rows(district.files[name])
            one[name] = b"".join(row + b"\n" for row in (header, *rows))
            random.shuffle(rows)
            other[name] = b"".join(row + b"\n" for row in (header, *rows))
    before, after = check_files(one, policy), check_files(other, policy)
    assert _fates(after) == _fates(before)
    assert (after.status, after.refused, after.tables) == (
        *(before.status, before.refused, before.tables),
    )
    assert _said(after) == _said(before)


def _said(ours: Ours) -> Counter[tuple[str, str, str, str]]:
    """Findings on records by file, sourcedId, field and rule.

    Of repeated rows, and of a user's enrollments, the first is told by what no other row tells.
    """
    first_only = ("row_has_surplus_cells", "enrolled_twice")
    return Counter(
        (finding.file, finding.sourcedId, finding.field, finding.code)
        for finding in ours.findings
        if not finding.code.endswith(first_only)
    )
