"""A specialist sees and changes where a district's roster comes from."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from firstbell.generate import District as Generated
from firstbell.generate import generate
from firstbell.oneroster.dictionary import Version
from firstbell.store.connecting import Role, connected
from firstbell.store.models import (
    AuditEntry,
    Check,
    District,
    HoldDecision,
    Source,
    Sync,
    SyncStatus,
)
from firstbell.store.sealed import Purpose, unseal
from simulator import Account, Roster, Simulator, simulated
from tests.web.conftest import Browser, Ended, Town
from tests.web.reading import main_of, words_of

_PAGE = "/districts/north/source/"
_PREVIEW = f"{_PAGE}preview/"
_SECRET = "no-one-sees-this-secret"  # noqa: S105


@pytest.fixture(scope="module")
def roster(tmp_path_factory: pytest.TempPathFactory) -> Roster:
    folder = tmp_path_factory.mktemp("shared") / "delivery"
    generate(Generated(2, 60, 0.0, 3, Version.V1_1), folder)
    return Roster.read(folder)


@pytest.fixture
def api(roster: Roster) -> Iterator[Simulator]:
    with simulated(roster, account=Account(secret=_SECRET)) as server:
        yield server


@pytest.fixture
def dana(browser: Browser) -> Client:
    """A specialist who has said why North is looked at."""
    client = browser("dana")
    client.post("/console/districts/north/open/", {"reason": "They move to ClassLink."})
    return client


def _ask(client: Client, **given: str) -> str:
    said = {"version": "1.1", "method": "oauth1-sha256", **given}
    return words_of(main_of(client.post(_PAGE, said, follow=True).content.decode()))


def _words(client: Client, address: str) -> str:
    return words_of(main_of(client.get(address).content.decode()))


def test_an_api_is_tested_then_previewed_then_saved_and_its_secret_is_never_shown(
    dana: Client, api: Simulator, town: Town, store: str
) -> None:
    assert "No source is connected yet." in _words(dana, _PAGE)
    assert "Test and preview" in _words(dana, f"{_PAGE}?kind=classlink")
    given = {"kind": "classlink", "address": api.base, "key": api.account.key}
    wrong = _ask(dana, **given, secret="wrong")  # noqa: S106
    assert "ClassLink answered 401: the key or secret is wrong. Copy the key" in wrong
    assert "Nothing was saved." in wrong
    preview = _ask(dana, **given, secret=_SECRET)
    assert "The connection works Schools 2 Users" in preview
    assert f"Address Now – Then {api.url}" in preview
    assert "It is read from the next night on." in preview
    first = dana.post("/districts/north/source/check/", follow=True)
    assert "Check of the source Queued" in words_of(main_of(first.content.decode()))
    with connected(store, Role.WORKER):
        assert not Source.objects.exists()
        (tried,) = Check.objects.all()
        assert _SECRET not in str(tried.tried)
    with connected(store, Role.OWNER):
        (session,) = (
            one.get_decoded()
            for one in Session.objects.all()
            if "tested source" in one.get_decoded()
        )
        assert _SECRET not in str(session)
    with connected(store, Role.WEB):
        saved = words_of(main_of(dana.post(_PREVIEW, follow=True).content.decode()))
        assert "The source is saved." in saved
        assert "Check what comes from ClassLink" in _words(dana, "/districts/north/upload/")
        check = dana.post("/districts/north/upload/check-source/", follow=True)
        assert "Check of the source Queued" in words_of(main_of(check.content.decode()))
        form = dana.get(f"{_PAGE}?kind=classlink").content.decode()
        assert _SECRET not in preview + saved + form
        assert api.account.key in form
        assert "tested source" not in dana.session
    with connected(store, Role.WORKER):
        source = Source.objects.get(district=town.districts["north"])
        assert (source.kind, source.settings["address"]) == ("classlink", api.url)
        assert unseal(source.settings["sealed"], Purpose.SOURCES) == _SECRET
        assert District.objects.get(slug="north").nights_since is not None
        entry = AuditEntry.objects.get(what="source set")
        assert (entry.who, entry.details["key"]) == ("Dana", api.account.key)
        assert "sealed" not in entry.details


def test_the_kept_secret_goes_nowhere_else(dana: Client, api: Simulator) -> None:
    given = {"kind": "classlink", "address": api.base, "key": api.account.key}
    _ask(dana, **given, secret=_SECRET)
    dana.post(_PREVIEW)
    again = _ask(dana, **given)
    assert "The connection works" in again
    elsewhere = {**given, "address": api.base.replace("127.0.0.1", "localhost")}
    assert "Type the secret: none is kept for this address." in _ask(dana, **elsewhere)
    assert "Type the secret" in _ask(dana, **{**given, "kind": "oneroster"})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"address": "http://maple.example"}, "others can read; use https://."),
        ({"address": "https://169.254.169.254"}, "ClassLink could not be reached."),
        ({"key": ""}, "Key has to be given."),
        ({"method": "oauth2"}, "Address for tokens has to be given."),
        ({"method": "oauth2", "token_url": "http://maple.example"}, "others can read"),
        ({"kind": "folder", "path": "maple"}, "Write the whole path, such as /srv/maple-valley."),
    ],
)
def test_what_gives_secrets_away_or_lacks_something_is_refused(
    given: dict[str, str], said: str, dana: Client
) -> None:
    whole = {
        "kind": "classlink",
        "address": "https://127.0.0.1:1",
        "key": "k",
        "secret": _SECRET,
        **given,
    }
    assert said in _ask(dana, **whole)
    assert dana.get(_PREVIEW).status_code == 302


def test_another_source_than_the_rosters_is_said_to_be_held(
    ended: Ended, town: Town, browser: Browser, tmp_path: Path
) -> None:
    read_from = {"kind": "folder", "path": "/srv/maple"}
    District.objects.filter(slug="north").update(applied_sync=ended("north"), read_from=read_from)
    client = browser("dana")
    client.post("/console/districts/north/open/", {"reason": "They move."})
    held = "The first sync from it is held for review, whatever its numbers."
    assert held not in _ask(client, kind="folder", path="/srv/maple")
    assert held in _ask(client, kind="folder", path="/srv/cedar")
    assert held in _ask(client, kind="upload")
    client.post(_PREVIEW)
    assert "Its people upload the files" in _words(client, _PAGE)


def test_only_a_specialist_decides_on_the_first_sync_from_another_source(
    ended: Ended, browser: Browser, store: str
) -> None:
    sync = ended(
        "north",
        status=SyncStatus.FAILED,
        reason="the source has changed from a to b, and its first sync waits for a specialist",
        is_review=True,
        held={},
        hold_decision=HoldDecision.OPEN,
        as_of="2026-11-24",
    )
    address = f"/districts/north/sync-reports/{sync.pk}/hold/"
    alice = browser("alice")
    page = alice.get(address).content.decode()
    assert "The first sync from another source waits for your specialist" in page
    assert "Your specialist looks at it, and decides." in page
    decision = {"apply": "1", "apply-reason": "we want it", "apply-number": "north"}
    alice.post(address, decision)
    client = browser("dana")
    client.post("/console/districts/north/open/", {"reason": "They move."})
    assert "It is the right source" in _words(client, address)
    client.post(address, {"dismiss": "1", "dismiss-reason": "not yet"})
    with connected(store, Role.WORKER):
        assert Sync.objects.get().hold_decided_by == "Dana"
