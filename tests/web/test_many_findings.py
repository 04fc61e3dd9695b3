"""The pages of a sync with 500,000 findings, and how long each takes at its begin and its end.

It prints what it measured; its figures are kept in docs/benchmarks.md.
"""

import shutil
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from django.test import Client

from firstbell.jobs.run import run_sync
from firstbell.store.models import School, SchoolState, Trigger
from firstbell.store.syncs import sync_create
from tests.web.conftest import Browser, Town

_SEED = Path("examples/seed-district")
_FINDINGS = 500_000
_TIMES = 9
#: Pages of a sync, from its own address on.
_PAGES = (
    "",
    "?view=open&owner=district",
    "?school=1001",
    "findings/",
    "findings/?page=5000",
    "findings/?page=10000",
    "findings/?code=enrollments.user_not_found",
    "findings/?cause=1&page=10000",
    "findings/?severity=warning",
    "findings/?id=E49999",
    "findings/?owner=district&page=10000",
    "findings/?school=1001&page=10000",
    "rows/enrollments/250000/",
    "changes/",
)


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """The seed's delivery, with half a million enrollments of users that nobody knows."""
    delivery = tmp_path / "delivery"
    shutil.copytree(_SEED, delivery)
    with (delivery / "enrollments.csv").open("a", encoding="utf-8") as file:
        file.writelines(
            f"E{number},,,2001,1001,U{number},student,,2026-08-17,2027-06-11\r\n"
            for number in range(_FINDINGS)
        )
    return delivery


def _milliseconds(client: Client, address: str) -> list[float]:
    times = []
    for _ in range(_TIMES):
        begun = time.perf_counter()
        assert client.get(address).status_code == 200
        times.append(1000 * (time.perf_counter() - begun))
    return sorted(times)


@pytest.mark.soak
def test_pages_stay_flat(
    town: Town, browser: Browser, broken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    district = town.districts["north"]
    School.objects.create(district=district, sourced_id="1001", state=SchoolState.ONBOARDED)
    day = date(2026, 11, 24)
    sync = sync_create(district=district, trigger=Trigger.NOW, delivery=broken, as_of=day)
    run_sync(sync, broken)
    sync.refresh_from_db()
    assert (sync.findings or {})["failure"] > _FINDINGS
    client = browser("alice")
    for page in _PAGES:
        times = _milliseconds(client, f"/districts/north/sync-reports/{sync.pk}/{page}")
        with capsys.disabled():
            sys.stdout.write(
                f"\n{page or 'the page itself'}: median {times[_TIMES // 2]:.0f} ms,"
                f" slowest {times[-1]:.0f} ms"
            )
