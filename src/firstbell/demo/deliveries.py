"""What a district's student system exports on each night of the demo."""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from firstbell.demo.edits import Edit, Row
from firstbell.demo.story import Story
from firstbell.generate import generate, generate_next
from firstbell.generate.nights import FIRST_NIGHT, LAST_NIGHT
from firstbell.generate.people import domain

_DATES = ("startDate", "endDate", "beginDate")
#: Between these days of the school year the last night lies: no term ends in the weeks before.
_EARLIEST, _LATEST = 80, 145
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Calendar:
    """The nights of the demo on the calendar of a generated school year."""

    #: For whose first bells the nights are, in order.
    days: tuple[date, ...]

    @property
    def school_year(self) -> int:
        """The one whose autumn the last night lies in or comes after."""
        last = self.days[-1]
        return last.year + (last.month >= 8)

    @property
    def moved(self) -> timedelta:
        """By how much all dates are moved, so that the demo is in mid-term on any day."""
        first_day = date(self.school_year - 1, 8, 17)
        day = (self.days[-1] - first_day).days
        return timedelta(days=day - min(max(day, _EARLIEST), _LATEST))


class Exports:
    """The exports of one district, night after night, into the folder that its source reads."""

    def __init__(self, story: Story, calendar: Calendar, folder: Path, work: Path) -> None:
        """Nothing is exported yet.

        Args:
            story: of the district.
            calendar: of its nights.
            folder: an empty one, where the exports go.
            work: an empty folder to generate in.
        """
        self._story, self._calendar = story, calendar
        self._folder, self._work = folder, work
        self._district = story.generated(calendar.school_year)
        self._edits: list[Edit] = []
        #: The days on which the generated district has changed.
        self._changed: list[date] = []

    def deliver(self, day: date, ago: int) -> None:
        """Puts the export of a night into the folder, unless it is the one that lies there.

        Args:
            day: for whose first bell it is; the days come in order.
            ago: how many nights come after it.
        """
        edits = self._story.edits(ago)
        quiet = bool(self._changed) and self._story.is_quiet(day, ago)
        if quiet and edits == self._edits:
            return
        if not quiet:
            self._live(day)
        self._edits = edits
        tables = {path.stem: self._read(path) for path in self._work.glob("*.csv")}
        manifest = tables.pop("manifest")
        for edit in edits:
            edit(tables)
        for name, rows in {**tables, "manifest": manifest}.items():
            _write(self._folder / f"{name}.csv", rows)

    def _live(self, day: date) -> None:
        """Lets a day pass in the district."""
        if self._changed:
            generate_next(self._work, self._work)
        else:
            generate(self._district, self._work)
        self._changed.append(day)

    def _read(self, path: Path) -> list[Row]:
        text = path.read_text(encoding="utf-8").replace(domain(self._district), self._story.domain)
        rows = list(csv.DictReader(text.splitlines()))
        for row in rows:
            for column in _DATES:
                if row.get(column):
                    row[column] = self._moved(date.fromisoformat(row[column])).isoformat()
            if row.get("type") == "district":
                row["name"] = self._story.name
        return rows

    def _moved(self, day: date) -> date:
        """A date of the generated school year on the calendar; newcomers came the day before."""
        night = (day - self._district.first_day).days - FIRST_NIGHT
        if 0 < night <= LAST_NIGHT - FIRST_NIGHT and night < len(self._changed):
            return self._changed[night] - _DAY
        return day + self._calendar.moved


def _write(path: Path, rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
