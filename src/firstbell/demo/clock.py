"""The demo's clock: lets a process believe that it is another moment, while history is made.

All that First Bell writes down of a sync asks Django what time it is. So syncs of past nights are
told as if they had been run then, and nothing has to be changed afterwards.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from time import monotonic

from django.utils import timezone


@contextmanager
def another_time() -> Iterator[Callable[[datetime], None]]:
    """Takes this process out of the present while the block runs.

    Yields:
        sets the clock, which then goes on as clocks do.
    """
    real = timezone.now
    told, since = real(), monotonic()

    def now() -> datetime:
        return told + timedelta(seconds=monotonic() - since)

    def put(moment: datetime) -> None:
        nonlocal told, since
        told, since = moment, monotonic()

    timezone.now = now
    try:
        yield put
    finally:
        timezone.now = real
