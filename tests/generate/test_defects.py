"""Planted defects: how many, which kinds, and that the record tells the truth about them."""

from collections import Counter
from pathlib import Path

import pytest

from firstbell.generate import District, generate
from firstbell.generate.kinds import KINDS, kinds
from firstbell.oneroster.dictionary import FEED_TABLES, Version
from tests.generate.reading import contents, record

#: Tables that need many schools before every kind has come up.
FEW_RECORDS = ("orgs", "academicSessions")


def test_kinds_have_names_of_their_own() -> None:
    names = Counter((kind.table, kind.name) for kind in KINDS)
    assert names.total() == len(names)
    assert all(kind.change or kind.rewrite for kind in KINDS)


def test_the_share_is_kept(dirty: Path) -> None:
    told = record(dirty)
    for file in ("users.csv", "enrollments.csv"):
        planted = sum(one["file"] == file for one in told["planted"])
        assert 0.04 < planted / told["records"][file] < 0.06


@pytest.mark.parametrize("version", Version)
def test_every_kind_comes_up_in_a_large_enough_district(version: Version, tmp_path: Path) -> None:
    generate(District(schools=300, students=1500, errors=0.6, seed=3, version=version), tmp_path)
    planted = {(one["file"], one["kind"]) for one in record(tmp_path)["planted"]}
    names = (*FEED_TABLES, "roles") if version is Version.V1_2 else FEED_TABLES
    for name in names:
        for kind in kinds(name, version):
            assert (f"{name}.csv", kind.name) in planted


def test_the_first_defects_are_of_different_kinds(dirty: Path) -> None:
    counts = Counter(one["kind"] for one in record(dirty)["planted"] if one["file"] == "users.csv")
    assert max(counts.values()) <= 6
    assert len(counts) > 30


def test_the_rows_told_hold_the_defects(dirty: Path) -> None:
    """Only files without two-line cells and odd line ends have a physical line for each row."""
    generated = contents(dirty)
    for one in record(dirty)["planted"]:
        if one["file"] == "enrollments.csv" and one["kind"] == "role unknown":
            rows = generated["enrollments.csv"].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            line = rows.split(b"\n")[one["row"] - 1].decode()
            assert line.startswith(one["sourcedId"])
            assert ",pupil," in line or ",member," in line


@pytest.mark.parametrize("seed", range(4))
def test_schools_survive(seed: int, tmp_path: Path) -> None:
    generate(District(150, 300, errors=0.5, seed=seed, version=Version.V1_1), tmp_path)
    lost = {kind.name for kind in kinds("orgs", Version.V1_1) if kind.fate.value != "unharmed"}
    lost -= {kind.name for kind in KINDS if kind.table == "orgs" and kind.fate.value == "warned"}
    schools = [
        one
        for one in record(tmp_path)["planted"]
        if one["file"] == "orgs.csv" and one["sourcedId"].isdigit() and one["kind"] in lost
    ]
    assert len(schools) <= 1
