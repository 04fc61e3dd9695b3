"""The page of a sync that failed: what was delivered, and what comes next."""

import re
import shutil
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import pytest
from django.utils import timezone

from firstbell.jobs.run import run_sync
from firstbell.store.models import Sync, SyncStatus, Trigger
from firstbell.store.syncs import sync_create
from tests.web.conftest import Browser, Ended, Town

_SEED = Path("examples/seed-district")


def _synced(town: Town, delivery: Path, day: int) -> Sync:
    north = town.districts["north"]
    sync = sync_create(
        district=north, trigger=Trigger.NOW, delivery=delivery, as_of=date(2026, 11, day)
    )
    run_sync(sync, delivery)
    return sync


def _text(browser: Browser, sync: Sync) -> str:
    answer = browser("alice").get(f"/districts/north/sync-reports/{sync.pk}/")
    assert answer.status_code == 200
    main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def _changed(folder: Path, file: str, before: str, after: str) -> Path:
    shutil.copytree(_SEED, folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert before in text
    (folder / file).write_text(text.replace(before, after, 1), encoding="utf-8")
    return folder


def test_a_column_that_was_renamed_is_named_beside_the_rows_of_the_last_good_delivery(
    browser: Browser, town: Town, tmp_path: Path
) -> None:
    _synced(town, _SEED, 24)
    page = _text(
        browser, _synced(town, _changed(tmp_path / "d", "users.csv", ",role,", ",user_role,"), 25)
    )
    assert "Failed: users.csv has no column role, so nothing was applied." in page
    assert "Column “role” is gone; it is probably called “user_role” now." in page
    files = page.partition("What was delivered")[2]
    rows = len((_SEED / "orgs.csv").read_text(encoding="utf-8").splitlines()) - 1
    assert f"orgs.csv Readable Rows {rows} Last good one {rows}" in files
    assert "users.csv Has no column role" in files


def test_a_file_that_is_missing_is_named_and_the_first_delivery_has_none_to_compare_with(
    browser: Browser, town: Town, tmp_path: Path
) -> None:
    shutil.copytree(_SEED, tmp_path / "d")
    (tmp_path / "d" / "orgs.csv").unlink()
    first = _synced(town, tmp_path / "d", 24)
    _synced(town, _SEED, 25)
    later = _synced(town, tmp_path / "d", 26)
    page = _text(browser, first)
    assert "users.csv Readable" in page
    assert "Last good one" not in page
    assert "orgs.csv Not in the delivery" in _text(browser, later)


def test_cells_of_a_file_without_a_header_are_not_kept(
    browser: Browser, town: Town, tmp_path: Path
) -> None:
    _synced(town, _SEED, 24)
    shutil.copytree(_SEED, tmp_path / "d")
    rows = (_SEED / "users.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "d" / "users.csv").write_text("".join(rows[1:]), encoding="utf-8")
    sync = _synced(town, tmp_path / "d", 25)
    kept = str(sync.delivered)
    assert sync.status == SyncStatus.FAILED
    for cell in rows[1].strip().split(","):
        assert not cell or len(cell) < 4 or cell not in kept


@pytest.mark.parametrize(
    ("may_pass", "said", "unsaid"),
    [
        (True, "Tried 2 times that night", "This does not heal"),
        (False, "2 times that night. This does not heal by trying again.", "We try again"),
    ],
)
def test_tries_of_a_night_are_counted_and_the_next_one_is_told(
    may_pass: bool, said: str, unsaid: str, browser: Browser, ended: Ended, town: Town
) -> None:
    north = town.districts["north"]
    now = timezone.now()
    north.timezone = "UTC"
    north.nights_since = now - timedelta(days=9)
    north.save()
    night = now.date()
    why = {"status": SyncStatus.FAILED, "reason": "orgs.csv is missing", "night": night}
    ended("north", now - timedelta(minutes=40), may_pass=True, **why)
    sync = ended("north", now, may_pass=may_pass, **why)
    page = _text(browser, sync)
    assert said in page
    assert unsaid not in page
