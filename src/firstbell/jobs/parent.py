"""What `firstbell serve` has started does not outlive it, however it ends."""

import os
import signal
import threading
import time

#: The variable that names the process of `firstbell serve` to those that it starts.
SERVED_BY = "FIRSTBELL_SERVED_BY"

_PAUSE = 0.5


def end_with_parent() -> None:
    """Stops this process as SIGTERM does once the one that serves is gone; if there is one."""
    if parent := os.environ.get(SERVED_BY):
        threading.Thread(target=_watch, args=(int(parent),), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_PAUSE)
    os.kill(os.getpid(), signal.SIGTERM)
