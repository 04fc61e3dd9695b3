"""All that a sync found: a page at a time, and by what people look for."""

from pathlib import Path

import duckdb
import pytest

from firstbell.store.artefacts import folder_of
from firstbell.store.models import Sync
from tests.web.conftest import Browser, Ended
from tests.web.reading import words_of

_MANY = 120


@pytest.fixture
def sync(ended: Ended) -> Sync:
    """120 users without an email, and an enrollment of nobody."""
    made = ended("north", codes={"users.email_required": _MANY, "enrollments.user_not_found": 1})
    _write(
        folder_of(made) / "findings.parquet",
        f"""
        SELECT 'users' AS tab, n AS pos, n + 2 AS row, 'U' || n AS sourcedId, 'email' AS field,
               'failure' AS severity, 'users.email_required' AS code, 'email is required' AS message,
               NULL::VARCHAR AS value, NULL::VARCHAR AS cause,
               '1' || n % 3 || ',20' AS schools, n AS place FROM range({_MANY}) AS t(n)
        UNION ALL
        SELECT 'enrollments', 7, 9, 'E7', 'userSourcedId', 'warning', 'enrollments.user_not_found',
               'userSourcedId not found in our system', '<b>9</b>', NULL, '30', NULL
        """,
    )
    return made


def _write(path: Path, query: str) -> None:
    duckdb.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")


def _rows(browser: Browser, sync: Sync, asked: str = "") -> list[str]:
    page = browser("alice").get(f"/districts/north/sync-reports/{sync.pk}/findings/{asked}")
    assert page.status_code == 200
    body = page.content.decode().partition('<tbody role="rowgroup">')[2].partition("</tbody>")[0]
    return [words_of(row) for row in body.split("</tr>")[:-1]]


def test_each_finding_says_where_it_is_what_is_wrong_and_how_to_fix_it(
    browser: Browser, sync: Sync
) -> None:
    first, *_ = _rows(browser, sync)
    assert first.startswith("Failure users.csv row 2 SourcedId U0 Field email email is required")
    assert "Your district acts, in the SIS. Add the email address" in first
    (warning,) = _rows(browser, sync, "?severity=warning")
    assert warning.startswith("Warning enrollments.csv row 9 SourcedId E7 Field userSourcedId")
    assert "<b>9</b>" in warning


def test_findings_come_fifty_at_a_time_in_the_order_of_the_files(
    browser: Browser, sync: Sync
) -> None:
    pages = [_rows(browser, sync, f"?page={number}") for number in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [50, 50, 21, 0]
    assert pages[1][0].startswith("Failure users.csv row 52 ")
    assert pages[2][-1].startswith("Warning enrollments.csv")


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ("?table=enrollments", 1),
        ("?code=enrollments.user_not_found", 1),
        ("?id=U11", 11),
        ("?id=U11&severity=warning", 0),
        ("?id=%27%20OR%20true%20--", 0),
        ("?table=nothing", 0),
        ("?school=10", 40),
        ("?school=20", 50),
        ("?school=1", 0),
        ("?school=30&owner=district", 1),
        ("?owner=district", 50),
        ("?owner=specialist", 0),
        ("?owner=specialist&code=users.email_required", 0),
        ("?owner=nobody", 0),
    ],
)
def test_findings_are_found_by_file_rule_severity_and_id(
    browser: Browser, sync: Sync, asked: str, number: int
) -> None:
    assert len(_rows(browser, sync, asked)) == number


def test_findings_that_are_no_longer_kept_are_said(browser: Browser, ended: Ended) -> None:
    sync = ended("north")
    page = browser("alice").get(f"/districts/north/sync-reports/{sync.pk}/findings/")
    assert "What this sync found is no longer kept." in page.content.decode()


@pytest.mark.parametrize("what", [b"", b"PAR1" + bytes(4000) + b"PAR1"])
def test_findings_that_are_damaged_are_said_too(
    browser: Browser, ended: Ended, what: bytes
) -> None:
    sync = ended("north")
    (folder_of(sync) / "findings.parquet").write_bytes(what)
    page = browser("alice").get(f"/districts/north/sync-reports/{sync.pk}/findings/")
    assert "What this sync found is no longer kept." in page.content.decode()
