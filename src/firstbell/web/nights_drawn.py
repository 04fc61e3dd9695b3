"""Two weeks of failures of one district, as small as a word: drawn by the server."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

_NIGHTS = 14
#: How far apart nights are, how wide a bar is, and where bars stand, in pixels.
_STEP, _WIDE, _GROUND = 10, 7, 20
_HIGHEST, _LOWEST = 19, 2


@dataclass(frozen=True, slots=True)
class DrawnNight:
    """One night."""

    x: int
    #: `bar`, `failed`, `none` (no failures) or `no` (no sync).
    kind: str
    y: int = 0
    height: int = 0


def nights_drawn(nights: Mapping[date, int | None], today: date) -> Sequence[DrawnNight]:
    """The last two weeks, to a scale of their own.

    Args:
        nights: by day, the failures of its last sync; None when that failed.
        today: there.
    """
    days = [today - timedelta(days=back) for back in reversed(range(_NIGHTS))]
    most = max((nights.get(day) or 0 for day in days), default=0)
    return [_drawn(n * _STEP, nights, day, most) for n, day in enumerate(days)]


def _drawn(x: int, nights: Mapping[date, int | None], day: date, most: int) -> DrawnNight:
    if day not in nights:
        return DrawnNight(x, "no")
    failures = nights[day]
    if failures is None:
        return DrawnNight(x, "failed")
    if not failures:
        return DrawnNight(x, "none")
    height = max(_LOWEST, round(_HIGHEST * failures / most))
    return DrawnNight(x, "bar", _GROUND - height, height)


WIDTH = _STEP * (_NIGHTS - 1) + _WIDE
