"""Many districts queued at once, and several workers: each district is run, and none of them twice.

The soak form prints how long it took; its figures are kept in docs/soak.md.
"""

import time
from contextlib import ExitStack
from math import log
from pathlib import Path
from random import Random

import pytest

from firstbell.generate import District as Generated
from firstbell.generate import generate
from firstbell.jobs.tasks import queue_sync
from firstbell.oneroster.dictionary import Version
from firstbell.store.models import Sync, SyncStatus, Trigger
from tests.jobs.conftest import added
from tests.jobs.workers import worker

_MEDIAN = 2000
_PATIENCE = 3 * 3600


def _students(random: Random, median: int) -> int:
    """Lognormal: half of all districts are smaller than the median, a few many times as large."""
    return max(20, round(random.lognormvariate(log(median), 1.0)))


def _generate(districts: int, median: int, folder: Path) -> list[Path]:
    """So many deliveries, each of a district of its own."""
    random = Random(1)
    deliveries = [folder / f"delivery-{number}" for number in range(districts)]
    for number, delivery in enumerate(deliveries):
        students = _students(random, median)
        schools = max(1, students // 500)
        generate(Generated(schools, students, 0.01, number, Version.V1_1), delivery)
    return deliveries


@pytest.fixture(scope="module")
def thousand(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The deliveries of a thousand districts."""
    return _generate(1000, _MEDIAN, tmp_path_factory.mktemp("fleet"))


def _seconds_of(deliveries: list[Path], workers: int, store: str, folder: Path) -> float:
    """Queues a district for each delivery, and waits until so many workers have run them."""
    for number, delivery in enumerate(deliveries):
        queue_sync(district=added(f"District {number}"), trigger=Trigger.NOW, delivery=delivery)
    begun = time.monotonic()
    with ExitStack() as running:
        for _ in range(workers):
            running.enter_context(worker(store, folder))
        while Sync.objects.filter(completed_at=None).exists():
            assert time.monotonic() < begun + _PATIENCE, "it did not end"
            time.sleep(0.2)
    seconds = time.monotonic() - begun
    ended = Sync.objects.filter(status__in=(SyncStatus.COMPLETED, SyncStatus.WITH_ERRORS))
    assert ended.filter(attempts=1).count() == Sync.objects.count() == len(deliveries)
    return seconds


@pytest.mark.slow
def test_each_of_several_districts_is_run_once_by_two_workers(store: str, tmp_path: Path) -> None:
    _seconds_of(_generate(6, 60, tmp_path), 2, store, tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("workers", [1, 2, 4])
def test_a_thousand_districts_are_each_run_once(
    thousand: list[Path],
    workers: int,
    store: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    seconds = _seconds_of(thousand, workers, store, tmp_path)
    with capsys.disabled():
        print(  # noqa: T201 - the figure is what is wanted
            f"\n1,000 districts, {workers} workers: {seconds:,.0f} s,"
            f" {1000 * 60 / seconds:.1f} syncs a minute"
        )
