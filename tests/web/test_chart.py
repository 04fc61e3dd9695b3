"""The chart of failures and warnings per sync."""

from datetime import UTC, datetime, timedelta
from typing import Any

from firstbell.store.history import SyncRow
from firstbell.store.models import HoldDecision, SyncStatus, Trigger
from firstbell.web.chart import MOST_DRAWN, Shape, chart

_MONDAY = datetime(2026, 11, 2, 8, tzinfo=UTC)


def _row(number: int, failures: int | None = 0, warnings: int = 0, **more: Any) -> SyncRow:
    at = _MONDAY + timedelta(days=number)
    said: dict[str, Any] = {
        "pk": number,
        "status": SyncStatus.COMPLETED,
        "trigger": Trigger.NIGHTLY,
        "queued_at": at,
        "started_at": at,
        "completed_at": at,
        "reason": None,
        "reports": (),
        "findings": {"failure": failures, "warning": warnings},
        "causes": None,
        "hold": None,
    }
    return SyncRow(**{**said, **more})


def test_bars_go_from_left_to_right_and_the_highest_is_the_one_with_most_failures() -> None:
    drawn = chart([_row(2, 30), _row(1, 120), _row(0, 60)])
    assert drawn
    assert [bar.failures for bar in drawn.bars] == [60, 120, 30]
    assert [bar.height for bar in drawn.bars] == [40, 80, 20]
    assert [round(bar.x + bar.width / 2, 3) for bar in drawn.bars] == [16.667, 50, 83.333]


def test_heights_are_read_by_the_highest_number_and_the_ground_of_each_scale() -> None:
    drawn = chart([_row(2, 30, 7), _row(1, 1200), _row(0, 60, 9)])
    assert drawn
    assert [(at.number, at.y) for at in drawn.scale] == [(1200, 16), (0, 96), (9, 116), (0, 140)]
    assert max(drawn.bars, key=lambda bar: bar.failures).y == 16
    assert drawn.lines[0].y1 == 116
    nothing = chart([_row(1), _row(0)])
    assert nothing
    assert [(at.number, at.y) for at in nothing.scale] == [(0, 96), (0, 140)]


def test_what_is_no_bar_has_a_shape_and_a_hold_is_no_part_of_its_bar() -> None:
    rows = [
        _row(3, 5, hold=HoldDecision.DISMISSED),
        _row(2, 5),
        _row(1, status=SyncStatus.FAILED, findings={"failure": 9999, "warning": 9999}),
        _row(0),
    ]
    drawn = chart(rows)
    assert drawn
    assert [bar.shape for bar in drawn.bars] == [Shape.TICK, Shape.FAILED, Shape.NONE, Shape.HELD]
    assert drawn.bars[2].height == drawn.bars[3].height == 80
    assert drawn.scale[0].number == 5


def test_the_line_of_warnings_breaks_where_nothing_was_read() -> None:
    failed = _row(2, status=SyncStatus.FAILED)
    drawn = chart([_row(4, 0, 8), _row(3, 0, 4), failed, _row(1, 0, 8), _row(0, 0, 0)])
    assert drawn
    assert [(line.y1, line.y2) for line in drawn.lines] == [(140, 116), (128, 116)]


def test_mondays_are_dated_where_there_is_room() -> None:
    drawn = chart([_row(number) for number in range(29, -1, -1)])
    assert drawn
    assert [day for _, day in drawn.days] == [_MONDAY + timedelta(weeks=n) for n in range(5)]
    many = chart([_row(number) for number in range(MOST_DRAWN + 9, -1, -1)])
    assert many
    assert len(many.bars) == MOST_DRAWN
    assert len(many.days) < 10


def test_uploads_and_a_single_sync_are_told_by_the_list_alone() -> None:
    assert chart([]) is None
    assert chart([_row(0)]) is None
    assert chart([_row(1, trigger=Trigger.UPLOAD), _row(0)]) is None
