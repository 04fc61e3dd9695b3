"""Closer looks at a sync: a row as it was read, what changed, and the causes one looks for."""

import csv
import re
import shutil
from collections.abc import Callable
from datetime import date
from html import unescape
from pathlib import Path

import pytest

from firstbell.jobs.run import run_sync
from firstbell.store.artefacts import folder_of
from firstbell.store.models import School, SchoolState, Sync, Trigger, User
from firstbell.store.syncs import sync_create
from tests.web.conftest import Browser, Ended, Town
from tests.web.reading import main_of, words_of

_SEED = Path("examples/seed-district")
_NEXT = Path("examples/seed-district-next-night")
_HEAD = ("sourcedId", "status")

#: Runs a sync of North from a folder, as of a day of November 2026.
Synced = Callable[[Path, int], Sync]


@pytest.fixture
def synced(town: Town) -> Synced:
    district = town.districts["north"]
    School.objects.create(district=district, sourced_id="1001", state=SchoolState.ONBOARDED)

    def run(delivery: Path, day: int) -> Sync:
        as_of = date(2026, 11, day)
        sync = sync_create(district=district, trigger=Trigger.NOW, delivery=delivery, as_of=as_of)
        run_sync(sync, delivery)
        return sync

    return run


def _main(browser: Browser, sync: Sync, page: str = "") -> str:
    answer = browser("alice").get(f"/districts/north/sync-reports/{sync.pk}/{page}")
    assert answer.status_code == 200
    return main_of(answer.content.decode())


def _rows(html: str) -> list[str]:
    body = html.partition('<tbody role="rowgroup">')[2].partition("</tbody>")[0]
    return [words_of(row) for row in body.split("</tr>")[:-1]]


def _delivery(folder: Path, **files: Callable[[list[list[str]]], list[list[str]]]) -> Path:
    """The seed's delivery, with rows of some files changed."""
    shutil.copytree(_SEED, folder)
    for table, change in files.items():
        with (folder / f"{table}.csv").open(newline="", encoding="utf-8") as file:
            rows = change(list(csv.reader(file)))
        with (folder / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
    return folder


def test_a_finding_leads_to_its_row_as_it_was_read_behind_blank_and_repeated_rows(
    browser: Browser, synced: Synced, tmp_path: Path
) -> None:
    def with_blanks(rows: list[list[str]]) -> list[list[str]]:
        blank = [""] * len(rows[0])
        return [rows[0], rows[1], blank, rows[1], blank, *rows[2:]]

    delivery = _delivery(tmp_path / "delivery", users=with_blanks)
    sync = synced(delivery, 24)
    findings = _main(browser, sync, "findings/?table=users")
    links = re.findall(r'<a href="[^"]*/rows/users/(\d+)/">users.csv row', findings)
    assert links
    with (delivery / "users.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    for link in set(links):
        shown = dict(
            re.findall(
                r'<th scope="row">([^<]*)</th><td>([^<]*)</td>',
                _main(browser, sync, f"rows/users/{link}/"),
            )
        )
        delivered = dict(zip(rows[0], rows[int(link) - 1], strict=True))
        assert shown["sourcedId"] == delivered["sourcedId"]
        assert "password" not in shown


@pytest.mark.parametrize("page", ["rows/users/999999/", "rows/orgs/2/", f"rows/users/{2**62}/"])
def test_rows_in_which_nothing_was_found_are_not_shown(
    page: str, browser: Browser, synced: Synced
) -> None:
    assert "This row is not kept." in _main(browser, synced(_NEXT, 24), page)


@pytest.mark.parametrize("page", ["rows/nothing/2/", f"rows/users/{2**80}/", "rows/users/-2/"])
def test_rows_that_no_file_has_are_not_there(page: str, browser: Browser, ended: Ended) -> None:
    sync = ended("north")
    answer = browser("alice").get(f"/districts/north/sync-reports/{sync.pk}/{page}")
    assert answer.status_code == 404


def test_all_changes_of_a_first_sync_are_creations_by_id(browser: Browser, synced: Synced) -> None:
    sync = synced(_SEED, 24)
    page = _main(browser, sync)
    changed = sync.changes or {}
    total = sum(sum(one.values()) for one in changed.values())
    assert f">See all {total} changes</a>" in page
    assert len(_rows(_main(browser, sync, "changes/"))) == total
    users = _rows(_main(browser, sync, "changes/?table=users&kind=created"))
    assert len(users) == changed["users"]["created"]
    ids = [re.findall(r"Created SourcedId (\S+) user: ", row)[0] for row in users]
    assert ids == sorted(ids)
    assert _rows(_main(browser, sync, f"changes/?id={ids[-1]}")) == [users[-1]]
    assert _rows(_main(browser, sync, "changes/?kind=deactivated")) == []


def test_an_update_shows_what_was_and_what_is_and_a_removal_its_reason(
    browser: Browser, synced: Synced, tmp_path: Path
) -> None:
    before = _delivery(tmp_path / "before")
    synced(before, 24)

    def renamed(rows: list[list[str]]) -> list[list[str]]:
        title = rows[0].index("title")
        rows[1][title] = "Algebra <9>"
        return rows

    def without_one(rows: list[list[str]]) -> list[list[str]]:
        return rows[:-1]

    after = _delivery(tmp_path / "after", classes=renamed, enrollments=without_one)
    sync = synced(after, 25)
    shown = _main(browser, sync, "changes/?kind=updated&table=classes")
    assert re.search(r"<dt>title</dt><dd><del>[^<]+</del> <ins>Algebra &lt;9&gt;</ins></dd>", shown)
    for gone in _rows(_main(browser, sync, "changes/?kind=deactivated")):
        assert gone.startswith("Deactivated ")
        assert gone.endswith(("It is not in the data", "It is in the data, but left out"))


def test_what_an_api_shares_no_longer_is_told_from_what_the_sis_has_removed(
    browser: Browser, synced: Synced, tmp_path: Path
) -> None:
    def from_api(rows: list[list[str]]) -> list[list[str]]:
        return [*rows, ["firstbell.api", "true"]]

    def without_the_district(rows: list[list[str]]) -> list[list[str]]:
        return [rows[0], *rows[2:]]

    def of_the_district(rows: list[list[str]]) -> list[list[str]]:
        rows[1][rows[0].index("orgSourcedIds")] = "1"
        return rows

    def with_two_less(rows: list[list[str]]) -> list[list[str]]:
        rows[3][rows[0].index("status")] = "tobedeleted"
        return [*rows[:2], *rows[3:]]

    same = {"manifest": from_api, "orgs": without_the_district, "users": of_the_district}
    synced(_delivery(tmp_path / "before", **same), 24)
    assert User.objects.get(sourced_id="1101").org_sourced_ids is None
    sync = synced(_delivery(tmp_path / "after", **same, enrollments=with_two_less), 25)
    Sync.objects.update(read_from={"kind": "classlink"})
    gone = _rows(_main(browser, sync, "changes/?kind=deactivated"))
    assert [row.partition(" 2001 ")[2] for row in gone] == [
        "It is no longer shared in ClassLink",
        "The SIS says that it is removed",
    ]
    warned = words_of(_main(browser, sync, "findings/?code=users.org_not_shared"))
    assert "Administrator’s district is not shared" in warned


def test_changes_that_are_no_longer_kept_are_said(browser: Browser, synced: Synced) -> None:
    sync = synced(_SEED, 24)
    (folder_of(sync) / "changes.parquet").unlink()
    assert "What this sync changed is no longer kept." in _main(browser, sync, "changes/")


def test_a_sync_that_changed_nothing_has_no_changes(browser: Browser, synced: Synced) -> None:
    synced(_SEED, 24)
    sync = synced(_SEED, 25)
    assert "No such changes." in _main(browser, sync, "changes/")
    assert "Nothing: the roster stayed as it was." in words_of(_main(browser, sync))


def _titles(html: str) -> list[str]:
    return [unescape(title) for title in re.findall(r'<span class="title">([^<]*)<', html)]


def test_causes_are_seen_by_their_age(browser: Browser, synced: Synced) -> None:
    synced(_SEED, 24)
    sync = synced(_NEXT, 25)
    page = _main(browser, sync)
    views = dict(re.findall(r'<a href="(\?[^"]*)#fix"[^>]*>([^<]*)</a>', page))
    names = {name.rpartition(" ")[0]: address for address, name in views.items()}
    assert list(names) == ["Open", "New", "Still open", "Resolved"]
    every = _titles(page)
    new = _titles(_main(browser, sync, unescape(names["New"])))
    still = _titles(_main(browser, sync, unescape(names["Still open"])))
    assert sorted(new + still) == sorted(every)
    resolved = words_of(_main(browser, sync, unescape(names["Resolved"])))
    assert "Teacher or administrator has no email address" in resolved
    assert "No such causes." not in resolved


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ("?owner=specialist", ["School is not onboarded: Cedar Elementary (1234)"]),
        ("?table=orgs", ["School is not onboarded: Cedar Elementary (1234)"]),
        ("?school=1234", ["School is not onboarded: Cedar Elementary (1234)"]),
        ("?school=cedar%20elementary", ["School is not onboarded: Cedar Elementary (1234)"]),
        ("?school=nowhere", []),
        ("?id=nobody", []),
    ],
)
def test_causes_are_found_by_who_must_act_file_school_and_id(
    asked: str, titles: list[str], browser: Browser, synced: Synced
) -> None:
    page = _main(browser, synced(_SEED, 24), asked)
    assert _titles(page) == titles
    assert '<details class="sought" open>' in page
    assert bool(titles) == ("No such causes." not in page)


def test_a_cause_is_opened_by_its_link(browser: Browser, synced: Synced) -> None:
    page = _main(browser, synced(_SEED, 24), "?cause=2")
    opened = re.findall(r'<details class="cause" id="cause-(\d)" open>', page)
    assert opened == ["2"]
    assert re.search(r'<a href="[^"]*/findings/">All \d+ findings</a>', page)


@pytest.mark.parametrize(
    ("field", "cell", "by"), [("email", "", "code="), ("enabledUser", "false", "table=")]
)
def test_the_findings_of_a_cause_are_those_that_its_link_counts(
    field: str, cell: str, by: str, browser: Browser, synced: Synced, tmp_path: Path
) -> None:
    def of_teachers(rows: list[list[str]]) -> list[list[str]]:
        column, role = rows[0].index(field), rows[0].index("role")
        for row in rows[1:]:
            row[column] = cell if row[role] == "teacher" else row[column]
        return rows

    sync = synced(_delivery(tmp_path / "delivery", users=of_teachers), 24)
    page = _main(browser, sync)
    links = re.findall(r'href="[^"]*/findings/(\?[^"]*)">All (\d+) (?:findings of|records)', page)
    assert any(by in address for address, _ in links)
    assert any(re.fullmatch(r"\?cause=\d+", address) for address, _ in links)
    for address, number in links:
        assert len(_rows(_main(browser, sync, f"findings/{unescape(address)}"))) == int(number)


def test_a_cause_that_is_not_there_finds_nothing(browser: Browser, synced: Synced) -> None:
    page = _main(browser, synced(_SEED, 24), "findings/?cause=99")
    assert "There is a problem" in page
    assert _rows(page) == []
