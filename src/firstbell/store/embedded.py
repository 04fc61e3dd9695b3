"""First Bell's own PostgreSQL server in its data folder, shared by every process that needs it.

Two kernel locks keep order, and vanish with their process however it dies: the *gate*, held alone
while the server is started or stopped, and *users*, held together by all processes that use it. Who
can have *users* alone is the last one out, and stops the server. A server whose last user was
killed runs until the next one leaves.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from firstbell.store.cluster import Cluster, cluster_in
from firstbell.store.errors import StoreError


@contextmanager
def embedded_server(data_dir: Path) -> Iterator[str]:
    """The embedded server on a data folder, started when it does not run yet.

    Args:
        data_dir: the data folder; made when it is not there.

    Yields:
        A connection string that names only where the server is; user and database are to be added.

    Raises:
        StoreError: The server cannot be started there.
    """
    cluster = cluster_in(_made(data_dir))
    folder = cluster.folder.parent
    with _lock_file(folder / "gate.lock") as gate, _lock_file(folder / "users.lock") as users:
        fcntl.flock(gate, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            cluster.start()
            fcntl.flock(gate, fcntl.LOCK_UN)
            yield f"host={cluster.socket}"
        finally:
            _leave(cluster, gate, users)


def _leave(cluster: Cluster, gate: IO[bytes], users: IO[bytes]) -> None:
    """Stops the server, unless somebody else uses it."""
    fcntl.flock(gate, fcntl.LOCK_EX)
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    cluster.stop()


def _made(data_dir: Path) -> Path:
    """The data folder. Others may pass through it, as the server does, but not look into it."""
    folder = data_dir.absolute()
    try:
        folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        return folder.resolve()
    except OSError as error:
        raise _cannot_use(folder, error) from error


def _lock_file(path: Path) -> IO[bytes]:
    try:
        return path.open("ab")
    except OSError as error:
        raise _cannot_use(path.parent, error) from error


def _cannot_use(folder: Path, error: OSError) -> StoreError:
    return StoreError(
        f"the data folder {folder} cannot be used ({error.strerror}); choose another with --data-dir"
    )
