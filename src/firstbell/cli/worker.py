"""`firstbell worker`: a process that runs the syncs that are queued."""

import typer

from firstbell.cli.exits import FAILED, DataDir, Debug
from firstbell.cli.store import store, syncs_follow


def worker(data_dir: DataDir = None, debug: Debug = False) -> None:
    """Run the syncs that are queued, and start those that are due, until stopped.

    Any number of workers may run, on any number of machines. SIGTERM and Ctrl-C let a sync that is
    under way end. It ends with 2 when the database is lost; let what starts it start it again.
    """
    syncs_follow()
    with store(data_dir):
        from firstbell.jobs.worker import run_worker

        told = run_worker()
    if not told:
        typer.echo("Failed: the database was lost; start the worker again.", err=True)
        raise typer.Exit(FAILED)
