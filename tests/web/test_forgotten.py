"""A new password by mail, for who has forgotten the old one."""

import re
import threading

import pytest
from django.conf import settings
from django.test import Client

from firstbell.store.models import Identity, Person
from tests.jobs.notify.post_office import PostOffice, text_of
from tests.web.conftest import Browser, Town
from tests.web.mailing import all_sent, office

__all__ = ["office"]

_ASK = "/password/forgotten/"
_LINK = re.compile(r"http://localhost:8000(/password/\S+)")


def _asks(client: Client, email: str) -> str:
    before = set(threading.enumerate())
    answer = client.post(_ASK, {"email": email})
    all_sent(before)
    assert answer.status_code == 302
    return answer.headers["location"]


def test_a_link_comes_by_mail_and_works_once(browser: Browser, office: PostOffice) -> None:
    client = browser(None)
    assert "Forgotten password?" in client.get("/sign-in/").content.decode()
    assert "We mail you a link" in client.get(_ASK).content.decode()
    assert _asks(client, "Alice@example.org") == "/password/sent/"
    assert "Look at your mail" in client.get("/password/sent/").content.decode()
    [mail] = office.mails
    assert mail["To"] == "alice@example.org"
    assert mail["Subject"] == "Choose a new password for First Bell"
    assert mail.get_content_type() == "text/plain"
    assert "Alice" not in text_of(mail)
    link = _LINK.search(text_of(mail))
    assert link
    form = client.get(link[1]).headers["location"]
    chosen = {"password1": "some other horse", "password2": "some other horse"}
    assert client.post(form, chosen).headers["location"] == "/"
    again = browser(None).get(link[1], follow=True).content.decode()
    assert "This link does not work any more" in again


def test_the_answer_is_the_same_when_nobody_has_the_address(
    browser: Browser, office: PostOffice
) -> None:
    assert _asks(browser(None), "nobody@example.org") == "/password/sent/"
    assert office.mails == []


def test_closed_accounts_and_those_of_providers_get_none(
    browser: Browser, office: PostOffice, town: Town
) -> None:
    Person.objects.filter(email="alice@example.org").update(is_active=False)
    Identity.objects.create(person=town.people["bob"], issuer="https://id.example", subject="1")
    client = browser(None)
    for name in ("alice", "bob"):
        assert _asks(client, f"{name}@example.org") == "/password/sent/"
    assert office.mails == []


def test_an_address_is_not_flooded(browser: Browser, office: PostOffice) -> None:
    client = browser(None)
    for _ in range(5):
        _asks(client, "alice@example.org")
    assert client.post(_ASK, {"email": "alice@example.org"}).status_code == 429
    assert len(office.mails) == 5


def test_a_mail_server_that_is_down_changes_no_answer(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(settings, "FIRSTBELL_MAIL", True)
    monkeypatch.setattr(settings, "EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
    monkeypatch.setattr(settings, "EMAIL_PORT", 1, raising=False)
    monkeypatch.setattr(settings, "EMAIL_HOST", "127.0.0.1", raising=False)
    assert _asks(browser(None), "alice@example.org") == "/password/sent/"


def test_without_a_mail_server_there_is_no_such_page(browser: Browser) -> None:
    client = browser(None)
    assert client.get(_ASK).status_code == 404
    assert "Ask your specialist for a link" in client.get("/sign-in/").content.decode()
