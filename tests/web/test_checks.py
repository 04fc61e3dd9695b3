"""Checks as their pages tell them: in the words of a sync, and apart from all syncs."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from firstbell.jobs.checking import queue_check, run_check
from firstbell.jobs.tasks import queue_sync, run_queued
from firstbell.store.artefacts import folder_of_check
from firstbell.store.connecting import Role, connected
from firstbell.store.models import Check, School, SchoolState, Sync, SyncStatus, Trigger
from firstbell.store.retention import uploads_folder
from firstbell.store.sources import source_set
from tests.web.conftest import Browser, Ended, Town
from tests.web.reading import main_of, words_of
from tests.web.uploading import SEED, files_of, send


def _checked(town: Town, files: Path = SEED) -> Check:
    """Files of North that were uploaded and checked, before a browser is opened."""
    School.objects.get_or_create(
        district=town.districts["north"],
        sourced_id="1001",
        defaults={"state": SchoolState.ONBOARDED},
    )
    upload = uploads_folder() / str(Check.objects.count())
    upload.mkdir(parents=True)
    for name, content in files_of(files):
        (upload / name).write_bytes(content)
    check = queue_check(district=town.districts["north"].pk, delivery=upload, who="Alice")
    run_check(check_id=check.pk)
    return check


def _main(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return words_of(main_of(answer.content.decode()))


def _page(client: Client, check: Check) -> str:
    return _main(client, f"/districts/north/upload/checks/{check.pk}/")


def test_a_check_tells_what_to_fix_as_a_sync_does(browser: Browser, town: Town) -> None:
    check = _checked(town)
    page = _page(browser("alice"), check)
    assert "Check only: nothing was applied" in page
    assert "3 causes keep 4 records out" in page
    assert "School is not onboarded: Cedar Elementary (1234) Your specialist acts" in page
    assert "Add the email address to the user’s record in your SIS" in page
    assert "Records that wait for this one users.csv row" in page
    assert re.search(r"users_sync_report\.csv \d+ rows?", page)
    assert "What would change" in page and "Users 8 0 0" in page
    assert "Asked for by Alice" in page
    assert "Sync these files now" not in page


def test_all_that_a_check_found_is_on_a_page_of_its_own(browser: Browser, town: Town) -> None:
    check = _checked(town)
    client = browser("alice")
    address = f"/districts/north/upload/checks/{check.pk}/"
    page = client.get(address).content.decode()
    assert re.search(rf'href="{address}findings/">All \d+ findings<', page)
    answer = client.get(f"{address}findings/").content.decode()
    found = words_of(main_of(answer))
    assert re.search(r"Check of uploaded files, \w+ \d+, \d{4} All findings ", found)
    assert "Add the email address to the user’s record" in found
    assert f'href="{address}"' in answer
    assert "/sync-reports/" not in main_of(answer)


def test_what_a_check_found_is_sought_by_school_and_rule(browser: Browser, town: Town) -> None:
    check = _checked(town)
    client = browser("alice")
    address = f"/districts/north/upload/checks/{check.pk}/findings/"

    def rows(asked: str) -> int:
        return client.get(f"{address}{asked}").content.decode().count('<span class="how">')

    assert 0 < rows("?code=orgs.not_onboarded") < rows("")
    assert rows("?school=cedar+elementary") == rows("?school=1234") > 0
    assert rows("?severity=nothing") == 0
    none = client.get(f"{address}?id=nobody").content.decode()
    assert f'<a href="{address}">Show all of them</a>' in none


def test_of_many_records_with_one_cause_a_check_leads_to_all(
    browser: Browser, town: Town, tmp_path: Path
) -> None:
    for name, content in files_of(SEED):
        (tmp_path / name).write_bytes(content.replace(b"@", b""))
    page_of = f"/districts/north/upload/checks/{_checked(town, tmp_path).pk}/"
    client = browser("alice")
    page = client.get(page_of).content.decode()
    leads = re.findall(rf'href="({page_of}findings/\?[\w.=&;]+)">All (\d+) records of ', page)
    assert leads
    for address, number in leads:
        found = client.get(address).content.decode()
        assert found.count('<span class="how">') >= int(number)


def test_what_a_check_found_and_is_no_longer_kept_is_said(browser: Browser, town: Town) -> None:
    check = _checked(town)
    check.refresh_from_db()
    (folder_of_check(check) / "findings.parquet").unlink()
    page = _main(browser("alice"), f"/districts/north/upload/checks/{check.pk}/findings/")
    assert "What this check found is no longer kept." in page


def test_its_reports_are_downloaded_as_they_are_kept(browser: Browser, town: Town) -> None:
    check = _checked(town)
    client = browser("alice")
    folder = folder_of_check(Check(pk=check.pk, district_id=check.district_id, attempts=1))
    names = sorted(file.name for file in (folder / "reports").iterdir())
    assert "users_sync_report.csv" in names and "summary.json" in names
    page = client.get(f"/districts/north/upload/checks/{check.pk}/").content.decode()
    for name in names:
        address = f"/districts/north/upload/checks/{check.pk}/{name}"
        assert address in page
        answer = client.get(address)
        kept = (folder / "reports" / name).read_bytes()
        assert b"".join(answer.streaming_content) == kept  # type: ignore[attr-defined]
        answer.close()
    assert client.get(f"/districts/north/upload/checks/{check.pk}/computed.json").status_code == 404
    assert f"/districts/north/sync-reports/{check.pk}/" not in page


def test_it_is_in_no_list_of_syncs(browser: Browser, town: Town) -> None:
    check = _checked(town)
    client = browser("alice")
    page = client.get("/districts/north/sync-reports/").content.decode()
    assert "No sync yet" in page and "No sync has run yet." in page
    assert "<rect" not in page
    assert "list syncs" not in page
    beside = client.get("/districts/north/upload/").content.decode()
    assert f"/districts/north/upload/checks/{check.pk}/" in beside
    assert "Check only: nothing was applied" in beside


def test_checked_files_are_synced_with_one_press(browser: Browser, town: Town, store: str) -> None:
    source_set(district="north", kind="upload", settings={}, who="me")
    check = _checked(town)
    client = browser("alice")
    page = client.get(f"/districts/north/upload/checks/{check.pk}/").content.decode()
    assert "the files are kept for that." in page
    address = f"/districts/north/upload/checks/{check.pk}/sync/"
    assert address in page
    leads = client.post(address).headers["location"]
    with connected(store, Role.WORKER):
        sync = Sync.objects.get()
        assert sync.trigger == Trigger.UPLOAD
        run_queued(sync_id=sync.pk)
        sync.refresh_from_db()
        assert sync.status == SyncStatus.WITH_ERRORS
    assert leads == f"/districts/north/sync-reports/{sync.pk}/"
    with connected(store, Role.WEB):
        again = client.post(address)
        assert again.headers["location"] == f"/districts/north/upload/checks/{check.pk}/"
        assert "These files were synced afterwards." in _page(client, check)
    assert list(uploads_folder().iterdir()) == []


def test_files_are_not_offered_when_they_are_gone_or_not_the_source(
    browser: Browser, town: Town, store: str
) -> None:
    source_set(district="north", kind="upload", settings={}, who="me")
    check = _checked(town)
    client = browser("alice")
    assert "Sync these files now" in _page(client, check)
    with connected(store, Role.WORKER):
        Check.objects.update(kept_until=timezone.now() - timedelta(seconds=1))
    with connected(store, Role.WEB):
        assert "Sync these files now" not in _page(client, check)
        client.post(f"/districts/north/upload/checks/{check.pk}/sync/")
    with connected(store, Role.WORKER):
        assert not Sync.objects.exists()


def test_files_that_cannot_be_read_say_why_and_what_to_do(
    browser: Browser, town: Town, tmp_path: Path
) -> None:
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    (nothing / "users.csv").write_bytes(b"sourcedId\r\n1\r\n")
    check = _checked(town, nothing)
    page = _page(browser("alice"), check)
    assert "Failed: " in page and "is missing." in page
    assert "Check only: nothing was applied." in page
    assert "What to do" in page and "Upload and check again" in page


def test_a_roster_that_would_be_replaced_is_told(
    browser: Browser, town: Town, tmp_path: Path
) -> None:
    School.objects.create(
        district=town.districts["north"], sourced_id="1001", state=SchoolState.ONBOARDED
    )
    sync = queue_sync(district=town.districts["north"], trigger=Trigger.NOW, delivery=SEED)
    run_queued(sync_id=sync.pk)
    other = tmp_path / "other"
    other.mkdir()
    for name, content in files_of(SEED):
        (other / name).write_bytes(re.sub(rb"(?m)^(\d)", rb"9\1", content))
    check = _checked(town, other)
    page = _page(browser("alice"), check)
    assert "Check only: nothing was applied" in page
    assert "for you to decide" in page or "Failed: " in page


def test_a_page_of_a_check_that_waits_looks_for_news(browser: Browser, town: Town) -> None:
    check = Check.objects.create(district=town.districts["north"], who="Alice", delivery="/x")
    client = browser("alice")
    address = f"/districts/north/upload/checks/{check.pk}/"
    page = client.get(address).content.decode()
    assert 'hx-get="?was=Queued"' in page
    assert "The check starts when the syncs before it have ended." in page
    same = client.get(f"{address}?was=Queued", headers={"hx-request": "true"})
    assert (same.status_code, same.content) == (204, b"")
    news = client.get(f"{address}?was=Running", headers={"hx-request": "true"})
    assert news.headers["HX-Refresh"] == "true"


def test_checks_are_listed_by_fifties_the_newest_first(browser: Browser, town: Town) -> None:
    Check.objects.bulk_create(
        Check(
            district=town.districts["north"],
            who=f"Person {number}",
            status=SyncStatus.COMPLETED,
            completed_at=timezone.now(),
            findings={"failure": 0, "warning": number},
        )
        for number in range(51)
    )
    client = browser("alice")
    first = _main(client, "/districts/north/upload/checks/")
    assert "Person 50" in first and "Person 1 " in first and "Person 0 " not in first
    assert "Next 50" in first
    second = _main(client, "/districts/north/upload/checks/?page=2")
    assert "Person 0 " in second and "Previous" in second
    assert "Nothing was checked yet." in _main(browser("bob"), "/districts/south/upload/checks/")


def test_where_files_are_uploaded_no_night_is_promised(
    browser: Browser, town: Town, ended: Ended
) -> None:
    source_set(district="north", kind="upload", settings={}, who="me")
    sync = ended("north", timezone.now() - timedelta(days=30), trigger=Trigger.UPLOAD)
    town.districts["north"].refresh_from_db()
    town.districts["north"].applied_sync = sync
    town.districts["north"].save()
    client = browser("alice")
    page = client.get("/districts/north/sync-reports/").content.decode()
    assert "When files are uploaded" in page
    assert "Stale" not in page
    client.post("/districts/north/sync-now/")
    assert "Queued" not in client.get("/districts/north/sync-reports/").content.decode()


@pytest.mark.parametrize("address", ["", "checks/"])
def test_pages_keep_to_the_content_policy(browser: Browser, address: str) -> None:
    page = browser("alice").get(f"/districts/north/upload/{address}").content.decode()
    page = re.sub(r'<script src="/static/[\w./-]+" defer></script>', "", page)
    for forbidden in ("<script", " style=", "<style", " onclick", "javascript:"):
        assert forbidden not in page


def test_the_answer_to_an_upload_leads_to_its_check(browser: Browser) -> None:
    client = browser("alice")
    code, address = send(client, files_of(SEED))
    assert code == 302
    assert "Queued" in _main(client, address)
