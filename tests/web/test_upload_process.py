"""Uploads through the web server's own processes: large ones, slow ones, and their memory."""

from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.test.client import MULTIPART_CONTENT

from firstbell.store.connecting import Role, connected
from firstbell.store.models import Check
from tests.web.conftest import Town
from tests.web.serving import served
from tests.web.uploading import body_of

_MB = 1_000_000
_LARGE = 300 * _MB
#: How many bytes of memory a process may need more for it.
_MOST_MORE = 60 * _MB


class _Upload:
    """One upload, a piece at a time."""

    def __init__(self, url: str, client: Client, name: str, size: int) -> None:
        token = client.get("/districts/north/upload/").cookies["csrftoken"].value
        cookies = {**client.cookies, "csrftoken": client.cookies["csrftoken"]}
        body = body_of([(name, b"\0")], token=token)
        self._head, self._tail = body.split(b"\0")
        self._connection = HTTPConnection(url.removeprefix("http://"), timeout=60)
        self._connection.putrequest("POST", "/districts/north/upload/")
        headers = {
            "Content-Type": MULTIPART_CONTENT,
            "Content-Length": str(len(self._head) + size + len(self._tail)),
            "Cookie": "; ".join(f"{key}={one.value}" for key, one in cookies.items()),
        }
        for key, value in headers.items():
            self._connection.putheader(key, value)
        self._connection.endheaders(self._head)

    def send(self, piece: bytes, times: int = 1) -> None:
        for _ in range(times):
            self._connection.send(piece)

    def end(self) -> int:
        """The code of the answer."""
        with closing(self._connection):
            self._connection.send(self._tail)
            return self._connection.getresponse().status


def _peaks(server: int) -> dict[int, int]:
    """How many bytes of memory the processes of the server have needed at most."""
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    said = {int(pid): Path(f"/proc/{pid}/status").read_text() for pid in children}
    return {pid: 1024 * int(text.partition("VmHWM:")[2].split()[0]) for pid, text in said.items()}


@pytest.mark.slow
def test_large_uploads_need_no_memory_and_slow_ones_are_not_cut_off(
    database: str, store: str, town: Town, tmp_path: Path
) -> None:
    environment = {
        "DATABASE_URL": database,
        "FIRSTBELL_STORAGE": str(tmp_path / "storage"),
        "FIRSTBELL_SECRET_KEY": settings.SECRET_KEY,
        # Whoever is silent for a second is ended; who only reads slowly is not.
        "GUNICORN_CMD_ARGS": "--timeout 1",
    }
    with connected(store, Role.WEB):
        client = Client(headers={"host": "localhost"})
        client.force_login(town.people["alice"])
        with served(tmp_path, **environment) as (url, server):
            for _ in range(4):  # both processes have served something
                small = _Upload(url, client, "small.zip", 2)
                small.send(b"ab")
                assert small.end() == 302
            before = _peaks(server.pid)
            slow = _Upload(url, client, "slow.zip", 4)
            slow.send(b"ab")
            large = _Upload(url, client, "large.zip", _LARGE)
            large.send(bytes(_MB), _LARGE // _MB)
            assert large.end() == 302
            slow.send(b"cd")
            assert slow.end() == 302
            after = _peaks(server.pid)
    assert after.keys() == before.keys()
    assert max(after[pid] - before[pid] for pid in before) < _MOST_MORE
    with connected(store, Role.WORKER):
        kept = {Path(check.delivery or "") for check in Check.objects.all()}
    sizes = sorted((path.name, path.stat().st_size) for path in kept)
    assert sizes == [("large.zip", _LARGE), ("slow.zip", 4), *[("small.zip", 2)] * 4]
    assert "WORKER TIMEOUT" not in (tmp_path / "log").read_text()
