"""The chart of failures and warnings per sync: one drawing, made here, that fits any width.

x and widths are percents, y and heights pixels. Failures are bars; warnings are a line on a scale of
its own below them; both scales have their numbers at the left. What the guard held is a mark and no part of a bar: one hold would flatten all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from django.utils import timezone

from firstbell.store.history import SyncRow
from firstbell.store.models import SyncStatus, Trigger

#: Where bars stand, and how high they may be; the same of the line of warnings.
_GROUND, _HIGH = 96, 80
_LINE_GROUND, _LINE_HIGH = 140, 24
#: The widest that a bar may be, in percent, and the part of its place that it takes.
_WIDEST, _PART = 4.0, 0.7
#: How many syncs are drawn at most, the newest.
MOST_DRAWN = 120
#: How close two days may stand below it, in percent.
_CLOSE = 12.0
_SHOWN = frozenset((Trigger.NIGHTLY, Trigger.NOW, Trigger.RETRIED))


class Shape(StrEnum):
    """What stands for a sync beside or instead of a bar."""

    NONE = ""
    #: No failures.
    TICK = "completed"
    FAILED = "failed"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Bar:
    """One sync."""

    at: datetime
    x: float
    width: float
    y: int
    height: int
    shape: Shape
    failures: int


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of the line of warnings, from one sync to the next."""

    x1: float
    y1: int
    x2: float
    y2: int


@dataclass(frozen=True, slots=True)
class Height:
    """A number of a scale, and where it stands."""

    y: int
    number: int


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn."""

    bars: Sequence[Bar]
    lines: Sequence[Line]
    #: Of each scale the number at its ground, and the highest if there is any.
    scale: Sequence[Height]
    #: Days that are written below: where, and which.
    days: Sequence[tuple[float, datetime]]


def chart(rows: Sequence[SyncRow]) -> Chart | None:
    """Draws syncs; None when there are fewer than two to draw.

    Args:
        rows: syncs, the newest first.
    """
    drawn = [row for row in rows if row.completed_at and row.trigger in _SHOWN][:MOST_DRAWN][::-1]
    if len(drawn) < 2:
        return None
    findings = [(row.findings or {}) if _was_read(row) else {} for row in drawn]
    failures = [one.get("failure", 0) for one in findings]
    warnings = [one.get("warning") for one in findings]
    most_failures, most_warnings = max(failures), max(one or 0 for one in warnings)
    place = 100 / len(drawn)
    width = min(_WIDEST, place * _PART)
    bars = [
        _bar(row, (n + 0.5) * place, width, failures[n], most_failures)
        for n, row in enumerate(drawn)
    ]
    heights = [
        None if one is None else _LINE_GROUND - round(_LINE_HIGH * one / max(most_warnings, 1))
        for one in warnings
    ]
    lines = [
        Line((n + 0.5) * place, before, (n + 1.5) * place, after)
        for n, (before, after) in enumerate(pairwise(heights))
        if before is not None and after is not None
    ]
    scale = [
        *_scale(_GROUND, _HIGH, most_failures),
        *_scale(_LINE_GROUND, _LINE_HIGH, most_warnings),
    ]
    return Chart(bars, lines, scale, _days(bars))


def _scale(ground: int, high: int, most: int) -> Sequence[Height]:
    at_ground = Height(ground, 0)
    return (Height(ground - high, most), at_ground) if most else (at_ground,)


def _was_read(row: SyncRow) -> bool:
    return row.status != SyncStatus.FAILED


def _bar(row: SyncRow, x: float, width: float, failures: int, most: int) -> Bar:
    height = max(2, round(_HIGH * failures / most)) if failures else 0
    shape = Shape.NONE
    if not _was_read(row):
        shape = Shape.FAILED
    elif row.hold is not None:
        shape = Shape.HELD
    elif (row.findings or {}).get("failure") == 0:
        shape = Shape.TICK
    assert row.completed_at  # noqa: S101 - only such are drawn
    return Bar(row.completed_at, x - width / 2, width, _GROUND - height, height, shape, failures)


def _days(bars: Sequence[Bar]) -> Sequence[tuple[float, datetime]]:
    """The first sync and those of Mondays, but where they would stand too close."""
    days: list[tuple[float, datetime]] = []
    for bar in bars:
        monday = timezone.localtime(bar.at).weekday() == 0
        if not days or (monday and bar.x - days[-1][0] > _CLOSE):
            days.append((bar.x, bar.at))
    return days
