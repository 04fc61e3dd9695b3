"""Processes that hold an embedded server, as commands and workers do."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_HOLD = """
import sys
from pathlib import Path
from firstbell.store.embedded import embedded_server
with embedded_server(Path(sys.argv[1])) as server:
    print(server, flush=True)
    sys.stdin.readline()
"""


class Holder:
    """A process that has a server, until it is told to let go or is killed."""

    def __init__(self, data_dir: Path, *packages: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _HOLD, str(data_dir)],
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join([*map(str, packages), *filter(None, sys.path)]),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def server(self) -> str:
        """Waits until the server runs; its connection string."""
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def let_go(self) -> int:
        """Lets the process end by itself; its exit code."""
        self.process.communicate("\n")
        return self.process.returncode

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@contextmanager
def holding(data_dir: Path, *packages: Path) -> Iterator[Holder]:
    """A process that has the server on a data folder, and is gone behind the block.

    Packages in the folders given are preferred to those that are installed.
    """
    holder = Holder(data_dir, *packages)
    try:
        yield holder
    finally:
        holder.kill()
