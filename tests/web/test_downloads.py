"""A report is downloaded by a click: byte for byte, as a file, and nothing else is."""

from contextlib import closing
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.http.response import HttpResponseBase

from firstbell.store.artefacts import folder_of
from tests.web.conftest import Browser, Ended


def _content(answer: HttpResponseBase) -> bytes:
    with closing(answer):
        return b"".join(answer)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("users_sync_report.csv", "text/csv; charset=utf-8"),
        ("held_removals.csv", "text/csv; charset=utf-8"),
        ("summary.json", "application/json"),
    ],
)
def test_a_report_comes_as_a_file(browser: Browser, ended: Ended, name: str, kind: str) -> None:
    sync = ended("north", reports=[name])
    answer = browser("alice").get(f"/districts/north/sync-reports/{sync.pk}/{name}")
    content = f"north’s {name}\r\n".encode()
    assert (answer.status_code, _content(answer)) == (200, content)
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["Content-Length"] == str(len(content))
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_report_is_streamed(browser: Browser, ended: Ended) -> None:
    sync = ended("north", reports=["findings.csv"])
    answer = browser("alice").get(f"/districts/north/sync-reports/{sync.pk}/findings.csv")
    assert answer.streaming
    answer.close()


@pytest.mark.parametrize(
    "name",
    [
        "classes_sync_report.csv",  # a name of a report that this sync does not have
        "findings.parquet",
        "..%2Ffeed%2Fusers.parquet",
        "..%2F..%2F..%2F..%2Fsecret-key",
        "%00",
        ".",
    ],
)
def test_a_file_that_the_sync_does_not_name_is_not_there(
    browser: Browser, ended: Ended, tmp_path: Path, name: str
) -> None:
    sync = ended("north", reports=["users_sync_report.csv"])
    folder = next(tmp_path.rglob("reports"))
    for there in (folder / "findings.parquet", folder.parent / "feed" / "users.parquet"):
        there.parent.mkdir(exist_ok=True)
        there.write_text("a name")
    (tmp_path / "secret-key").write_text("a key")
    answer = browser("alice").get(f"/districts/north/sync-reports/{sync.pk}/{name}")
    assert answer.status_code == 404


def test_a_report_that_has_gone_from_the_storage_is_not_there(
    browser: Browser, ended: Ended, tmp_path: Path
) -> None:
    sync = ended("north", reports=["users_sync_report.csv"])
    next(tmp_path.rglob("users_sync_report.csv")).unlink()
    answer = browser("alice").get(f"/districts/north/sync-reports/{sync.pk}/users_sync_report.csv")
    assert answer.status_code == 404


def test_a_sync_number_beyond_all_numbers_is_not_there(browser: Browser) -> None:
    answer = browser("alice").get(f"/districts/north/sync-reports/{10**30}/findings.csv")
    assert answer.status_code == 404


def test_all_reports_come_in_one_archive_byte_for_byte(browser: Browser, ended: Ended) -> None:
    names = ["users_sync_report.csv", "findings.csv", "gone.csv"]
    sync = ended("north", reports=names)
    (folder_of(sync) / "reports" / "gone.csv").unlink()
    answer = browser("alice").get(f"/districts/north/sync-reports/{sync.pk}/all.zip")
    assert answer.headers["Content-Type"] == "application/zip"
    assert f'filename="north-sync-{sync.pk}.zip"' in answer.headers["Content-Disposition"]
    with ZipFile(BytesIO(_content(answer))) as archive:
        packed = {name: archive.read(name) for name in archive.namelist()}
    assert packed == {name: f"north’s {name}\r\n".encode() for name in names[:2]}


def test_without_reports_there_is_no_archive(browser: Browser, ended: Ended) -> None:
    sync = ended("north")
    answer = browser("alice").get(f"/districts/north/sync-reports/{sync.pk}/all.zip")
    assert answer.status_code == 404
