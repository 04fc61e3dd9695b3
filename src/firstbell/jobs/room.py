"""A folder for what a process unpacks and copies, which does not outlive it for long.

It holds the delivery as received, passwords and all. A process that ends in good order empties it; one
that is killed cannot, so the next one does. A kernel lock on the folder, which vanishes with its
process however it dies, tells whether anybody is in it.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import gettempdir, mkdtemp

from firstbell.feed.refusal import Reason, Refused

_PREFIX = "firstbell-sync-"


@contextmanager
def own_room(rooms: Path) -> Iterator[Path]:
    """A folder of this process; those of dead processes are removed.

    Args:
        rooms: the folder for such folders.
    """
    for other in rooms.glob(f"{_PREFIX}*"):
        with suppress(OSError):  # somebody else's, or gone by now
            _clear(other)
    room, lock = _locked(rooms)
    while not room.exists():  # another process took it for a dead one's, and was quicker
        os.close(lock)
        room, lock = _locked(rooms)
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)
        os.close(lock)


def temporary_folder() -> Path:
    """The system's folder for what does not last; raises Refused when nothing can be written there."""
    try:
        return Path(gettempdir())
    except FileNotFoundError as error:  # it has tried to write there
        raise Refused(Reason.DISK_FULL) from error


def _locked(rooms: Path) -> tuple[Path, int]:
    """A new folder, and its lock."""
    room = Path(mkdtemp(prefix=_PREFIX, dir=rooms))
    lock = os.open(room, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    return room, lock


def _clear(room: Path) -> None:
    lock = os.open(room, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(room)
    finally:
        os.close(lock)
