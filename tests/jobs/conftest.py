"""A district and a delivery for the queue to work on."""

from pathlib import Path

import pytest
from django.conf import settings

from firstbell.generate import District as Generated
from firstbell.generate import generate
from firstbell.jobs.ready import make_ready
from firstbell.oneroster.dictionary import Version
from firstbell.store.actions import district_add
from firstbell.store.models import District


@pytest.fixture(scope="session", autouse=True)
def _ready() -> None:
    """As a command does: its socket then has its place in the temporary folder of all tests."""
    make_ready()


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where what comes of syncs is kept when they are run in this process."""
    monkeypatch.setattr(settings, "FIRSTBELL_STORAGE", tmp_path / "storage")
    return tmp_path / "storage"


@pytest.fixture(scope="session")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a small district."""
    folder = tmp_path_factory.mktemp("delivered") / "delivery"
    generate(Generated(1, 40, errors=0.05, seed=3, version=Version.V1_1), folder)
    return folder


@pytest.fixture
def north(store: str) -> District:
    """A district without a roster, all of whose schools are onboarded."""
    return added("North")


def added(name: str, timezone: str = "UTC") -> District:
    return district_add(name=name, slug=None, timezone=timezone, onboard_all=True, who="me")
