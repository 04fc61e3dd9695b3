"""How gunicorn serves the pages: `gunicorn -c python:firstbell.web.server`, as `firstbell web` does.

Threads, for slow uploads and downloads; live progress is polled for.
"""

import gc
from importlib import import_module
from typing import Any

from firstbell.jobs.parent import end_with_parent

wsgi_app = "firstbell.web.wsgi:application"
workers = 2
worker_class = "gthread"
threads = 16
control_socket_disable = True
loglevel = "warning"


def on_starting(server: Any) -> None:
    """Called by gunicorn before it serves."""
    end_with_parent()


def post_worker_init(worker: Any) -> None:
    """Called by gunicorn in each process before its first page.

    All views are loaded, and what stays for good is not looked through for garbage again and again:
    that would stop every page for a tenth of a second.
    """
    import_module("firstbell.web.urls")
    gc.collect()
    gc.freeze()
