"""A way that deliveries come."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Fetched:
    """What it took to fetch a part of a delivery, whether it came in the end or not."""

    #: A collection of an API.
    part: str
    requests: int
    #: Those of them that were made before, and had to be made again.
    again: int
    #: Bytes as they came over the line.
    size: int
    #: Until the answers were there, waits between them left out.
    seconds: float


@dataclass(frozen=True, slots=True)
class Host:
    """Who is asked for a delivery."""

    name: str
    #: How many deliveries may be fetched there at once.
    at_once: int


class Gone(Exception):
    """A record that was asked for is not there any more, or not shared with us."""


class Source(Protocol):
    """What fetches a delivery; from there on all deliveries are the same."""

    @property
    def host(self) -> Host:
        """Who is asked."""

    def deliver(self, into: Path, tell: Callable[[Fetched], None]) -> Path:
        """Fetches what there is now.

        Args:
            into: an empty folder of ours.
            tell: is told what it took, of each part.

        Returns:
            The folder or archive with the files of OneRoster.

        Raises:
            Refused: There is nothing that can be used as a whole.
            Gone: It fetches a single record, and there is none.
        """


def taken_apart(delivery: Path | Source | None) -> tuple[Path | None, Source | None]:
    """The folder or archive if it is there already, and else what fetches it."""
    if delivery is None or isinstance(delivery, Path):
        return delivery, None
    return None, delivery
