"""A mail server for the pages, and what came to it."""

import threading
from collections.abc import Iterator

import pytest
from django.conf import settings

from tests.jobs.notify.post_office import PostOffice, post_office


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[PostOffice]:
    """The mail server that `FIRSTBELL_MAIL` names; it is open."""
    office = post_office()
    monkeypatch.setattr(settings, "FIRSTBELL_MAIL", True)
    monkeypatch.setattr(settings, "EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
    monkeypatch.setattr(settings, "EMAIL_HOST", "127.0.0.1", raising=False)
    monkeypatch.setattr(settings, "EMAIL_PORT", office.port, raising=False)
    with office.open():
        yield office


def all_sent(before: set[threading.Thread]) -> None:
    """Waits for what the pages send meanwhile.

    Args:
        before: the threads that there were before.
    """
    for thread in set(threading.enumerate()) - before:
        thread.join(20)
