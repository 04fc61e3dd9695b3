"""A delivery from its files to what a sync makes of it: what the command and the workers share.

What a sync means §2 to §5. Nothing is written but in a temporary folder, which is gone at the end.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from firstbell.engine.policy import Policy
from firstbell.engine.result import SyncResult
from firstbell.engine.sync import sync
from firstbell.feed.database import open_database
from firstbell.feed.package import Limits, open_package
from firstbell.feed.read import read

#: What is being done, in the words of the progress display, in order.
STEPS = ("Reading files", "Checking records", "Writing reports")


def _in_silence(step: str) -> None:
    """Tells nobody."""


@contextmanager
def checked(
    path: Path,
    policy: Policy,
    limits: Limits | None = None,
    step: Callable[[str], None] = _in_silence,
) -> Iterator[SyncResult]:
    """What a sync makes of a delivery; its records and findings can be read inside the block.

    Args:
        path: a folder or a zip archive.
        policy: what to judge by.
        limits: what the delivery may cost.
        step: is told what is being done, one of `STEPS`.

    Raises:
        Refused: the delivery cannot be used as a whole.
    """
    limits = limits or Limits()
    with TemporaryDirectory(prefix="firstbell-", ignore_cleanup_errors=True) as folder:
        work = Path(folder).resolve()
        step(STEPS[0])
        delivery = open_package(path, work, limits)
        with closing(open_database(work, limits)) as database:
            reading = read(delivery, database, work)
            step(STEPS[1])
            yield sync(reading, policy)
