"""Carries the simulator over HTTP, on a port of the loopback interface."""

import gzip
import socket
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import cast

from simulator.answers import Answer, Asked
from simulator.faults import Fault
from simulator.gate import Account
from simulator.roster import Roster
from simulator.simulator import Manners, Simulator

_MANNERS, _ACCOUNT = Manners(), Account()


@contextmanager
def simulated(
    roster: Roster,
    manners: Manners = _MANNERS,
    *,
    account: Account = _ACCOUNT,
    faults: Iterable[Fault] = (),
    port: int = 0,
) -> Iterator[Simulator]:
    """A server of a district while it is needed.

    Args:
        roster: The district; it is served in its version of OneRoster.
        manners: How the server behaves when nothing is wrong.
        account: What clients come in with.
        faults: What goes wrong.
        port: Where it listens; a free port if it is 0.

    Yields:
        The simulator, which tells what it was asked.
    """
    server = _Server(("127.0.0.1", port), _Handler)
    server.simulator = Simulator(
        f"http://127.0.0.1:{server.server_port}", roster, manners, account, faults
    )
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.simulator
    finally:
        server.stop()
        thread.join()
    if server.broken:
        raise server.broken[0]


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 128
    simulator: Simulator

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self.stopping = Event()
        #: What went wrong with the simulator itself.
        self.broken: list[BaseException] = []
        self._connections: set[socket.socket] = set()

    def stop(self) -> None:
        """End, also what waits for requests on connections that clients keep."""
        self.stopping.set()
        self.shutdown()
        for connection in self._connections.copy():
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()

    def process_request(self, request: object, client_address: object) -> None:
        self._connections.add(cast("socket.socket", request))
        super().process_request(request, client_address)  # type: ignore[arg-type]

    def shutdown_request(self, request: object) -> None:
        self._connections.discard(cast("socket.socket", request))
        super().shutdown_request(request)  # type: ignore[arg-type]

    def handle_error(self, request: object, client_address: object) -> None:
        error = sys.exception()
        if error is not None and not isinstance(error, ConnectionError):
            self.broken.append(error)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Roster"
    wbufsize = 65536
    disable_nagle_algorithm = True

    @property
    def _simulator(self) -> Simulator:
        return cast("_Server", self.server).simulator

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self._simulator.answer(Asked(self.command, self.path, headers, body))
        if answer.pause and cast("_Server", self.server).stopping.wait(answer.pause):
            self.close_connection = True
            return
        self._send(answer, "gzip" in headers.get("accept-encoding", ""))

    def _send(self, answer: Answer, takes_gzip: bool) -> None:
        body = answer.body
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        if takes_gzip and body and self._simulator.manners.gzip:
            body = gzip.compress(body, compresslevel=1)
            self.send_header("Content-Encoding", "gzip")
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if answer.cut_at is None:
            self.wfile.write(body)
        else:
            self.wfile.write(body[: int(len(body) * answer.cut_at)])
            self.close_connection = True

    def date_time_string(self, timestamp: float | None = None) -> str:
        return format_datetime(self._simulator.now.replace(microsecond=0), usegmt=True)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the simulator keeps what it was asked."""
