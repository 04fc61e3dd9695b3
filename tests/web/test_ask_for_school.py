"""A district asks for a school, from the error; the specialist sees what it would bring."""

import re
from pathlib import Path

import pytest

from firstbell.jobs.asking import look_at
from firstbell.store import school_requests
from firstbell.store.actions import schools_never
from firstbell.store.connecting import Role, connected
from firstbell.store.models import AuditEntry, SchoolRequest
from tests.web.conftest import Browser, Town
from tests.web.test_schools_page import _CEDAR, _MAPLE, Fed, _dana, _text, fed

__all__ = ["fed"]
_ASK = "/districts/north/schools/ask/"


def test_it_is_asked_in_the_error_and_then_says_who_asked(
    browser: Browser, fed: Fed, store: str
) -> None:
    sync = fed(_CEDAR)
    client = browser("alice")
    address = f"/districts/north/sync-reports/{sync.pk}/"
    page = client.get(address).content.decode()
    assert page.count("Ask for this school") == 1
    answer = client.post(_ASK, {"school": _MAPLE, "next": address})
    assert answer.headers["location"] == address
    page = _text(client.get(address))
    assert "Ask for this school" not in page
    assert "Asked on " in page
    assert " by Alice" in page
    with connected(store, Role.WORKER):
        assert AuditEntry.objects.get(what="school asked for").details == {"school": _MAPLE}


def test_asking_again_is_the_same_request(browser: Browser, fed: Fed, store: str) -> None:
    fed()
    for who in ("alice", "carol", "alice"):
        browser(who).post(_ASK, {"school": _MAPLE})
    with connected(store, Role.WORKER):
        assert SchoolRequest.objects.get().who == "Alice"


@pytest.mark.parametrize("school", [_CEDAR, "0999", "", "\0"])
def test_only_a_school_that_waits_can_be_asked_for(
    school: str, browser: Browser, fed: Fed, store: str
) -> None:
    fed(_CEDAR)
    browser("alice").post(_ASK, {"school": school, "next": "//evil.example"})
    with connected(store, Role.WORKER):
        assert not SchoolRequest.objects.exists()


def test_one_district_does_not_hide_the_requests_of_others(
    browser: Browser, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(school_requests, "_MOST_OF_ONE", 2)
    for slug, school in (("north", "1"), ("north", "2"), ("north", "3"), ("south", "4")):
        district = town.districts[slug]
        SchoolRequest.objects.create(district=district, sourced_id=f"asked-{school}", who="x")
    page = browser("dana").get("/console/requests/").content.decode()
    assert sorted(set(re.findall(r"asked-\d", page))) == ["asked-1", "asked-2", "asked-4"]


def test_the_specialist_sees_what_would_come_in_and_fail(
    browser: Browser, fed: Fed, store: str
) -> None:
    fed(_CEDAR)
    browser("alice").post(_ASK, {"school": _MAPLE})
    client = browser("dana")
    page = _text(client.get("/console/requests/"))
    assert "Maple Elementary 1001 North Valley" in page
    assert (
        "Would come in 9 users, 3 classes and 8 enrollments as the feed has it; not judged yet"
        in page
    )
    with connected(store, Role.WORKER):
        look_at(SchoolRequest.objects.get())
    with connected(store, Role.WEB):
        page = _text(client.get("/console/requests/"))
    assert "Would come in 1 org, 8 users, 2 classes and 7 enrollments" in page
    assert "Would fail 1 user, 1 class and 1 enrollment" in page
    assert "not judged yet" not in page
    assert "Answer 1 request for a school" in client.get("/console/districts/").content.decode()


def test_onboarding_answers_it(browser: Browser, fed: Fed, store: str) -> None:
    fed()
    browser("alice").post(_ASK, {"school": _MAPLE})
    client = _dana(browser)
    done = {"action": "onboard", "confirmed": "1", "school": _MAPLE}
    client.post("/districts/north/schools/decide/", done)
    assert "Nobody asks for a school." in _text(client.get("/console/requests/"))
    with connected(store, Role.WORKER):
        request = SchoolRequest.objects.get()
        assert (request.answer, request.answered_by) == ("onboarded", "Dana")


def test_never_answers_it_too(browser: Browser, fed: Fed, store: str, tmp_path: Path) -> None:
    fed()
    browser("alice").post(_ASK, {"school": _MAPLE})
    with connected(store, Role.WORKER):
        schools_never(district="north", schools=[_MAPLE], who="me")
        assert SchoolRequest.objects.get().answer == "never"
