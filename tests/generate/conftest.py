"""Small districts, generated once and only read by the tests."""

from pathlib import Path

import pytest

from firstbell.generate import District, generate, generate_next
from firstbell.oneroster.dictionary import Version

CLEAN = District(schools=6, students=1500, errors=0, seed=11, version=Version.V1_1)
DIRTY = District(schools=6, students=1500, errors=0.05, seed=11, version=Version.V1_1)


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean")
    generate(CLEAN, folder)
    return folder


@pytest.fixture(scope="session")
def clean_1_2(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean_1_2")
    generate(District(schools=3, students=600, errors=0, seed=5, version=Version.V1_2), folder)
    return folder


@pytest.fixture(scope="session")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dirty")
    generate(DIRTY, folder)
    return folder


@pytest.fixture(scope="session")
def next_clean(clean: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("next_clean")
    generate_next(clean, folder)
    return folder


@pytest.fixture(scope="session")
def next_dirty(dirty: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("next_dirty")
    generate_next(dirty, folder)
    return folder
