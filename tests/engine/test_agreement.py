"""The engine and the naive reading of the contract agree on made-up districts."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstbell.engine.policy import Policy
from tests.made_up import MadeUp, make_up
from tests.naive import check
from tests.ours import check_files


def assert_agreement(district: MadeUp) -> None:
    """Same status, counts, outcomes, findings in order, and bytes of the reports."""
    policy = Policy(district.as_of, onboarded=district.onboarded, never=district.never)
    ours = check_files(district.files, policy)
    naive = check(
        district.files,
        as_of=district.as_of,
        onboarded=None if district.onboarded is None else set(district.onboarded),
        never=district.never,
    )
    assert ours.status == naive.status, (ours.refused, naive.failed_because)
    assert ours.findings == naive.findings
    assert ours.outcomes == naive.outcomes
    assert ours.tables == naive.tables
    assert ours.reports == naive.reports


def test_a_district_without_a_single_date_column_is_judged() -> None:
    district = make_up(Random(1))
    kept = {name: text for name, text in district.files.items() if name != "academicSessions.csv"}
    header, _, rows = kept["enrollments.csv"].partition(b"\n")
    undated = header.replace(b"beginDate", b"begin").replace(b"endDate", b"end")
    kept["enrollments.csv"] = undated + b"\n" + rows
    assert_agreement(MadeUp(kept, district.onboarded, district.never))


def test_of_a_file_that_counts_as_not_delivered_no_word_of_the_manifest_is_told() -> None:
    district = make_up(Random(1))
    header = district.files["courses.csv"].split(b"\n")[0]
    manifest = b"propertyName,value\noneroster.version,1.1\nfile.courses,full\n"
    files = {**district.files, "courses.csv": header + b"\n", "manifest.csv": manifest}
    assert_agreement(MadeUp(files, district.onboarded, district.never))


@pytest.mark.slow
@pytest.mark.parametrize("share", range(4))
@given(seed=st.integers(0, 2**32))
@settings(max_examples=100)
def test_the_engine_and_the_naive_reading_agree_finding_for_finding(share: int, seed: int) -> None:
    assert_agreement(make_up(Random(f"{share} {seed}")))


@pytest.mark.soak
@pytest.mark.parametrize("share", range(20))
@given(seed=st.integers(0, 2**63))
@settings(max_examples=250, derandomize=False)
def test_five_thousand_districts_agree(share: int, seed: int) -> None:
    assert_agreement(make_up(Random(seed)))
