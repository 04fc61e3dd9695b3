"""A delivery with changes that could not be read is lost: later changes wait for a full export."""

from collections.abc import Callable, Mapping
from datetime import date
from errno import ENOSPC
from pathlib import Path

import pytest

from firstbell.feed.package import Limits
from firstbell.jobs import run
from firstbell.jobs.child import Died, compute_apart
from firstbell.jobs.ran import Ran
from firstbell.jobs.run import run_sync
from firstbell.reports.order import Computed, Deltas, Order, Step
from firstbell.sources.source import Fetched, Source
from firstbell.store.attempts import attempt_begin
from firstbell.store.models import District, Sync, Trigger, UnreadDelivery
from firstbell.store.syncs import sync_create
from firstbell.store.unread import delivery_begins, delivery_opened
from tests.feed.later import a_class, delivery, lines, whole

_LOST = "classes.csv holds changes only (delta), but a change file was lost; send a full export"
_NIGHT, _NEXT = date(2026, 11, 24), date(2026, 11, 25)

Deliver = Callable[..., Ran]


def _change(sourced_id: str) -> dict[str, bytes]:
    return delivery({"classes": "delta"}, classes=lines(a_class(sourced_id)))


@pytest.fixture
def deliver(north: District, tmp_path: Path) -> Deliver:
    """Syncs a delivery given as file name → content; at first a full export."""

    def deliver(files: Mapping[str, bytes] | Path, night: date | None = None) -> Ran:
        path = files if isinstance(files, Path) else _folder(tmp_path, files)
        sync = sync_create(
            district=north, trigger=Trigger.NIGHTLY, delivery=path, as_of=_NIGHT, night=night
        )
        return run_sync(sync, path)

    assert deliver(whole()).summary.reason is None
    return deliver


def _folder(tmp_path: Path, files: Mapping[str, bytes]) -> Path:
    folder = tmp_path / f"delivery{len(list(tmp_path.glob('delivery*')))}"
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def _dies(
    order: Order,
    limits: Limits,
    meanwhile: Callable[[], None],
    opened: Callable[[Deltas], None],
    begins: Callable[[Step], None],
    source: Source | None,
    fetched: Callable[[Fetched], None],
) -> Computed:
    """As `compute_apart`, with a process that is killed as soon as it has opened the delivery."""

    def and_die(delivery: Deltas) -> None:
        opened(delivery)
        raise Died("it was killed")

    return compute_apart(order, limits, meanwhile, and_die, begins, source, fetched)


@pytest.fixture
def killed(deliver: Deliver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Class C2 was to be added by a sync whose process was killed."""
    with monkeypatch.context() as fault:
        fault.setattr(run, "compute_apart", _dies)
        assert deliver(_change("C2")).summary.reason == "it was killed"


@pytest.mark.usefixtures("killed")
def test_changes_that_died_with_their_process_are_lost_to_the_next_ones(deliver: Deliver) -> None:
    assert deliver(_change("C3")).summary.reason == _LOST
    assert deliver(delivery({"users": "absent"})).summary.reason is None
    assert deliver(_change("C3")).summary.reason == _LOST
    full = delivery({"classes": "bulk"}, classes=lines(a_class("C1"), a_class("C2")))
    assert deliver(full).summary.reason is None
    assert deliver(_change("C3")).summary.reason is None


@pytest.mark.usefixtures("killed")
def test_the_very_same_changes_may_be_sent_again(deliver: Deliver) -> None:
    again = deliver(_change("C2")).summary
    assert (again.reason, again.tables["classes"].read) == (None, 2)
    assert deliver(_change("C3")).summary.tables["classes"].read == 3


@pytest.mark.usefixtures("killed")
def test_changes_that_were_refused_for_lost_ones_are_taken_behind_them(deliver: Deliver) -> None:
    assert deliver(_change("C3")).summary.reason == _LOST
    assert deliver(_change("C2")).summary.tables["classes"].read == 2
    assert deliver(_change("C4")).summary.reason == _LOST
    assert deliver(_change("C3")).summary.tables["classes"].read == 3
    assert deliver(_change("C4")).summary.tables["classes"].read == 4


@pytest.mark.usefixtures("killed")
def test_a_later_try_of_the_night_that_finds_other_changes_has_lost_the_first(
    deliver: Deliver, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    assert deliver(tmp_path / "empty", _NIGHT).summary.reason is not None
    assert deliver(_change("C3"), _NIGHT).summary.reason == _LOST


def test_changes_of_a_sync_that_hangs_on_a_dead_worker_are_lost_to_others(
    deliver: Deliver, north: District
) -> None:
    dead = sync_create(district=north, trigger=Trigger.NIGHTLY, as_of=_NIGHT)
    attempt_begin(dead)
    Sync.objects.filter(pk=dead.pk).update(job=1)
    delivery_begins(dead, ["classes"])
    delivery_opened(dead, "a digest", ["classes"])
    assert deliver(_change("C3")).summary.reason == _LOST


def test_changes_that_a_full_disk_kept_from_being_opened_are_lost_on_the_next_night(
    deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> Path:
        raise OSError(ENOSPC, "No space left on device")

    with monkeypatch.context() as fault:
        fault.setattr(run, "new_folder_of", full)
        assert "storage folder" in str(deliver(_change("C2"), _NIGHT).summary.reason)
    assert deliver(_change("C3"), _NEXT).summary.reason == _LOST


def test_changes_that_were_not_there_yet_are_read_by_a_later_try_of_the_same_night(
    deliver: Deliver,
) -> None:
    promised = {name: content for name, content in _change("C2").items() if name != "classes.csv"}
    assert "promises classes.csv" in str(deliver(promised, _NIGHT).summary.reason)
    assert deliver(_change("C2"), _NIGHT).summary.reason is None
    assert deliver(_change("C3"), _NEXT).summary.reason is None


def test_they_are_read_too_by_a_sync_that_a_person_starts_on_that_day(deliver: Deliver) -> None:
    promised = {name: content for name, content in _change("C2").items() if name != "classes.csv"}
    deliver(promised, _NIGHT)
    assert deliver(_change("C2")).summary.reason is None


def test_on_the_next_night_they_are_lost(deliver: Deliver) -> None:
    promised = {name: content for name, content in _change("C2").items() if name != "classes.csv"}
    deliver(promised, _NIGHT)
    assert deliver(_change("C3"), _NEXT).summary.reason == _LOST


@pytest.mark.parametrize(("night", "reason"), [(_NIGHT, None), (_NEXT, _LOST)])
def test_an_archive_that_cannot_be_opened_may_have_held_changes(
    deliver: Deliver, tmp_path: Path, night: date, reason: str | None
) -> None:
    """On the same day what is there then is taken for the same delivery, whole by now."""
    archive = tmp_path / "roster.zip"
    archive.write_bytes(b"PK\x03\x04 cut off")
    assert "is damaged" in str(deliver(archive, _NIGHT).summary.reason)
    assert deliver(_change("C2"), night).summary.reason == reason


def test_where_nothing_was_delivered_nothing_is_lost(deliver: Deliver, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.pdf").touch()
    for nothing in ("nowhere", "empty", "notes.pdf", "x" * 5000):
        assert deliver(tmp_path / nothing, _NIGHT).summary.reason is not None
        assert not UnreadDelivery.objects.exists()
    assert deliver(_change("C2"), _NEXT).summary.reason is None


def test_a_path_that_cannot_be_is_refused_in_words(deliver: Deliver, tmp_path: Path) -> None:
    assert "cannot be opened" in str(deliver(tmp_path / ("x" * 5000)).summary.reason)


def test_a_full_export_that_cannot_be_read_loses_no_changes(deliver: Deliver) -> None:
    assert deliver({**whole(), "users.csv": b"x\n"}).summary.reason is not None
    assert deliver(_change("C2"), _NEXT).summary.reason is None
