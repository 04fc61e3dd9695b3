"""Two weeks of failures of one district, as small as a word: drawn by the server."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

_NIGHTS = 14
#: How far apart nights are, how wide a bar is, and where bars stand, in pixels.
_STEP, _WIDE, _GROUND = 10, 7, 20
_HIGHEST, _LOWEST = 19, 2
_OCTAGON = "m1.5 -9h4l2.5 2.5v4l-2.5 2.5h-4l-2.5 -2.5v-4z"
_DOT = "m1.5 -3a2 2 0 1 0 4 0a2 2 0 1 0 -4 0"

#: Of the drawing.
WIDTH = _STEP * (_NIGHTS - 1) + _WIDE


@dataclass(frozen=True, slots=True)
class DrawnNights:
    """Paths, one for all nights of a kind."""

    #: As high as there were failures, to a scale of the district's own.
    bars: str
    failed: str
    #: Without failures, and without a sync.
    none: str
    no: str


def nights_drawn(nights: Mapping[date, int | None], today: date) -> DrawnNights:
    """Draws the last two weeks.

    Args:
        nights: by day, the failures of its last sync; None when that failed.
        today: there.
    """
    days = [today - timedelta(days=back) for back in reversed(range(_NIGHTS))]
    most = max((nights.get(day) or 0 for day in days), default=0)
    places = [(n * _STEP, day) for n, day in enumerate(days)]
    read = [(x, nights[day]) for x, day in places if day in nights]
    return DrawnNights(
        bars=_path(f"M{x} {_GROUND}v-{_height(n, most)}h{_WIDE}V{_GROUND}z" for x, n in read if n),
        failed=_path(f"M{x} {_GROUND}{_OCTAGON}" for x, failures in read if failures is None),
        none=_path(f"M{x} {_GROUND}{_DOT}" for x, failures in read if failures == 0),
        no=_path(f"M{x} {_GROUND}h{_WIDE}" for x, day in places if day not in nights),
    )


def _height(failures: int, most: int) -> int:
    return max(_LOWEST, round(_HIGHEST * failures / most))


def _path(parts: Iterator[str]) -> str:
    return "".join(parts)
