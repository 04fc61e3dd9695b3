"""How gunicorn serves the pages: `gunicorn -c python:firstbell.web.server`, as `firstbell web` does.

Threads, for slow uploads and downloads; live progress is polled for.
"""

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
