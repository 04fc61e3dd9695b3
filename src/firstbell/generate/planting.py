"""Writes the file of one table, and plants defects in it on the way."""

import csv
import math
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from types import TracebackType

from firstbell.generate.damage import Case, Surroundings, line
from firstbell.generate.defect import LOST, Defect
from firstbell.generate.rows import Row

#: Undamaged rows that are handed to the writer at once.
BATCH = 4096


@dataclass(frozen=True, slots=True)
class Plant:
    """One defect in a file."""

    file: str
    #: Row of the damaged record as a spreadsheet shows it, or None when the row was left out.
    row: int | None
    #: The record's sourcedId before it was damaged.
    sourcedId: str
    kind: str


class TableFile:
    """One table on its way into a folder."""

    def __init__(
        self,
        folder: Path,
        table: str,
        columns: tuple[str, ...],
        kinds: tuple[Defect, ...],
        *,
        share: float,
        kept: Mapping[str, str],
        random: Random,
        world: Surroundings,
    ) -> None:
        """Open the file and write its header.

        Args:
            folder: Where the file goes.
            table: Its name without `.csv`.
            columns: The header.
            kinds: The defects to choose from.
            share: Share of the other records to damage, 0 to 1.
            kept: Kind of defect by sourcedId, planted the night before and not cured.
            random: Decides where the new defects go.
            world: What some defects need to know.
        """
        self.name = f"{table}.csv"
        self.planted: list[Plant] = []
        self.records = 0
        self._columns = columns
        self._named = {kind.name: kind for kind in kinds}
        self._queue = deque(random.sample(kinds, len(kinds)))
        self._share = share
        self._kept = kept
        self._random = random
        self._world = world
        self._row = 2
        self._previous: Row = ()
        self._wait = self._gap()
        self._file = (folder / self.name).open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(columns)

    def __enter__(self) -> "TableFile":
        """Use as a context, to close the file at its end."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self._file.close()

    def write(self, rows: Iterable[Row]) -> None:
        """Write rows, damaging some."""
        batch: list[Row] = []
        for row in rows:
            self._wait -= 1
            if not self._wait or row[0] in self._kept:
                self._flush(batch)
                self._wait = self._wait or self._gap()
                if self._plant(row):
                    continue
            batch.append(row)
            if len(batch) >= BATCH:
                self._flush(batch)
        self._flush(batch)

    def _flush(self, batch: list[Row]) -> None:
        if not batch:
            return
        self._writer.writerows(batch)
        self._row += len(batch)
        self.records += len(batch)
        self._previous = batch[-1]
        batch.clear()

    def _gap(self) -> int:
        """Rows until the next new defect, itself counted; -1 for never."""
        if self._share <= 0:
            return -1
        if self._share >= 1:
            return 1
        return 1 + int(math.log(1 - self._random.random()) / math.log(1 - self._share))

    def _plant(self, row: Row) -> bool:
        """Write a row damaged; False when no defect suits it."""
        case = Case(
            cells=dict(zip(self._columns, row, strict=True)),
            previous=dict(zip(self._columns, self._previous, strict=False)),
            world=self._world,
            random=Random(f"{row[0]}/{self._world.seed}"),
        )
        defect = self._choose(case)
        if defect is None:
            return False
        if defect.change:
            defect.change(case)
        if defect.fate in LOST and row[0] in self._world.schools:
            self._world.losable -= 1
        text = line(case.cells)
        if defect.rewrite:
            text = defect.rewrite(text, case)
        self._file.write(text)
        place = self._row if defect.rows else None
        self.planted.append(Plant(self.name, place, row[0], defect.name))
        self._row += defect.rows
        self.records += 1
        return True

    def _choose(self, case: Case) -> Defect | None:
        """The defect that the row had the night before, else the kind that waited longest."""
        kept = self._named.get(self._kept.get(case.cells["sourcedId"], ""))
        if kept:
            return kept if kept.suits(case) else None
        for defect in self._queue:
            if defect.suits(case):
                self._queue.remove(defect)
                self._queue.append(defect)
                return defect
        return None
