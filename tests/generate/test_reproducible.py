"""The same parameters give the same bytes, tonight and the night after."""

import zipfile
from dataclasses import replace
from pathlib import Path

from firstbell.generate import generate, generate_next, pack
from tests.generate.conftest import DIRTY
from tests.generate.reading import contents


def test_the_same_parameters_give_the_same_bytes(dirty: Path, tmp_path: Path) -> None:
    generate(DIRTY, tmp_path)
    assert contents(tmp_path) == contents(dirty)


def test_another_seed_gives_another_district(dirty: Path, tmp_path: Path) -> None:
    generate(replace(DIRTY, seed=12), tmp_path)
    assert contents(tmp_path)["users.csv"] != contents(dirty)["users.csv"]


def test_the_next_night_is_reproducible(dirty: Path, next_dirty: Path, tmp_path: Path) -> None:
    generate_next(dirty, tmp_path)
    assert contents(tmp_path) == contents(next_dirty)


def test_a_zip_is_reproducible_and_can_be_gone_on_from(
    dirty: Path, next_dirty: Path, tmp_path: Path
) -> None:
    pack(dirty, tmp_path / "one.zip")
    pack(dirty, tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == contents(dirty)
    generate_next(tmp_path / "one.zip", tmp_path / "next")
    assert contents(tmp_path / "next") == contents(next_dirty)


def test_a_folder_can_be_used_again(dirty: Path, tmp_path: Path) -> None:
    (tmp_path / "roles.csv").write_text("left by an earlier district of OneRoster 1.2")
    generate(DIRTY, tmp_path)
    assert contents(tmp_path) == contents(dirty)
