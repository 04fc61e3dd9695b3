"""The demo's history: real syncs, told as if they had been run on the nights that they are about."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import timezone

from firstbell.demo.deliveries import Calendar, Exports
from firstbell.demo.edits import of, put, without, without_column
from firstbell.demo.history import make_history
from firstbell.demo.story import Decision, Event, Story
from firstbell.store.models import AuditEntry, District, HoldDecision, Sync, SyncStatus

_ZONE = ZoneInfo("America/Chicago")
_STORY = Story(
    slug="lake",
    name="Lake County",
    domain="lake.example",
    timezone=_ZONE.key,
    schools=2,
    students=150,
    seed=3,
    onboarded=("0101", "0102"),
    administrator="Ana Bell",
    events=(
        Event(without_column("users", "username"), 3, 3),
        Event(without("enrollments", of("schoolSourcedId", "0102")), 2, 2),
        Event(put("users", "familyName", "", of("role", "student"), 2), 0),
    ),
    decisions={2: Decision(apply=False, reason="It is sent again.")},
)


def test_a_history_is_of_real_syncs_at_the_times_of_their_nights(
    store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "FIRSTBELL_STORAGE", tmp_path / "storage")
    make_history(_STORY, 5, tmp_path / "exports")
    syncs = list(Sync.objects.order_by("pk"))
    _comes_to_what_the_story_says(syncs)
    days = _lie_in_the_nights_up_to_the_last_one(syncs)
    decided = syncs[2].hold_decided_at
    assert decided and decided.astimezone(_ZONE).isoformat()[:16] == f"{days[2]}T07:42"
    _was_set_up_before(syncs[0])


def _comes_to_what_the_story_says(syncs: list[Sync]) -> None:
    assert [sync.status for sync in syncs] == [
        SyncStatus.COMPLETED,
        SyncStatus.FAILED,
        SyncStatus.WITH_ERRORS,
        SyncStatus.COMPLETED,
        SyncStatus.WITH_ERRORS,
    ]
    assert syncs[1].reason == "users.csv has no column username"
    assert syncs[4].codes == {"users.family_name_required": 2}
    held = syncs[2]
    assert (held.held or {})["enrollments"] > 50
    assert (held.hold_decision, held.hold_decided_by) == (HoldDecision.DISMISSED, "Ana Bell")


def _lie_in_the_nights_up_to_the_last_one(syncs: list[Sync]) -> list[date]:
    real = timezone.now()
    ended = [sync.completed_at.astimezone(_ZONE) for sync in syncs if sync.completed_at]
    days = [moment.date() for moment in ended]
    assert days == [days[0] + timedelta(days=number) for number in range(5)]
    assert [sync.night for sync in syncs] == [sync.as_of for sync in syncs] == days
    assert all(1 <= moment.hour <= 4 for moment in ended)
    assert timedelta() < real - ended[-1] < timedelta(days=1, minutes=5)
    return days


def _was_set_up_before(sync: Sync) -> None:
    district = District.objects.get()
    assert district.nights_since is not None
    assert max(district.nights_since, district.created_at) < sync.queued_at
    entries = AuditEntry.objects.exclude(what="hold dismissed")
    assert {entry.what for entry in entries if entry.at < sync.queued_at} == {
        *("district added", "source set", "schools onboarded")
    }


def test_the_nights_before_sunday_and_monday_deliver_the_same_bytes_again(tmp_path: Path) -> None:
    friday = date(2026, 11, 20)
    days = tuple(friday + timedelta(days=number) for number in range(5))
    folder, work = tmp_path / "exports", tmp_path / "work"
    folder.mkdir()
    exports = Exports(replace(_STORY, events=()), Calendar(days), folder, work)
    delivered = []
    for ago, day in zip(reversed(range(5)), days, strict=True):
        exports.deliver(day, ago)
        delivered.append({path.name: path.read_bytes() for path in folder.iterdir()})
    first, saturday, sunday, monday, tuesday = delivered
    assert saturday == sunday == monday
    assert first != saturday != tuesday


@pytest.mark.parametrize("month", range(1, 13))
def test_on_any_day_its_nights_lie_in_mid_term(month: int) -> None:
    last = date(2027, month, 15)
    calendar = Calendar(tuple(last - timedelta(days=ago) for ago in reversed(range(60))))
    year = calendar.school_year - 1
    assert date(year, 8, 17) + calendar.moved < calendar.days[0]
    assert calendar.days[-1] < date(year + 1, 1, 15) + calendar.moved
