"""The web as its own processes run it, and what its log keeps to itself."""

import os
import re
import subprocess
import sys
from contextlib import closing
from email.message import Message
from http.client import HTTPConnection
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import psycopg
import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from firstbell.store.models import Membership, MembershipRole, Person
from tests.cli.command import firstbell
from tests.web.conftest import Town
from tests.web.serving import served

_EMAIL, _PASSWORD = "sentinel-email@example.org", "sentinel password 4711"


@pytest.fixture
def sentinel(town: Town) -> None:
    password = PBKDF2PasswordHasher().encode(_PASSWORD, "salt", iterations=1)
    person = Person.objects.create(email=_EMAIL, name="Sentinel Name", password=password)
    Membership.objects.create(
        district=town.districts["north"], person=person, role=MembershipRole.ADMINISTRATOR
    )


def _sign_in(browser: OpenerDirector, url: str, password: str) -> str:
    """Where it leads."""
    with browser.open(f"{url}/sign-in/") as answer:
        page = answer.read().decode()
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)', page)
    assert token
    form = {"csrfmiddlewaretoken": token[1], "login": _EMAIL, "password": password}
    with browser.open(f"{url}/sign-in/", urlencode(form).encode()) as answer:
        return str(answer.url)


@pytest.mark.slow
@pytest.mark.usefixtures("sentinel")
def test_two_processes_are_one_web_and_log_no_names(database: str, tmp_path: Path) -> None:
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    with served(tmp_path, DATABASE_URL=database) as (url, _):
        assert _sign_in(browser, url, "sentinel guess 4712") == f"{url}/sign-in/"
        page = f"{url}/districts/north/sync-reports/"
        assert _sign_in(browser, url, _PASSWORD) == page
        for _ in range(8):  # whichever process answers, it knows who is signed in
            with browser.open(page) as answer:
                assert "Sentinel Name" in answer.read().decode()
        with psycopg.connect(database) as admin:
            admin.execute("ALTER TABLE syncs RENAME TO gone")
        with pytest.raises(HTTPError, match="500"):
            browser.open(page)
    log = (tmp_path / "log").read_text()
    assert "Internal Server Error: /districts/north/sync-reports/" in log
    assert "ProgrammingError" in log
    assert "sentinel" not in log.lower()
    key = tmp_path / "data" / "storage" / "secret-key"
    assert len(key.read_text()) > 50
    assert key.stat().st_mode & 0o077 == 0


@pytest.mark.slow
def test_the_link_of_a_command_works_in_the_web_on_the_same_data_folder(
    reachable_path: Path,
) -> None:
    def run(*arguments: str) -> str:
        ran = firstbell(*arguments, "--data-dir", "data", folder=reachable_path)
        assert (ran.code, ran.err) == (0, "")
        return ran.out

    run("district", "add", "North")
    link = run("person", "add", _EMAIL, "--district", "north").strip()
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    with (
        served(reachable_path) as (url, _),
        browser.open(link.replace("http://localhost:8000", url)) as answer,
    ):
        assert "Save and sign in" in answer.read().decode()
    assert not (reachable_path / "data" / "pg" / "postmaster.pid").exists()


@pytest.mark.slow
def test_with_an_https_address_nothing_less_is_answered(database: str, tmp_path: Path) -> None:
    environment = {"DATABASE_URL": database, "FIRSTBELL_URL": "https://roster.example.org"}
    with served(tmp_path, **environment) as (url, _):
        secure = _headers(url, {"X-Forwarded-Proto": "https"})
        assert secure["Strict-Transport-Security"] == "max-age=31536000"
        assert "Secure" in secure["Set-Cookie"]
        assert _headers(url, {})["Location"] == "https://roster.example.org/sign-in/"


def _headers(url: str, said_by_proxy: dict[str, str]) -> Message:
    with closing(HTTPConnection(url.removeprefix("http://"))) as plain:
        plain.request("GET", "/sign-in/", headers={"Host": "roster.example.org", **said_by_proxy})
        return plain.getresponse().headers


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ("check", "--deploy", "--fail-level", "WARNING"),
        ("makemigrations", "--check", "--dry-run"),
    ],
)
def test_django_finds_nothing_to_say(database: str, command: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "django", *command],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "DJANGO_SETTINGS_MODULE": "firstbell.web.settings",
            "DATABASE_URL": database,
            "FIRSTBELL_URL": "https://roster.example.org",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
