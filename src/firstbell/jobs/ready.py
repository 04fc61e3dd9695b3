"""The process that those for syncs are forked from. It imports little, to be started before all else."""

import multiprocessing
from contextlib import suppress
from multiprocessing import forkserver


def make_ready(*modules: str) -> None:
    """Starts the process that the others are forked from, unless it runs or cannot be started.

    So the next sync begins in a moment. It has imported all, and has no thread, no connection and no
    data.

    Args:
        modules: what else it imports: that of the command that runs, which each process imports.
    """
    with suppress(OSError):
        multiprocessing.set_forkserver_preload(["firstbell.jobs.child", *modules])
        forkserver.ensure_running()
