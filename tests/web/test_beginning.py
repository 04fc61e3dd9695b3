"""Before the first sync: what is done, what is left, and who does it."""

import re
from datetime import UTC, datetime
from pathlib import Path

from django.test import Client

from firstbell.store.actions import schools_onboard
from firstbell.store.models import Check, SyncStatus
from firstbell.store.sources import source_set
from tests.web.conftest import Browser, Ended, Town

_PAGE = "/districts/north/sync-reports/"


def _steps(person: Client) -> list[tuple[str, str]]:
    """The title of each step, and what is said of it."""
    page = person.get(_PAGE).content.decode()
    listed = page.partition('<ol class="steps beginning">')[2].partition("</ol>")[0]
    return [
        (_text(title), _text(words))
        for title, words in re.findall(r"<h3>(.*?)</h3><p>(.*?)</p>", listed, re.DOTALL)
    ]


def _text(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", markup).split())


def test_with_nothing_done_four_steps_say_who_acts(browser: Browser, town: Town) -> None:
    person = browser("alice")
    titles = ["Connect your source", "Check the first delivery"]
    titles += ["Onboard your schools", "Run the first sync"]
    steps = _steps(person)
    assert [title for title, _ in steps] == titles
    assert steps[0][1].startswith("Your specialist acts")
    assert steps[1][1].startswith("Your district acts") and "Upload and check" in steps[1][1]
    assert steps[2][1].startswith("Your specialist acts")
    page = person.get(_PAGE).content.decode()
    assert "No sync has run yet. Four steps are left before your roster is in" in page
    assert "0 of 4 steps done" in page
    assert "Some records need fixing in your SIS." in page


def test_what_is_done_is_marked_and_said(browser: Browser, town: Town, tmp_path: Path) -> None:
    source_set(district="north", kind="folder", settings={"path": str(tmp_path)}, who="me")
    schools_onboard(district="north", schools=["11", "12"], who="me")
    check = Check.objects.create(
        district=town.districts["north"],
        who="Alice",
        status=SyncStatus.WITH_ERRORS,
        completed_at=datetime(2026, 11, 20, 15, tzinfo=UTC),
        causes={"total": 3, "new": 3},
    )
    person = browser("alice")
    source, checked, schools, first = _steps(person)
    assert source[0] == "Done: Connect your source"
    assert checked[0] == "Done: Check the first delivery"
    assert checked[1] == "Fri, Nov 20, 10 a.m.: checked. Nothing was applied. 3 causes to fix"
    assert schools[1].startswith("2 schools are onboarded.")
    assert first[0] == "Run the first sync"
    page = person.get(_PAGE).content.decode()
    assert f'href="/districts/north/upload/checks/{check.pk}/"' in page
    assert "One step is left" in page and "3 of 4 steps done" in page


def test_where_files_are_uploaded_the_last_step_leads_there(browser: Browser, town: Town) -> None:
    source_set(district="north", kind="upload", settings={}, who="me")
    source, *_, first = _steps(browser("alice"))
    assert source[0] == "Done: Connect your source"
    assert first[1].endswith("Upload a roster")


def test_it_is_gone_once_a_sync_has_run(browser: Browser, ended: Ended) -> None:
    ended("north", status=SyncStatus.FAILED, reason="users.csv is missing")
    assert _steps(browser("alice")) == []
