"""Who may see which page: every address of the URLconf is in this table by itself."""

import pytest
from django.urls import reverse
from django.utils import timezone

from firstbell.store.artefacts import folder_of_check
from firstbell.store.connecting import Role, connected
from firstbell.store.models import Check, RecordCheck, Sync, SyncStatus, Trigger
from tests.web.addresses import CLOSED, OF_ACCOUNTS, PAGES
from tests.web.conftest import Browser, Ended, Town

#: What changes something: only by POST, and for one of them there is a page to read, too.
_POSTED = {"sync_now", "sync_checked", "ask_for_school", "check_source", "check_record"}
_BOTH = {"hold", "open_district", "settings", "upload", "people"}
#: Of the vendor: the administrators of a district do not see them.
_OF_SPECIALISTS = {
    "open_district",
    "console",
    "requests",
    "new_district",
    "decide_schools",
    "specialists",
    "source",
    "source_preview",
    "check_tested",
}
#: Those of them that are only posted to.
_DONE = {"decide_schools", "check_tested"}
_ONLY_READ = [
    name for name in CLOSED if name not in {*_BOTH, *_OF_SPECIALISTS, *_POSTED, *OF_ACCOUNTS}
]
#: The same for everybody who is signed in.
_HELP = {"help", "rules", "rule"}
_RULE = "users.email_required"
_OF_A_DISTRICT = [name for name in CLOSED if "slug" in PAGES[name] and name not in _OF_SPECIALISTS]


#: The number of a check of North, and of a record of it that was asked for; what a page adds has a
#: number of its own.
_CHECK = 1000


@pytest.fixture(autouse=True)
def check(town: Town) -> Check:
    """A check of North that has ended, with a report."""
    names = ["users_sync_report.csv"]
    check = Check.objects.create(
        pk=_CHECK,
        district=town.districts["north"],
        who="Alice",
        status=SyncStatus.WITH_ERRORS,
        completed_at=timezone.now(),
        reports=names,
    )
    (folder_of_check(check) / "reports").mkdir(parents=True)
    (folder_of_check(check) / "reports" / names[0]).write_bytes(b"")
    sync = Sync.objects.create(
        district=check.district, trigger=Trigger.NIGHTLY, status=SyncStatus.FAILED
    )
    asked = {"table": "users", "sourced_id": "T1", "source": "classlink", "who": "Alice"}
    RecordCheck.objects.create(pk=_CHECK, district=check.district, sync=sync, **asked)
    return check


def _address(name: str, slug: str, sync: int) -> str:
    values = {
        "slug": slug,
        "sync": sync,
        "name": "users_sync_report.csv",
        "table": "users",
        "row": 2,
        "check": _CHECK,
        "asked": _CHECK,
        "code": _RULE,
    }
    return reverse(name, kwargs={one: values[one] for one in PAGES[name]})


def test_the_table_is_not_empty() -> None:
    files = {"report", "all_reports", "check_report", "check_reports"}
    assert {"sync_reports", "progress", *files} <= set(_OF_A_DISTRICT)
    of_people = {"home", *_HELP, *_OF_SPECIALISTS, *OF_ACCOUNTS}
    assert set(CLOSED) - set(_OF_A_DISTRICT) == of_people
    assert None not in PAGES


@pytest.mark.parametrize("name", CLOSED)
def test_nobody_is_asked_to_sign_in(name: str, browser: Browser, ended: Ended) -> None:
    sync = ended("north", reports=["users_sync_report.csv"])
    address = _address(name, "north", sync.pk)
    answer = browser(None).get(address)
    assert (answer.status_code, answer.headers["location"]) == (302, f"/sign-in/?next={address}")


@pytest.mark.parametrize("name", _OF_A_DISTRICT)
@pytest.mark.parametrize(
    ("who", "slug", "code"),
    [
        ("alice", "north", 200),
        ("bob", "north", 404),
        ("carol", "north", 200),
        ("alice", "nowhere", 404),
    ],
)
def test_another_district_is_not_there(
    name: str, who: str, slug: str, code: int, browser: Browser, ended: Ended
) -> None:
    hold = {"held": {"users": 9}, "hold_decision": "open"}
    sync = ended("north", reports=["users_sync_report.csv"], **hold)
    client, address = browser(who), _address(name, slug, sync.pk)
    answer = client.post(address) if name in _POSTED else client.get(address)
    answer.close()
    assert answer.status_code == (302 if name in _POSTED and code == 200 else code)


@pytest.mark.parametrize(
    "name", [name for name in _OF_A_DISTRICT if {"sync", "check", "asked"} & PAGES[name]]
)
def test_a_sync_or_check_of_another_district_is_not_there(
    name: str, browser: Browser, ended: Ended
) -> None:
    hold = {"held": {"users": 9}, "hold_decision": "open"}
    sync = ended("north", reports=["users_sync_report.csv"], **hold)
    for who in ("bob", "carol"):
        client, address = browser(who), _address(name, "south", sync.pk)
        answer = client.post(address) if name in _POSTED else client.get(address)
        assert answer.status_code == 404


def test_neither_a_form_nor_a_piece_of_a_page_of_another_district_is_there(
    browser: Browser, ended: Ended
) -> None:
    hold = {"held": {"users": 9}, "hold_decision": "open"}
    sync = ended("north", reports=["users_sync_report.csv"], **hold)
    clients = {"north": browser("bob"), "south": browser("carol")}
    for name in _OF_A_DISTRICT:
        slugs = ("north", "south") if {"sync", "check", "asked"} & PAGES[name] else ("north",)
        for slug in slugs:
            client, address = clients[slug], _address(name, slug, sync.pk)
            piece = client.get(address, headers={"hx-request": "true"})
            assert piece.status_code == (405 if name in _POSTED else 404), name
            assert client.post(address).status_code == (405 if name in _ONLY_READ else 404), name


@pytest.mark.parametrize("name", _POSTED)
def test_what_changes_something_is_not_done_by_a_link(name: str, browser: Browser) -> None:
    assert browser("alice").get(_address(name, "north", 1)).status_code == 405


@pytest.mark.parametrize("name", _ONLY_READ)
def test_pages_are_only_read(name: str, browser: Browser, ended: Ended) -> None:
    sync = ended("north", reports=["users_sync_report.csv"])
    assert browser("alice").post(_address(name, "north", sync.pk)).status_code == 405


def test_who_is_taken_out_of_a_district_sees_it_no_more(
    browser: Browser, ended: Ended, town: Town, store: str
) -> None:
    sync = ended("north", reports=["users_sync_report.csv"])
    client = browser("alice")
    assert client.get(_address("sync_reports", "north", sync.pk)).status_code == 200
    with connected(store, Role.WORKER):
        town.people["alice"].memberships.all().delete()
    with connected(store, Role.WEB):
        assert client.get(_address("sync_reports", "north", sync.pk)).status_code == 404
        assert "You have no district yet." in client.get("/").content.decode()


@pytest.mark.parametrize("name", sorted(_OF_SPECIALISTS))
@pytest.mark.parametrize("who", ["alice", "bob", "carol"])
def test_pages_of_the_vendor_are_not_there_for_districts(
    name: str, who: str, browser: Browser
) -> None:
    client, address = browser(who), _address(name, "north", 1)
    assert client.post(address).status_code == 404
    assert client.get(address).status_code in {404, 405 if name in _DONE else 404}


@pytest.mark.parametrize("name", _OF_A_DISTRICT)
def test_a_specialist_says_why_before_a_district_opens(
    name: str, browser: Browser, ended: Ended
) -> None:
    hold = {"held": {"users": 9}, "hold_decision": "open"}
    sync = ended("north", reports=["users_sync_report.csv"], **hold)
    client, address = browser("dana"), _address(name, "north", sync.pk)
    ask = client.post if name in _POSTED else client.get
    answer = ask(address)
    assert answer.status_code == 302
    assert answer.headers["location"].startswith("/console/districts/north/open/")
    client.post(answer.headers["location"], {"reason": "They called about last night."})
    answer = ask(address)
    answer.close()
    assert answer.status_code == (302 if name in _POSTED else 200)
    assert not answer.headers.get("location", "").startswith("/console/")
