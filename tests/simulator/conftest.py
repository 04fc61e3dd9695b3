"""The smallest districts as servers tell them."""

from collections.abc import Iterator

import httpx2
import pytest

from firstbell.generate import District, generate
from firstbell.oneroster.dictionary import Version
from simulator import Roster, Simulator, simulated
from tests.simulator.pulling import client_of


@pytest.fixture(scope="session", params=Version)
def roster(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Roster:
    version: Version = request.param
    folder = tmp_path_factory.mktemp("simulated")
    generate(District(schools=2, students=60, errors=0, seed=3, version=version), folder)
    return Roster.read(folder)


@pytest.fixture
def simulator(roster: Roster) -> Iterator[Simulator]:
    with simulated(roster) as simulator:
        yield simulator


@pytest.fixture
def client(simulator: Simulator) -> Iterator[httpx2.Client]:
    with client_of(simulator) as client:
        yield client
