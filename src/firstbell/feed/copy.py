"""What a look through a file leaves beside it: a copy with its rows repaired, and notes on them."""

import csv
import mmap
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Self

_BLOCK = 1 << 20


class Copy(ExitStack):
    """A copy of the rows of a file, begun only when something in it has to be changed."""

    def __init__(self, data: mmap.mmap, start: int, path: Path) -> None:
        """Will copy `data` from the byte `start` on to `path`."""
        super().__init__()
        self.data, self.taken, self.path = data, start, path
        self.file: IO[bytes] | None = None
        self.parts: list[bytes] = []
        self.size = 0

    @property
    def begun(self) -> bool:
        """Whether there is a copy at all."""
        return self.file is not None

    def begin(self) -> IO[bytes]:
        """Opens the copy, when it is not open yet."""
        if self.file is None:
            self.file = self.enter_context(self.path.open("wb"))
        return self.file

    def take_up_to(self, position: int) -> None:
        """Copies as it is what stands between the last change and `position`."""
        for at in range(self.taken, position, _BLOCK):
            self.write(self.data[at : min(at + _BLOCK, position)])
        self.taken = position

    def write(self, part: bytes) -> None:
        """Writes rows; many small parts go to the file as one."""
        self.parts.append(part)
        self.size += len(part)
        if self.size >= _BLOCK:
            self._flush()

    def _flush(self) -> None:
        self.begin().write(b"".join(self.parts))
        self.parts.clear()
        self.size = 0

    def go_on_from(self, position: int) -> None:
        """What stands before `position` is done."""
        self.taken = position

    def finish(self) -> None:
        """Copies the rest of the file, when there is a copy."""
        if self.begun or self.parts:
            self.take_up_to(len(self.data))
            self._flush()

    def __enter__(self) -> Self:
        return self


class Notes(ExitStack):
    """The rows of a file that were not plain, on disk, for there can be as many as rows.

    A CSV file of: row, kind (`unreadable`, `surplus`, `controls`: it holds control characters,
    `lines`: cells of it go over several lines), cells, sourcedId, message.
    """

    def __init__(self, path: Path) -> None:
        """Will write to `path`, when there is something to write."""
        super().__init__()
        self.path = path
        self.begun = False

    def write(self, row: int, kind: str, cells: int, sourced_id: str, message: str) -> None:
        """Adds a note on a row."""
        if not self.begun:
            self.begun = True
            file = self.enter_context(self.path.open("w", encoding="utf-8", newline=""))
            self.writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
        self.writer.writerow((row, kind, cells, sourced_id, message))

    def __enter__(self) -> Self:
        return self
