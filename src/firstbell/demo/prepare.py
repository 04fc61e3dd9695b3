"""Prepares the demo: two districts, each made by a process of its own, and the people who sign in."""

import os
import signal
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from time import sleep

from firstbell.demo.login import Login
from firstbell.demo.story import STORIES, Story
from firstbell.jobs.parent import SERVED_BY, end_with_parent
from firstbell.jobs.ready import make_ready
from firstbell.store.errors import StoreError

#: How many nights lie behind each district.
NIGHTS = 60
#: Seconds between two looks at how far it is.
_PAUSE = 0.2


def exports_of(story: Story, data_dir: Path) -> Path:
    """The folder that a district's files are put into."""
    return data_dir / "exports" / story.slug


def prepare(
    data_dir: Path,
    nights: int = NIGHTS,
    meanwhile: Callable[[int], None] = lambda done: None,
    port: int | None = None,
) -> tuple[Login, ...]:
    """Fills an empty database, which is open, with the demo.

    Args:
        data_dir: the data folder; the districts' exports go there, too.
        nights: how many each district has behind it.
        meanwhile: told now and then how many syncs have ended.
        port: where ClassLink shares the rosters of districts that it shares; None: nowhere.

    Returns:
        what people sign in with.

    Raises:
        StoreError: A history could not be made; its process has said why.
    """
    from firstbell.demo.people import add_people
    from firstbell.store.models import Sync

    os.environ[SERVED_BY] = str(os.getpid())
    context = get_context("spawn")
    makers = [
        context.Process(target=_make, args=(number, nights, data_dir, port))
        for number in range(len(STORIES))
    ]
    for maker in makers:
        maker.start()
    try:
        while any(maker.is_alive() for maker in makers):
            sleep(_PAUSE)
            meanwhile(Sync.objects.exclude(completed_at=None).count())
    finally:
        for maker in makers:
            maker.terminate()
            maker.join()
        del os.environ[SERVED_BY]
    if any(maker.exitcode for maker in makers):
        raise StoreError("the history of a district could not be made")
    return add_people()


def _make(number: int, nights: int, data_dir: Path, port: int | None) -> None:
    """Makes the history of one district; stopped by SIGTERM, and with the process that started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for that one
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    end_with_parent()
    try:
        make_ready()
        from firstbell.store.database import open_store

        story = STORIES[number]
        with open_store(data_dir):
            from firstbell.demo.history import make_history

            its_port = port if story.is_shared else None
            make_history(story, nights, exports_of(story, data_dir), its_port)
    except KeyboardInterrupt:
        raise SystemExit(1) from None
