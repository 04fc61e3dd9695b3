"""Servers of the tests: where they listen, and when they do."""

import socket
import subprocess
from contextlib import closing
from time import monotonic, sleep

_PATIENCE = 60


def free_port() -> int:
    """A port of this machine on which nobody listens."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port: int = free.getsockname()[1]
    return port


def wait_for(port: int, server: "subprocess.Popen[bytes]") -> None:
    """Waits until a server listens; fails when it ends instead."""
    patient_until = monotonic() + _PATIENCE
    while monotonic() < patient_until and server.poll() is None:
        try:
            socket.create_connection(("localhost", port), timeout=1).close()
            return
        except OSError:
            sleep(0.1)
    raise AssertionError("the server does not answer")
