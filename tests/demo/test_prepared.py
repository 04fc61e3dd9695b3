"""The demo as it is prepared: two districts at once, and people who can sign in."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from firstbell.cli.showing import _free_port
from firstbell.demo.classlink import free_port
from firstbell.demo.login import Login
from firstbell.demo.looking import NotSeen, look, wait_for
from firstbell.demo.prepare import prepare
from firstbell.demo.story import STORIES
from firstbell.store.database import open_store
from firstbell.store.models import District, Sync
from tests.jobs.workers import started


@pytest.fixture
def logins(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Login]]:
    monkeypatch.setenv("DATABASE_URL", database)
    with open_store(tmp_path):
        yield list(prepare(tmp_path, nights=2, port=free_port()))


def test_people_can_sign_in_and_download_the_reports_of_their_districts(
    logins: list[Login], tmp_path: Path
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{free.getsockname()[1]}"
    assert Sync.objects.exclude(completed_at=None).count() == 4
    pulled = Sync.objects.filter(district__slug="cedar")
    assert [(sync.read_from or {})["kind"] for sync in pulled] == ["classlink"] * 2
    assert all(sync.fetched and sync.roster for sync in pulled)
    assert set(District.objects.values_list("slug", flat=True)) == {one.slug for one in STORIES}
    address = f"http://{place}"
    with started("web", "--bind", place, "--data-dir", str(tmp_path)):
        wait_for(address)
        for login in logins:
            look(address, login)
        with pytest.raises(NotSeen, match="cannot sign in"):
            look(address, replace(logins[0], password="another"))  # noqa: S106


def test_a_taken_port_is_left_to_whoever_has_it(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            other.bind(("127.0.0.1", 8000))
        except OSError:
            pass  # somebody else has it
        else:
            other.listen()
        port = _free_port()
    assert port != 8000
    assert "Port 8000 is taken" in capsys.readouterr().out
