"""A way that deliveries come."""

from pathlib import Path
from typing import Protocol


class Source(Protocol):
    """What fetches a delivery; from there on all deliveries are the same."""

    def deliver(self, into: Path) -> Path:
        """Fetches what there is now.

        Args:
            into: an empty folder of ours.

        Returns:
            The folder or archive with the files of OneRoster.

        Raises:
            Refused: There is nothing that can be used as a whole.
        """


def taken_apart(delivery: Path | Source | None) -> tuple[Path | None, Source | None]:
    """The folder or archive if it is there already, and else what fetches it."""
    if delivery is None or isinstance(delivery, Path):
        return delivery, None
    return None, delivery
