"""A made-up district's roster as ClassLink shares it: from the simulator, where that is there."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from firstbell.sources.kind import settings_from, values_of
from firstbell.sources.rest.kinds import CLASSLINK
from firstbell.store.secret_key import use_kept_key
from firstbell.store.sources import source_set

_HOST = "127.0.0.1"


def free_port() -> int | None:
    """Where it can be shared; None: the simulator is not there, which is not installed."""
    if find_spec("simulator") is None:
        return None
    with socket.socket() as free:
        free.bind((_HOST, 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def shared(exports: Path, port: int) -> Iterator[Callable[[], None]]:
    """Shares what a district has exported.

    Args:
        exports: the folder of its files.
        port: of this machine.

    Yields:
        Lets it share what lies there by now.
    """
    from simulator import Manners, Roster, simulated

    with simulated(Roster.read(exports), Manners(link=False, count=True), port=port) as server:
        yield lambda: server.become(Roster.read(exports))


def connect(district: str, port: int, who: str) -> None:
    """Makes it the source of a district, of which `who` is told in the audit log."""
    from simulator import Account

    account = Account()
    settings = {"address": f"http://{_HOST}:{port}", "key": account.key}
    use_kept_key()
    source_set(
        district=district,
        kind=CLASSLINK.name,
        settings=values_of(settings_from(CLASSLINK, settings)),
        secret=account.secret,
        who=who,
    )
