"""A specialist signs in with a second factor, others may."""

import re
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

import psycopg
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.test import Client

from firstbell.store.connecting import Role, connected
from firstbell.store.people import second_factor_forget
from firstbell.web.accounts import password_link
from firstbell.web.second_factor import second_factor_add
from tests.web.conftest import PASSWORD, Browser, Town

_SET_UP = "/account/second-factor/set-up/"
_REPORTS = "/districts/north/sync-reports/"
_NOW = 1_800_000_000.0

#: The code that an app shows for a secret.
Code = Callable[[str], str]


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the clock of second factors says."""
    moment = [_NOW]
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.time.time", lambda: moment[0])
    return moment


@pytest.fixture
def code(now: list[float]) -> Code:
    return lambda secret: format_hotp_value(hotp_value(secret, int(now[0] // 30)))


def _sign_in(client: Client, name: str) -> str:
    answer = client.post("/sign-in/", {"login": f"{name}@example.org", "password": PASSWORD})
    return answer.headers["location"]


def _secret(page: str) -> str:
    found = re.search(r'class="key-of">([A-Z2-7 ]+)<', page)
    assert found
    return found[1].replace(" ", "")


@pytest.mark.parametrize("address", ["/", _REPORTS, "/console/districts/north/open/"])
def test_a_password_alone_shows_a_specialist_nothing(browser: Browser, address: str) -> None:
    client = browser(None)
    assert _sign_in(client, "dana") == "/"
    assert client.get(address).headers["location"] == _SET_UP
    assert client.post(address).headers["location"] == _SET_UP


def test_on_the_first_sign_in_a_specialist_sets_one_up(browser: Browser, code: Code) -> None:
    client = browser(None)
    _sign_in(client, "dana")
    page = client.get(_SET_UP).content.decode()
    assert "<svg" in page
    assert "data:" not in page
    secret = _secret(page)
    answer = client.post(_SET_UP, {"code": code(secret)})
    assert answer.headers["location"] == "/account/second-factor/recovery-codes/"
    codes = client.get(answer.headers["location"]).content.decode()
    assert len(re.findall(r"<code>\d{8}</code>", codes)) == 10
    assert client.get("/console/districts/").status_code == 200


def test_a_wrong_code_sets_nothing_up(browser: Browser, code: Code) -> None:
    client = browser(None)
    _sign_in(client, "dana")
    secret = _secret(client.get(_SET_UP).content.decode())
    wrong = str(int(code(secret)) ^ 1).zfill(6)
    page = client.post(_SET_UP, {"code": wrong}).content.decode()
    assert "Incorrect code." in page
    assert _secret(page) == secret
    assert client.get("/").headers["location"] == _SET_UP


def test_then_every_sign_in_asks_for_a_code(browser: Browser, town: Town, code: Code) -> None:
    secret = second_factor_add(town.people["dana"])
    client = browser(None)
    assert _sign_in(client, "dana") == "/sign-in/code/"
    assert client.get("/").headers["location"] == "/sign-in/?next=/"
    assert "Sign in with a code" in client.get("/sign-in/code/").content.decode()
    answer = client.post("/sign-in/code/", {"code": code(secret)})
    assert answer.headers["location"] == "/"
    assert client.get("/console/districts/").status_code == 200


def test_a_new_password_does_not_do_without_the_code(browser: Browser, town: Town) -> None:
    second_factor_add(town.people["dana"])
    link = urlsplit(password_link(town.people["dana"])).path
    client = browser(None)
    form = client.get(link).headers["location"]
    answer = client.post(form, {"password1": "some other horse", "password2": "some other horse"})
    assert answer.headers["location"].startswith("/sign-in/code/")
    assert client.get("/").headers["location"] == "/sign-in/?next=/"


def test_a_code_works_once(browser: Browser, town: Town, code: Code) -> None:
    secret = second_factor_add(town.people["dana"])
    client, other = browser(None), browser(None)
    for one in (client, other):
        _sign_in(one, "dana")
    assert client.post("/sign-in/code/", {"code": code(secret)}).status_code == 302
    assert (
        "Incorrect code." in other.post("/sign-in/code/", {"code": code(secret)}).content.decode()
    )


def test_codes_are_not_guessed(browser: Browser, town: Town, code: Code) -> None:
    secret = second_factor_add(town.people["dana"])
    client = browser(None)
    _sign_in(client, "dana")
    for _ in range(5):
        client.post("/sign-in/code/", {"code": "wrong"})
    page = client.post("/sign-in/code/", {"code": code(secret)}).content.decode()
    assert "Too many failed login attempts" in page


def test_a_recovery_code_works_once_in_its_place(browser: Browser, code: Code) -> None:
    client = browser(None)
    _sign_in(client, "dana")
    secret = _secret(client.get(_SET_UP).content.decode())
    client.post(_SET_UP, {"code": code(secret)})
    page = client.get("/account/second-factor/recovery-codes/").content.decode()
    spare = re.findall(r"<code>(\d{8})</code>", page)[0]
    for answer in (302, 200):
        client.post("/sign-out/")
        _sign_in(client, "dana")
        assert client.post("/sign-in/code/", {"code": spare}).status_code == answer


def test_a_session_from_before_is_asked_for_a_code(
    browser: Browser, town: Town, code: Code
) -> None:
    secret = second_factor_add(town.people["dana"])
    client = browser("dana", with_second_factor=False)
    asked = client.get(f"{_REPORTS}?status=Failed").headers["location"]
    assert unquote(asked) == f"/account/confirm/code/?next={_REPORTS}?status=Failed"
    assert "Is it you?" in client.get(asked).content.decode()
    answer = client.post(asked, {"code": code(secret), "next": _REPORTS})
    assert answer.headers["location"] == _REPORTS
    assert client.get("/console/districts/").status_code == 200


def test_a_specialist_does_not_remove_it(browser: Browser, town: Town) -> None:
    second_factor_add(town.people["dana"])
    client = browser("dana")
    page = client.get("/account/second-factor/").content.decode()
    assert "Remove" not in page
    client.post("/account/second-factor/remove/")
    client.post("/sign-out/")
    assert _sign_in(client, "dana") == "/sign-in/code/"


def test_an_administrator_sets_it_up_and_removes_it(browser: Browser, code: Code) -> None:
    client = browser(None)
    assert _sign_in(client, "alice") == "/"
    assert "Set up a second factor" in client.get("/account/second-factor/").content.decode()
    secret = _secret(client.get(_SET_UP).content.decode())
    client.post(_SET_UP, {"code": code(secret)})
    client.post("/sign-out/")
    assert _sign_in(client, "alice") == "/sign-in/code/"
    client.post("/sign-in/code/", {"code": code(secret)})
    page = client.get("/account/second-factor/remove/").content.decode()
    assert "From then on your password alone lets you in." in page
    client.post("/account/second-factor/remove/")
    client.post("/sign-out/")
    assert _sign_in(client, "alice") == "/"


def test_who_signed_in_long_ago_types_the_password_again(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser(None)
    _sign_in(client, "alice")
    monkeypatch.setattr("firstbell.web.accounts.REAUTHENTICATION_TIMEOUT", -1)
    asked = client.get(_SET_UP).headers["location"]
    assert asked.startswith("/account/confirm/?next=")
    assert "Type your password once more" in client.get(asked).content.decode()
    assert "password" in client.post(asked, {"password": "wrong horse"}).content.decode()
    answer = client.post(asked, {"password": PASSWORD, "next": _SET_UP})
    assert answer.headers["location"] == _SET_UP


def test_new_recovery_codes_replace_the_old(browser: Browser, code: Code) -> None:
    client = browser(None)
    _sign_in(client, "dana")
    secret = _secret(client.get(_SET_UP).content.decode())
    client.post(_SET_UP, {"code": code(secret)})
    pages = [client.get("/account/second-factor/recovery-codes/").content.decode()]
    assert client.get("/account/second-factor/recovery-codes/new/").status_code == 200
    client.post("/account/second-factor/recovery-codes/new/")
    pages += [client.get("/account/second-factor/recovery-codes/").content.decode()]
    old, new = (set(re.findall(r"<code>(\d{8})</code>", page)) for page in pages)
    assert not old & new


def test_the_database_does_not_tell_the_secret(store: str, town: Town) -> None:
    secret = second_factor_add(town.people["dana"])
    with psycopg.connect(store) as admin:
        kept = admin.execute("SELECT data::text FROM mfa_authenticator").fetchone()
    assert kept
    assert secret not in kept[0]


def test_the_key_may_change_when_the_old_one_is_kept(
    browser: Browser, town: Town, code: Code, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = second_factor_add(town.people["dana"])
    monkeypatch.setattr(settings, "SECRET_KEY_FALLBACKS", [settings.SECRET_KEY])
    monkeypatch.setattr(settings, "SECRET_KEY", "another key")
    client = browser(None)
    _sign_in(client, "dana")
    assert client.post("/sign-in/code/", {"code": code(secret)}).status_code == 302


def test_who_has_lost_it_is_helped_by_a_command(browser: Browser, town: Town, store: str) -> None:
    second_factor_add(town.people["dana"])
    second_factor_forget(email="Dana@example.org", who="test")
    client = browser(None)
    assert _sign_in(client, "dana") == "/"
    assert client.get("/").headers["location"] == _SET_UP
    with connected(store, Role.WORKER):
        assert not Authenticator.objects.exists()
