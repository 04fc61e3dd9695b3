"""`firstbell serve`: all of First Bell on one machine."""

import typer

from firstbell.cli.exits import DataDir, Debug
from firstbell.cli.store import data_folder, store
from firstbell.cli.web import HERE, Bind


def serve(bind: Bind = HERE, data_dir: DataDir = None, debug: Debug = False) -> None:
    """Run all of First Bell here, until Ctrl-C: the database, a worker and the pages.

    Ctrl-C waits for a sync that is under way; a second one does not, and the sync is begun anew
    after the next start.
    """
    from firstbell.cli.serving import alone_in, run

    with alone_in(data_folder(data_dir)), store(data_dir):
        typer.echo(f"First Bell is at http://{bind} - Ctrl-C ends it.")
        run(bind, data_folder(data_dir))
