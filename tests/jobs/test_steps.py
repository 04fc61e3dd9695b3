"""What a sync is at, while it runs."""

from pathlib import Path

import pytest

from firstbell.jobs import run
from firstbell.jobs.run import run_sync
from firstbell.reports.order import Step
from firstbell.store.attempts import attempt_is_at
from firstbell.store.models import District, Sync, SyncStatus, Trigger
from firstbell.store.syncs import sync_create


def test_each_step_is_told_as_it_begins_and_none_is_left_at_the_end(
    north: District, delivery: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = sync_create(district=north, trigger=Trigger.NOW, delivery=delivery)
    seen: list[str | None] = []

    def told(its: Sync, step: Step) -> None:
        attempt_is_at(its, step)
        seen.append(Sync.objects.get(pk=sync.pk).step)

    monkeypatch.setattr(run, "attempt_is_at", told)
    run_sync(sync, delivery)
    assert seen == list(Step)
    sync.refresh_from_db()
    assert (sync.status, sync.step) == (SyncStatus.WITH_ERRORS, None)


def test_a_sync_that_failed_is_at_no_step(north: District, tmp_path: Path) -> None:
    sync = sync_create(district=north, trigger=Trigger.NOW, delivery=tmp_path / "nowhere")
    run_sync(sync, tmp_path / "nowhere")
    sync.refresh_from_db()
    assert (sync.status, sync.step) == (SyncStatus.FAILED, None)


def test_who_was_overtaken_tells_nothing(north: District) -> None:
    sync = Sync.objects.create(
        district=north, trigger=Trigger.NOW, status=SyncStatus.RUNNING, attempts=2, step="reading"
    )
    sync.attempts = 1
    attempt_is_at(sync, Step.APPLYING)
    sync.refresh_from_db()
    assert sync.step == Step.READING
