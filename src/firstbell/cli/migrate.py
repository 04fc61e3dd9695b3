"""`firstbell migrate`: the database brought up to date."""

import typer

from firstbell.cli.exits import DataDir, Debug
from firstbell.cli.store import data_folder, plainly


def migrate(data_dir: DataDir = None, debug: Debug = False) -> None:
    """Bring the database up to date.

    It is needed with DATABASE_URL, before the first command and after each new version of First
    Bell. Without DATABASE_URL it happens by itself.
    """
    with plainly():
        from firstbell.store.database import migrate_store

        migrate_store(data_folder(data_dir))
    typer.echo("The database is up to date.")
