"""From a finding of an API, its record is asked for again, and the page says what a sync will do."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from firstbell.generate import District as Generated
from firstbell.generate import generate
from firstbell.jobs.again import check_record
from firstbell.jobs.fetching import fetched_for
from firstbell.jobs.run import run_sync
from firstbell.oneroster.dictionary import Version
from firstbell.sources.kind import settings_from, values_of
from firstbell.sources.rest.kinds import CLASSLINK
from firstbell.store.connecting import Role, connected
from firstbell.store.models import RecordCheck, Source, Sync, Trigger
from firstbell.store.secret_key import use_kept_key
from firstbell.store.sources import source_set
from firstbell.store.syncs import sync_create
from simulator import Roster, Simulator, simulated
from tests.web.conftest import Browser, Ended, Town
from tests.web.reading import main_of, words_of

_ODD = "T/1 of Jones & Sons"
_EMAIL = "email is required for users with “teacher” or “administrator” roles"
_PAGES = "/districts/north/"


@pytest.fixture
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """A teacher with a slash in the id has no email."""
    folder = tmp_path_factory.mktemp("shared") / "delivery"
    generate(Generated(1, 30, 0.0, 3, Version.V1_1), folder)
    roster = Roster.read(folder)
    teacher = next(one for one in roster.objects("users") if one["role"] == "teacher")
    odd = {**teacher, "sourcedId": _ODD, "username": "odd", "email": ""}
    with simulated(roster.put("users", odd)) as server:
        yield server


@pytest.fixture
def sync(town: Town, api: Simulator, monkeypatch: pytest.MonkeyPatch) -> Sync:
    """A sync of North from the API."""
    monkeypatch.setattr(settings, "SECRET_KEY", "")
    use_kept_key()
    north = town.districts["north"]
    north.onboard_all = True
    north.save()
    values = {"address": api.base, "key": api.account.key}
    source_set(
        district="north",
        kind=CLASSLINK.name,
        settings=values_of(settings_from(CLASSLINK, values)),
        secret=api.account.secret,
        who="Dana",
    )
    sync = sync_create(district=north, trigger=Trigger.NIGHTLY)
    run_sync(sync, fetched_for(sync))
    return sync


def _main(client: Client, address: str, **more: str) -> str:
    return main_of(client.get(address, headers=more).content.decode())


def _hidden(page: str) -> dict[str, str]:
    form = re.search(r'<form class="again".*?</form>', page)
    assert form
    named = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[0])
    return {name: unescape(value) for name, value in named if "csrf" not in name}


def test_a_finding_of_an_api_is_checked_again_from_where_it_is_told(
    browser: Browser, sync: Sync, api: Simulator, store: str
) -> None:
    alice, of_sync = browser("alice"), f"{_PAGES}sync-reports/{sync.pk}/"
    findings = _main(alice, f"{of_sync}findings/?table=users&code=users.email_required")
    link = re.search(r'href="([^"]*/rows/users/\d+/)"', findings)
    assert link
    record = _main(alice, link[1])
    assert f"Failure in email: {_EMAIL} Your district acts, in the SIS." in words_of(record)
    cause = _main(alice, of_sync)
    asked = {"sync": str(sync.pk), "table": "users", "id": _ODD}
    assert _hidden(record) == _hidden(findings) == _hidden(cause) == asked
    answer = alice.post(f"{_PAGES}record-checks/ask/", asked)
    page = answer.headers["location"]
    waiting = _main(alice, page)
    assert "ClassLink is being asked for it. Refresh to see the answer" in words_of(waiting)
    assert f'hx-get="{page}"' in waiting
    assert alice.get(page, headers={"hx-request": "true"}).status_code == 204
    assert "still fails: " + _EMAIL in _answered(alice, page, store)
    assert alice.get(page, headers={"hx-request": "true"}).status_code == 286
    assert "hx-get" not in _main(alice, page)
    teacher = next(one for one in api.roster.objects("users") if one["sourcedId"] == _ODD)
    api.become(api.roster.put("users", {**teacher, "email": "odd@maple.example"}))
    assert _hidden(_main(alice, page)) == asked
    with connected(store, Role.WORKER):
        RecordCheck.objects.update(asked_at=timezone.now() - timedelta(minutes=2))
    with connected(store, Role.WEB):
        page = alice.post(f"{_PAGES}record-checks/ask/", asked).headers["location"]
    words = _answered(alice, page, store)
    assert re.search(r"ClassLink was asked at \S+ [ap]\.m\.: tonight’s sync will take it\. ", words)


def _answered(client: Client, page: str, store: str) -> str:
    with connected(store, Role.WORKER):
        (job,) = ProcrastinateJob.objects.filter(task_name="check_record")
        check_record(**job.args)
        ProcrastinateJob.objects.all().delete()
    with connected(store, Role.WEB):
        return words_of(_main(client, page))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"outcome": "gone"},
            "does not have it any more, or does not share it (404). Tonight’s sync",
        ),
        ({"outcome": "removed"}, "marks it as deleted. Tonight’s sync leaves it out."),
        (
            {"outcome": "skipped", "reason": "1 user is not enabled"},
            "Tonight’s sync leaves it out: 1 user is not enabled.",
        ),
        (
            {"outcome": "unknown", "reason": "ClassLink could not be reached", "solution": "Wait."},
            ", without an answer: ClassLink could not be reached. Wait.",
        ),
    ],
)
def test_what_else_came_of_it_is_said(
    given: dict[str, str], said: str, browser: Browser, ended: Ended
) -> None:
    now = timezone.now()
    asked = {"table": "users", "sourced_id": "T1", "source": "classlink", "who": "Alice"}
    sync = ended("north", at=now)
    check = RecordCheck.objects.create(
        district=sync.district, sync=sync, ended_at=now - timedelta(hours=1), **asked, **given
    )
    words = words_of(_main(browser("alice"), f"{_PAGES}record-checks/{check.pk}/"))
    assert said in words
    assert "A sync has ended since: see what it found" in words


def test_an_answer_that_does_not_come_is_said(browser: Browser, ended: Ended) -> None:
    asked = {"table": "users", "sourced_id": "T1", "source": "classlink", "who": "Alice"}
    sync = ended("north")
    check = RecordCheck.objects.create(district=sync.district, sync=sync, **asked)
    RecordCheck.objects.update(asked_at=timezone.now() - timedelta(hours=1))
    page = _main(browser("alice"), f"{_PAGES}record-checks/{check.pk}/")
    assert "There was no answer." in words_of(page)
    assert "hx-get" not in page


@pytest.mark.parametrize("kind", ["folder", "upload", None])
def test_files_are_not_asked_again(
    kind: str | None, browser: Browser, ended: Ended, town: Town, store: str
) -> None:
    sync = ended("north")
    if kind:
        Source.objects.create(district=town.districts["north"], kind=kind, settings={})
    asked = {"sync": sync.pk, "table": "users", "id": "T1"}
    answer = browser("alice").post(f"{_PAGES}record-checks/ask/", asked)
    assert answer.headers["location"] == f"{_PAGES}sync-reports/"
    assert not RecordCheck.objects.exists()


def test_who_asks_for_too_much_waits(browser: Browser, ended: Ended, town: Town) -> None:
    sync = ended("north")
    Source.objects.create(district=town.districts["north"], kind="classlink", settings={})
    alice = browser("alice")
    answers = [
        alice.post(
            f"{_PAGES}record-checks/ask/", {"sync": sync.pk, "table": "users", "id": f"T{number}"}
        ).status_code
        for number in range(21)
    ]
    assert answers == [*[302] * 20, 429]
