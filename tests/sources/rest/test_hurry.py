"""Somebody waits for the test of a connection: it is asked once, and ends whatever the server does."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

import pytest

from firstbell.feed.refusal import Reason, Refused
from firstbell.sources.kind import settings_from
from firstbell.sources.rest import hurry, source
from firstbell.sources.rest.kinds import CLASSLINK

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@contextmanager
def _answering(status: bytes, drop: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A server that begins with a head and then, where there is a drop, sends it again and again."""
    asked: list[bytes] = []
    over = Event()

    def serve() -> None:
        while not over.is_set():
            with suppress(OSError), listener.accept()[0] as connection:
                asked.append(connection.recv(65_536))
                connection.sendall(status)
                while drop and not over.wait(0.01):
                    connection.sendall(drop)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        thread = Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
        finally:
            over.set()
            thread.join()


def _tried(address: str) -> Refused:
    assert CLASSLINK.tried
    given = {"address": address, "method": "bearer"}
    with pytest.raises(Refused) as refused:
        CLASSLINK.tried(settings_from(CLASSLINK, given), "token")
    return refused.value


def test_a_busy_server_is_asked_once() -> None:
    busy = (
        b"HTTP/1.1 503 Busy\r\nRetry-After: 3600\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )
    with _answering(busy, b"") as (address, asked):
        assert _tried(address).reason is Reason.API_FAILS
        assert len(asked) == 1


def test_an_answer_that_comes_drop_by_drop_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hurry, "_ALL", 0.3)
    endless = _HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    with _answering(endless, b"1\r\n \r\n") as (address, _):
        assert _tried(address).reason is Reason.API_UNREACHABLE


def test_no_secret_is_sent_for_a_token_to_the_network_of_the_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(source, "leads_nowhere", lambda address: address.endswith("/token"))
    with _answering(_HEAD, b"") as (address, asked):
        given = {
            "address": address,
            "method": "oauth2",
            "key": "k",
            "token_url": f"{address}/token",
        }
        assert CLASSLINK.tried
        with pytest.raises(Refused) as refused:
            CLASSLINK.tried(settings_from(CLASSLINK, given), "secret")
        assert (refused.value.reason, asked) == (Reason.API_UNREACHABLE, [])
