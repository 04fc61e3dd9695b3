"""Where files are uploaded: what is taken, what is refused, and that nothing is left behind."""

import re
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from pytest import MonkeyPatch

from firstbell.store.connecting import Role, connected
from firstbell.store.models import AuditEntry, Check, Sync, Trigger
from firstbell.store.retention import uploads_folder
from firstbell.store.sources import source_set
from firstbell.store.uploads import Upload
from tests.web.conftest import Browser, Town
from tests.web.uploading import SEED, files_of, send


def _problem(page: str) -> str:
    found = re.search(r'<li><a href="#files">([^<]*)</a>', page)
    assert found
    return unescape(found[1])


def _left() -> list[str]:
    """What lies in our folder."""
    there = uploads_folder()
    return sorted(str(file.relative_to(there)) for file in there.rglob("*"))


def _delivered(check: Check) -> dict[str, bytes]:
    assert check.delivery
    return {file.name: file.read_bytes() for file in Path(check.delivery).iterdir()}


def test_files_can_be_synced_only_where_they_are_the_source(browser: Browser, town: Town) -> None:
    source_set(district="south", kind="upload", settings={}, who="me")
    north = browser("carol").get("/districts/north/upload/").content.decode()
    south = browser("carol").get("/districts/south/upload/").content.decode()
    assert 'value="check"' in north and 'value="sync"' not in north
    assert 'value="check"' in south and 'value="sync"' in south
    assert "Up to 2 GiB." in north
    code, page = send(browser("carol"), files_of(SEED), "sync")
    assert code == 200
    assert _problem(page).startswith("This district is synced from its source.")
    assert _left() == []


def test_files_are_taken_together_or_in_an_archive(browser: Browser, store: str) -> None:
    client = browser("alice")
    code, address = send(client, files_of(SEED))
    assert (code, address.rpartition("checks/")[0]) == (302, "/districts/north/upload/")
    for name in ("maple 2026.zip", "m\u00e4ple.zip", "MAPLE.ZIP"):
        assert send(client, [(name, b"PK")])[0] == 302
    with connected(store, Role.WORKER):
        paths = [Path(check.delivery or "") for check in Check.objects.order_by("pk")]
    assert [path.name for path in paths[1:]] == ["maple 2026.zip", "roster.zip", "MAPLE.ZIP"]
    assert paths[1].read_bytes() == b"PK"


def test_what_is_kept_only_we_may_read(browser: Browser, store: str) -> None:
    send(browser("alice"), files_of(SEED))
    with connected(store, Role.WORKER):
        check = Check.objects.get()
    assert _delivered(check) == dict(files_of(SEED))
    assert check.who == "Alice"
    for file in (uploads_folder(), *uploads_folder().rglob("*")):
        assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../users.csv", "users.csv"),
        ("..\\..\\USERS.CSV", "users.csv"),
        ("/etc/orgs.csv", "orgs.csv"),
        ("../../x.csv", "x.csv"),
        ("....csv", "_...csv"),
        ("a\u202eb\u00e9\U0001f600.csv", "ab__.csv"),
        (f"{'x' * 300}.csv", f"{'x' * 96}.csv"),
    ],
)
def test_a_name_leads_nowhere_else(
    browser: Browser, store: str, tmp_path: Path, sent: str, kept: str
) -> None:
    before = {file for file in tmp_path.iterdir() if file.name != "uploads"}
    code, _ = send(browser("alice"), [("classes.csv", b"a"), (sent, b"b")])
    assert code == 302
    with connected(store, Role.WORKER):
        delivered = _delivered(Check.objects.get())
    known = kept in ("users.csv", "orgs.csv")
    assert delivered == {"classes.csv": b"a", kept: b"b" if known else b""}
    assert {file for file in tmp_path.iterdir() if file.name != "uploads"} == before


def test_of_a_file_that_is_not_read_only_the_name_is_kept(browser: Browser, store: str) -> None:
    more = [("demographics.csv", b"b"), ("Notes.csv", b"c"), ("README.md", b"d")]
    send(browser("alice"), [("users.csv", b"a"), *more])
    with connected(store, Role.WORKER):
        delivered = _delivered(Check.objects.get())
    assert delivered == {"users.csv": b"a", "demographics.csv": b"", "Notes.csv": b""}


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ([], "Choose the files first: a .zip, or the CSV files of OneRoster together."),
        ([("notes.csv", b"a")], "Choose the files first"),
        ([("users.csv", b"a"), ("Users.CSV", b"b")], "users.csv is there twice. Choose it once."),
        ([("a.zip", b"a"), ("users.csv", b"b")], "Choose one .zip, or the CSV files together"),
        ([("users.csv", b"a"), ("a.zip", b"b")], "Choose one .zip, or the CSV files together"),
        ([("a.zip", b"a"), ("b.zip", b"b")], "Choose one .zip, or the CSV files together"),
        ([("users.xlsx", b"a"), ("users.csv/", b"b")], "Choose the files first"),
    ],
)
def test_what_cannot_be_used_is_said_and_nothing_is_left(
    browser: Browser, store: str, files: list[tuple[str, bytes]], problem: str
) -> None:
    code, page = send(browser("alice"), files)
    assert code == 200
    assert _problem(page).startswith(problem)
    assert "<title>Error: " in page
    assert _left() == []
    with connected(store, Role.WORKER):
        assert not Check.objects.exists()


@pytest.mark.parametrize("announced", [None, 300_000, 500_000_000])
def test_more_than_the_limit_is_not_taken(
    browser: Browser, store: str, monkeypatch: MonkeyPatch, announced: int | None
) -> None:
    monkeypatch.setattr(settings, "FIRSTBELL_MOST_UPLOADED", 100 << 10)
    client = browser("alice")
    files = [("orgs.csv", b"a" * 60_000), ("users.csv", b"b" * 60_000)]
    code, page = send(client, files, announced=announced)
    assert code == 200
    assert _problem(page) == (
        "These files are larger than 100 KiB together. Send only those that a sync needs."
    )
    assert _left() == []
    assert send(client, [("orgs.csv", b"a" * 60_000)])[0] == 302


def test_a_full_disk_is_said_before_it_is_full(browser: Browser, monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setattr(Upload, "has_room_for", lambda self, size: False)
    code, page = send(browser("alice"), files_of(SEED))
    assert code == 200
    assert _problem(page).startswith("There is not enough room for these files just now.")
    assert _left() == []


def test_files_that_come_at_once_leave_room_for_the_rest(
    browser: Browser, monkeypatch: MonkeyPatch
) -> None:
    free = iter([10 << 30, *[(1 << 30) - 1] * 9])
    monkeypatch.setattr(
        "firstbell.store.uploads.shutil.disk_usage", lambda folder: SimpleNamespace(free=next(free))
    )
    code, page = send(browser("alice"), [("users.csv", b"a" * 99)])
    assert code == 200
    assert _problem(page).startswith("There is not enough room for these files just now.")
    assert _left() == []


@pytest.mark.parametrize("button", [None, "che", "everything"])
def test_an_upload_that_was_cut_off_is_never_taken_for_a_whole_one(
    browser: Browser, store: str, button: str | None
) -> None:
    code, page = send(browser("alice"), files_of(SEED), button)
    assert code == 200
    assert _problem(page).startswith("The upload was cut off before its end.")
    assert _left() == []
    with connected(store, Role.WORKER):
        assert not Check.objects.exists()


def test_a_form_of_another_site_is_refused(browser: Browser, store: str) -> None:
    client = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    client.cookies = browser("alice").cookies
    assert send(client, files_of(SEED))[0] == 403
    assert _left() == []
    page = client.get("/districts/north/upload/").content.decode()
    form = page.partition('id="upload"')[2]
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)', form)
    assert token
    assert send(client, files_of(SEED), token=token[1])[0] == 302


class _Unread:
    """A body that must not be looked at."""

    def read(self, *args: Any) -> bytes:
        raise AssertionError("the body was read")

    readline = read


@pytest.mark.parametrize(("who", "code"), [("bob", 404), ("dana", 302), (None, 302)])
def test_the_body_is_not_read_before_it_is_known_who_may(
    browser: Browser, who: str | None, code: int
) -> None:
    client = browser(who)
    answer = client.generic(
        "POST",
        "/districts/north/upload/",
        content_type="multipart/form-data; boundary=x",
        **{"wsgi.input": _Unread(), "CONTENT_LENGTH": "1000"},  # type: ignore[arg-type]
    )
    assert answer.status_code == code
    if who != "bob":
        assert "upload" not in answer.headers["location"].partition("?")[0]


def test_uploads_of_two_people_at_once_do_not_meet(
    browser: Browser, store: str, town: Town
) -> None:
    source_set(district="north", kind="upload", settings={}, who="me")
    alice, carol = browser("alice"), browser("carol")
    assert send(alice, [("users.csv", b"of alice")], "sync")[0] == 302
    assert send(carol, [("users.csv", b"of carol")], "sync")[0] == 302
    with connected(store, Role.WORKER):
        syncs = list(Sync.objects.order_by("pk"))
        said = list(AuditEntry.objects.filter(what="roster uploaded").order_by("pk"))
    contents = [Path(sync.delivery or "", "users.csv").read_bytes() for sync in syncs]
    assert contents == [b"of alice", b"of carol"]
    assert {sync.trigger for sync in syncs} == {Trigger.UPLOAD}
    assert [(one.who, one.details) for one in said] == [
        ("Alice", {"sync": syncs[0].pk}),
        ("Carol", {"sync": syncs[1].pk}),
    ]
