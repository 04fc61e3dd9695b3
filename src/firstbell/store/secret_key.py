"""The key that signs sessions and links."""

import os
from contextlib import suppress
from pathlib import Path
from secrets import token_urlsafe
from tempfile import NamedTemporaryFile

from django.conf import settings

from firstbell.store.environment import Environment

_NAME = "secret-key"


def use_kept_key() -> None:
    """Lets this process sign as all others do: with the key of the environment, else the kept one.

    Raises:
        OSError: The key can be neither read nor kept.
    """
    settings.SECRET_KEY = Environment().secret_key or _kept_key(Path(settings.FIRSTBELL_STORAGE))


def _kept_key(storage: Path) -> str:
    """The key kept in the storage, which all machines share; made when there is none."""
    file = storage / _NAME
    if not file.exists():
        storage.mkdir(parents=True, exist_ok=True)
        # Only the user who made it may read it; of two processes at once, the first wins.
        with NamedTemporaryFile("w", dir=storage, prefix=f".{_NAME}-") as made:
            made.write(token_urlsafe(48))
            made.flush()
            with suppress(FileExistsError):
                os.link(made.name, file)
    return file.read_text()
