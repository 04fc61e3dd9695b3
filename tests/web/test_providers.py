"""Signing in at an OpenID Connect provider: a real one, which the tests run."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.test import Client, override_settings
from pydantic import ValidationError

from firstbell.store.connecting import Role, connected
from firstbell.store.environment import Environment, Provider
from firstbell.store.invitations import invite
from firstbell.store.models import Identity, Membership, Person
from firstbell.store.scope import DistrictSeen
from firstbell.web.provided import allauth_providers
from firstbell.web.second_factor import second_factor_add
from tests.ports import free_port, wait_for
from tests.web.conftest import Browser, Town

_REPORTS = "/districts/north/sync-reports/"
_AT = "/sign-in/at/school-id/"
#: The provider's people, by subject.
_PEOPLE: dict[str, dict[str, object]] = {
    "erin-1": {"email": "Erin@example.org", "email_verified": True, "name": "Erin"},
    "unsure": {"email": "erin@example.org", "email_verified": False},
    "silent": {"email": "erin@example.org"},
    "said-so": {"email": "erin@example.org", "email_verified": "true"},
    "of-microsoft": {"email": "erin@example.org", "xms_edov": True},
    "alice-1": {"email": "alice@example.org", "email_verified": True},
    "dana-1": {"email": "dana@example.org", "email_verified": True},
}


def _pressed(address: str, **given: str) -> requests.Response:
    return requests.post(address, data=given, allow_redirects=False, timeout=20)


@dataclass
class Id:
    """The provider, and what it is told."""

    issuer: str

    def signs_in(self, client: Client, subject: str, asked: str = "") -> Any:
        """What the browser shows after somebody has signed in there."""
        return client.get(self.leads_back(client, subject, asked))

    def leads_back(self, client: Client, subject: str, asked: str = "") -> str:
        """Signs somebody in there; the address that leads back."""
        start = client.post(_AT, {"next": asked} if asked else {})
        assert start.status_code == 302
        answer = _pressed(start.headers["location"], sub=subject)
        back = urlsplit(answer.headers["location"])
        assert back.netloc == "localhost"
        return f"{back.path}?{back.query}"


@pytest.fixture(scope="module")
def provider_server() -> Iterator[str]:
    """Its address; it is a process of its own."""
    port = free_port()
    people = [json.dumps({"sub": subject, **claims}) for subject, claims in _PEOPLE.items()]
    claims = [part for person in people for part in ("--user-claims", person)]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    with subprocess.Popen([*command, *claims], stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(port, server)
            yield f"http://localhost:{port}"
        finally:
            server.terminate()


def _offering(issuer: str) -> override_settings:
    one = Provider(
        id="school-id",
        name="School ID",
        issuer=issuer,
        client_id="us",
        client_secret="secret",  # noqa: S106
    )
    return override_settings(
        FIRSTBELL_PROVIDERS=(one,), SOCIALACCOUNT_PROVIDERS=allauth_providers([one])
    )


@pytest.fixture
def school_id(provider_server: str) -> Iterator[Id]:
    with _offering(provider_server):
        yield Id(provider_server)


def _invited(town: Town, email: str = "erin@example.org", provider: str = "school-id") -> None:
    north = town.districts["north"]
    seen = DistrictSeen(north.pk, north.slug, north.name, north.timezone)
    invite(email=email, district=seen, who=town.people["alice"], provider=provider)


def test_who_was_invited_joins_by_the_first_sign_in(
    browser: Browser, town: Town, school_id: Id, store: str
) -> None:
    _invited(town)
    client = browser(None)
    assert "Sign in with School ID" in client.get("/sign-in/").content.decode()
    answer = school_id.signs_in(client, "erin-1", asked=_REPORTS)
    assert (answer.status_code, answer.headers["location"]) == (302, _REPORTS)
    assert client.get(_REPORTS).status_code == 200
    with connected(store, Role.WORKER):
        erin = Person.objects.get(email="erin@example.org")
        assert not erin.has_usable_password()
        [bound] = Identity.objects.filter(person=erin)
        assert (bound.issuer, bound.subject) == (school_id.issuer, "erin-1")


def test_from_then_on_the_subject_counts_and_not_the_email(
    browser: Browser, town: Town, school_id: Id, store: str
) -> None:
    Identity.objects.create(person=town.people["alice"], issuer=school_id.issuer, subject="unsure")
    client = browser(None)
    assert school_id.signs_in(client, "unsure").status_code == 302
    assert "Alice" in client.get(_REPORTS).content.decode()
    other = browser(None)
    assert school_id.signs_in(other, "alice-1").status_code == 403
    assert other.get(_REPORTS).status_code == 302


def test_another_issuer_is_another_person(browser: Browser, town: Town, school_id: Id) -> None:
    Identity.objects.create(
        person=town.people["alice"], issuer="https://id.example", subject="erin-1"
    )
    assert school_id.signs_in(browser(None), "erin-1").status_code == 403


@pytest.mark.parametrize("subject", ["unsure", "silent", "said-so"])
def test_an_address_that_is_not_verified_binds_nothing(
    browser: Browser, town: Town, school_id: Id, subject: str, store: str
) -> None:
    _invited(town)
    answer = school_id.signs_in(browser(None), subject)
    assert answer.status_code == 403
    assert "there is no open invitation for you there" in answer.content.decode()
    with connected(store, Role.WORKER):
        assert not Identity.objects.exists()


def test_the_claim_of_microsoft_verifies_too(browser: Browser, town: Town, school_id: Id) -> None:
    _invited(town)
    assert school_id.signs_in(browser(None), "of-microsoft").status_code == 302


def test_nobody_gets_an_account_without_an_invitation(
    browser: Browser, town: Town, school_id: Id, store: str
) -> None:
    answer = school_id.signs_in(browser(None), "erin-1")
    assert answer.status_code == 403
    with connected(store, Role.WORKER):
        assert not Person.objects.filter(email="erin@example.org").exists()


@pytest.mark.parametrize("provider", ["", "another"])
def test_an_invitation_to_sign_in_in_another_way_does_not_count(
    browser: Browser, town: Town, school_id: Id, provider: str
) -> None:
    _invited(town, provider=provider)
    assert school_id.signs_in(browser(None), "erin-1").status_code == 403


def test_an_invitation_does_not_hand_over_an_account(
    browser: Browser, town: Town, school_id: Id, store: str
) -> None:
    _invited(town, email="dana@example.org")
    assert school_id.signs_in(browser(None), "dana-1").status_code == 403
    with connected(store, Role.WORKER):
        assert not Identity.objects.exists()
        assert not Membership.objects.filter(person=town.people["dana"]).exists()


def test_a_closed_account_stays_closed(browser: Browser, town: Town, school_id: Id) -> None:
    alice = town.people["alice"]
    Identity.objects.create(person=alice, issuer=school_id.issuer, subject="alice-1")
    Person.objects.filter(pk=alice.pk).update(is_active=False)
    client = browser(None)
    assert school_id.signs_in(client, "alice-1").headers["location"] == "/inactive/"
    assert client.get(_REPORTS).status_code == 302


def test_a_specialist_needs_the_second_factor_too(
    browser: Browser, town: Town, school_id: Id
) -> None:
    dana = town.people["dana"]
    Identity.objects.create(person=dana, issuer=school_id.issuer, subject="dana-1")
    client = browser(None)
    school_id.signs_in(client, "dana-1")
    assert client.get("/").headers["location"] == "/account/second-factor/set-up/"
    second_factor_add(dana)
    assert school_id.signs_in(browser(None), "dana-1").headers["location"] == "/sign-in/code/"


def test_it_is_asked_with_pkce_and_the_policy_lets_the_form_go_there(
    browser: Browser, school_id: Id
) -> None:
    client = browser(None)
    policy = client.get("/sign-in/").headers["content-security-policy"]
    assert f"form-action 'self' {school_id.issuer};" in policy
    asked = parse_qs(urlsplit(client.post(_AT).headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [f"http://localhost{_AT}back/"]


def test_an_answer_is_taken_once_and_from_its_own_browser(
    browser: Browser, town: Town, school_id: Id
) -> None:
    _invited(town)
    client = browser(None)
    back = school_id.leads_back(client, "erin-1")
    assert "You are not signed in" in browser(None).get(back).content.decode()
    assert client.get(back).status_code == 302
    client.post("/sign-out/")
    assert "You are not signed in" in client.get(back).content.decode()


def test_who_leaves_the_provider_is_told_so(browser: Browser, school_id: Id) -> None:
    client = browser(None)
    start = client.post(_AT).headers["location"]
    [state] = parse_qs(urlsplit(start).query)["state"]
    back = urlsplit(_pressed(start, action="deny").headers["location"])
    page = client.get(f"{back.path}?{back.query}&state={state}")  # the standard's, left out there
    assert "You left School ID before you had signed in." in page.content.decode()


def test_a_provider_that_is_down_is_a_sentence(browser: Browser) -> None:
    with _offering("http://localhost:9"):
        client = browser(None)
        answer = client.post(_AT)
        assert answer.status_code == 503
        assert "School ID could not be reached" in answer.content.decode()


def test_a_provider_that_went_down_meanwhile_is_a_sentence(browser: Browser, school_id: Id) -> None:
    client = browser(None)
    back = school_id.leads_back(client, "erin-1")
    with _offering("http://localhost:9"):
        answer = client.get(back)
    assert answer.status_code == 503
    assert "School ID could not be reached" in answer.content.decode()


@pytest.mark.parametrize("address", ["/sign-in/at/other/", "/sign-in/at/other/back/"])
def test_a_provider_that_is_none_is_not_there(
    browser: Browser, school_id: Id, address: str
) -> None:
    ask = browser(None).get if address.endswith("back/") else browser(None).post
    assert ask(address).status_code == 404


def test_a_link_starts_no_sign_in(browser: Browser, school_id: Id) -> None:
    assert browser(None).get(_AT).status_code == 405


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example"])
def test_it_leads_to_no_other_site(
    browser: Browser, town: Town, school_id: Id, elsewhere: str
) -> None:
    _invited(town)
    answer = school_id.signs_in(browser(None), "erin-1", asked=elsewhere)
    assert answer.headers["location"] == "/"


_ONE = (
    '[{"id": "google", "name": "Google", "issuer": "%s", "client_id": "us",'
    ' "client_secret": "4711 secret"}]'
)


def test_providers_are_set_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRSTBELL_OIDC", _ONE % "https://accounts.google.com")
    [one] = Environment().oidc
    assert (one.id, one.client_secret) == ("google", "4711 secret")
    assert "4711" not in repr(Environment())


def test_a_provider_without_tls_is_refused_without_its_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FIRSTBELL_OIDC", _ONE % "http://id.example")
    with pytest.raises(ValidationError) as refused:
        Environment()
    assert "4711" not in str(refused.value)
