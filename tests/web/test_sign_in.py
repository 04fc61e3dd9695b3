"""Signing in, by a password that only its person chose."""

import re
from collections.abc import Iterator

import psycopg
import pytest
from django.test import Client

from firstbell.store.connecting import Role, connected
from firstbell.store.models import Person
from firstbell.web.accounts import password_link
from tests.web.conftest import PASSWORD, Browser, Town

_CHOSEN = "some other horse"
_LINK = re.compile(r"http://localhost:8000(/password/[0-9a-z]+-[0-9a-z]+-[0-9a-f]+/)")


def _signs_in(client: Client, email: str, password: str) -> bool:
    answer = client.post("/sign-in/", {"login": email, "password": password})
    assert answer.status_code in (200, 302)
    return answer.status_code == 302


@pytest.fixture
def link(town: Town) -> Iterator[str]:
    found = _LINK.fullmatch(password_link(town.people["alice"]))
    assert found
    yield found[1]


def test_a_person_signs_in_and_out(browser: Browser) -> None:
    client = browser(None)
    assert _signs_in(client, "alice@example.org", PASSWORD)
    assert client.get("/districts/north/sync-reports/").status_code == 200
    assert client.post("/sign-out/").headers["location"] == "/sign-in/"
    assert client.get("/districts/north/sync-reports/").status_code == 302


def test_an_address_is_known_in_any_case(browser: Browser) -> None:
    assert _signs_in(browser(None), " Alice@Example.ORG ", PASSWORD)


@pytest.mark.parametrize("email", ["alice@example.org", "nobody@example.org"])
def test_nobody_learns_which_addresses_there_are(browser: Browser, email: str) -> None:
    answer = browser(None).post("/sign-in/", {"login": email, "password": "wrong horse"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "The email address and/or password you specified are not correct." in page
    assert "There is a problem" in page


def test_after_sign_in_the_page_that_was_asked_for_is_shown(browser: Browser) -> None:
    client = browser(None)
    asked = client.get("/districts/north/sync-reports/?to=2026-11-24").headers["location"]
    page = client.get(asked).content.decode()
    action = re.search(r'action="(/sign-in/[^"]*)"', page)
    assert action
    answer = client.post(action[1], {"login": "alice@example.org", "password": PASSWORD})
    assert answer.headers["location"] == "/districts/north/sync-reports/?to=2026-11-24"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example"]
)
def test_sign_in_leads_nowhere_else(browser: Browser, elsewhere: str) -> None:
    answer = browser(None).post(
        "/sign-in/", {"login": "alice@example.org", "password": PASSWORD, "next": elsewhere}
    )
    assert (answer.status_code, answer.headers["location"]) == (302, "/")


def test_after_five_wrong_passwords_the_right_one_waits_too(browser: Browser, store: str) -> None:
    client = browser(None)
    tries = [_signs_in(client, "alice@example.org", f"wrong horse {n}") for n in range(5)]
    assert not any(tries)
    assert not _signs_in(client, "alice@example.org", PASSWORD)
    assert (
        "Too many failed login attempts"
        in client.post(
            "/sign-in/", {"login": "alice@example.org", "password": PASSWORD}
        ).content.decode()
    )
    assert _signs_in(client, "bob@example.org", PASSWORD)


def test_tries_are_counted_where_all_processes_see_them(browser: Browser, store: str) -> None:
    _signs_in(browser(None), "alice@example.org", "wrong horse")
    with psycopg.connect(store) as admin:
        found = admin.execute("SELECT count(*) > 0 FROM web_cache").fetchone()
        assert found == (True,)
        kept = admin.execute("SELECT count(*) FROM web_cache WHERE web_cache::text LIKE '%alice%'")
        assert kept.fetchone() == (0,)


def test_a_closed_account_does_not_sign_in(browser: Browser, town: Town) -> None:
    Person.objects.filter(email="alice@example.org").update(is_active=False)
    client = browser(None)
    answer = client.post("/sign-in/", {"login": "alice@example.org", "password": PASSWORD})
    assert answer.headers["location"] == "/inactive/"
    assert "Your account is closed" in client.get("/inactive/").content.decode()
    assert client.get("/").headers["location"] == "/sign-in/?next=/"


def test_a_closed_account_is_signed_out_at_once(browser: Browser, town: Town, store: str) -> None:
    client = browser("alice")
    with connected(store, Role.WORKER):
        Person.objects.filter(email="alice@example.org").update(is_active=False)
    with connected(store, Role.WEB):
        assert client.get("/districts/north/sync-reports/").status_code == 302


@pytest.mark.parametrize("address", ["/sign-up/", "/signup/", "/accounts/signup/", "/admin/"])
def test_nobody_signs_up(browser: Browser, address: str) -> None:
    assert browser(None).get(address).status_code == 404


def test_forms_of_others_are_refused(browser: Browser) -> None:
    browser(None)
    client = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
    answer = client.post("/sign-in/", {"login": "alice@example.org", "password": PASSWORD})
    assert answer.status_code == 403
    assert "This page was open for too long" in answer.content.decode()


def test_a_link_lets_a_person_choose_a_password(browser: Browser, link: str) -> None:
    client = browser(None)
    form = client.get(link)
    assert form.headers["location"].endswith("-set-password/")  # the key leaves the address
    page = client.get(form.headers["location"])
    assert "For alice@example.org" in page.content.decode()
    answer = client.post(form.headers["location"], {"password1": _CHOSEN, "password2": _CHOSEN})
    assert answer.headers["location"] == "/"
    assert client.get("/").status_code == 302
    assert _signs_in(browser(None), "alice@example.org", _CHOSEN)


def test_a_link_works_once(browser: Browser, link: str) -> None:
    client = browser(None)
    form = client.get(link).headers["location"]
    client.post(form, {"password1": _CHOSEN, "password2": _CHOSEN})
    page = browser(None).get(link)
    assert page.status_code == 200
    assert "This link does not work any more" in page.content.decode()


@pytest.mark.parametrize(
    ("chosen", "again", "said"),
    [
        ("short horse", "short horse", "too short"),
        (_CHOSEN, f"{_CHOSEN}s", "same password"),
        ("alice@example.org", "alice@example.org", "too similar to the email"),
        ("password1234", "password1234", "too common"),
    ],
)
def test_a_password_that_is_none_is_refused(
    browser: Browser, link: str, chosen: str, again: str, said: str
) -> None:
    client = browser(None)
    form = client.get(link).headers["location"]
    answer = client.post(form, {"password1": chosen, "password2": again})
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not _signs_in(browser(None), "alice@example.org", chosen)
    assert not re.search(r'type="password"[^>]* value=', answer.content.decode())


@pytest.mark.parametrize("link_", ["/password/1-abc-def/", "/password/zzzz-abc-0123/"])
def test_a_made_up_link_does_not_work(browser: Browser, link_: str) -> None:
    assert "This link does not work any more" in browser(None).get(link_).content.decode()
