"""People choose their name, their mails and the colors of the pages, and change their password."""

from django.test import Client

from firstbell.store.connecting import Role, connected
from firstbell.store.models import MailChoice, Person, Theme
from tests.web.conftest import PASSWORD, Browser, Ended, Town


def _shown(client: Client, address: str = "/account/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def _alice(store: str) -> Person:
    with connected(store, Role.WORKER):
        return Person.objects.get(email="alice@example.org")


def test_the_name_in_the_bar_leads_to_the_account(browser: Browser, ended: Ended) -> None:
    link = '<a class="who" href="/account/">Alice</a>'
    alice = browser("alice")
    for page in ("/districts/north/sync-reports/", "/account/", "/account/password/"):
        assert link in _shown(alice, page)


def test_people_choose_for_themselves(browser: Browser, store: str) -> None:
    alice = browser("alice")
    shown = _shown(alice)
    assert 'value="changes" id="id_mail_1" required checked' in shown
    for choice in (
        "Every sync",
        "Only when something changed: new kinds of error, failures and holds",
        "Only failures and holds",
    ):
        assert f"{choice}</label>" in shown
    given = {"name": "Alice Ames", "mail": "failures", "theme": "dark"}
    answer = alice.post("/account/", given)
    assert (answer.status_code, answer.headers["location"]) == (302, "/account/?saved=choices")
    shown = _shown(alice, answer.headers["location"])
    assert "Saved." in shown
    assert 'value="failures" id="id_mail_2" required checked' in shown
    assert 'value="dark" id="id_theme_2" checked' in shown
    chosen = _alice(store)
    assert (chosen.name, chosen.mail, chosen.theme) == (
        "Alice Ames",
        MailChoice.FAILURES,
        Theme.DARK,
    )


def test_what_was_typed_is_kept_when_it_is_wrong(browser: Browser, store: str) -> None:
    alice = browser("alice")
    answer = alice.post("/account/", {"name": "A" * 201, "mail": "none", "theme": "light"})
    shown = " ".join(answer.content.decode().split())
    assert answer.status_code == 200
    assert "<title>Error: Your account" in shown
    assert '<a href="#id_name">Name: ' in shown
    assert '<a href="#id_mail">Mails about syncs: ' in shown
    assert f'value="{"A" * 201}"' in shown
    assert 'value="light" id="id_theme_1" checked' in shown
    assert _alice(store).theme == Theme.SYSTEM


def test_who_gets_no_mails_is_not_asked_which(browser: Browser, store: str) -> None:
    dana = browser("dana")
    assert "Mails about syncs" not in _shown(dana)
    assert dana.post("/account/", {"name": "Dana", "mail": "every", "theme": ""}).status_code == 302
    with connected(store, Role.WORKER):
        assert Person.objects.get(email="dana@example.org").mail == MailChoice.CHANGES


def test_the_password_is_changed_with_the_one_before(browser: Browser, store: str) -> None:
    alice, new = browser("alice"), "a rather grey donkey"
    assert '<a href="/account/password/">Change your password</a>' in _shown(alice)
    given = {"oldpassword": "not it", "password1": new, "password2": new}
    wrong = alice.post("/account/password/", given)
    assert "<title>Error: Change your password" in " ".join(wrong.content.decode().split())
    assert 'href="#id_oldpassword"' in wrong.content.decode()
    answer = alice.post("/account/password/", {**given, "oldpassword": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (302, "/account/?saved=password")
    assert "Your password is changed." in _shown(alice, answer.headers["location"])
    assert _alice(store).check_password(new)


def test_who_signs_in_without_a_password_has_none_to_change(browser: Browser, town: Town) -> None:
    town.people["alice"].set_unusable_password()
    town.people["alice"].save()
    client = browser("alice")
    assert "Change your password" not in _shown(client)
    assert client.get("/account/password/").status_code == 404
