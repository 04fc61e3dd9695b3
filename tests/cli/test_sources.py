"""`firstbell source` for APIs, as a person types it."""

from pathlib import Path

import pytest

from firstbell.generate import District, generate
from firstbell.oneroster.dictionary import Version
from simulator import Roster, simulated
from tests.cli.conftest import Call


@pytest.fixture
def north(database: str, monkeypatch: pytest.MonkeyPatch, call: Call) -> str:
    monkeypatch.setenv("DATABASE_URL", database)
    return call("district", "add", "North", "--timezone", "UTC", "--onboard-all").out.strip()


def test_an_api_is_tested_before_it_is_a_source_and_its_secret_is_never_shown(
    call: Call, north: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate(District(2, 60, 0.0, 3, Version.V1_1), tmp_path / "district")
    with simulated(Roster.read(tmp_path / "district")) as server:
        monkeypatch.setenv("FIRSTBELL_SOURCE_SECRET", server.account.secret)
        where = ("source", "set", north, "classlink", server.base)
        wrong = call(*where, "--key", "somebody")
        assert (wrong.code, wrong.out) == (2, "")
        assert wrong.err.startswith("ClassLink answered 401: the key or secret is wrong.\n")
        assert call("source", "show", north).code == 2
        right = call(*where, "--key", server.account.key)
        assert right.code == 0
        assert "schools                 2\n" in right.out
        assert call("source", "test", north).out in right.out
        shown = call("source", "show", north).out
        assert shown == right.out.splitlines(keepends=True)[-1]
        assert shown == f"classlink {server.url} (OneRoster 1.1, oauth1-sha256, district-key)\n"
        assert server.account.secret not in right.out + shown
        assert "Sync status: Completed" in call("sync", north).out
        folder = str(tmp_path / "district")
        moved = call("source", "set", north, "folder", folder)
        assert moved.out == f"folder {folder}\n"
        assert moved.err == (
            f"The source has changed from ClassLink {server.url} to the folder or .zip {folder}, and"
            " its first sync waits for a specialist.\n"
        )
        assert "its first sync waits for a specialist" in call("sync", north).err


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ("http://maple.example", "others can read; use https://"),
        ("maple.example", "begins with https://"),
        ("https://me:secret@maple.example", "no password"),
    ],
)
def test_an_address_that_gives_secrets_away_is_no_source(
    where: str, why: str, call: Call, north: str
) -> None:
    said = call("source", "set", north, "classlink", where, "--key", "k")
    assert said.code == 64
    assert why in " ".join(said.err.replace("│", " ").split())
