"""By what a sync is judged, beside the data."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Policy:
    """What a district and its product have decided. What a sync means §1."""

    #: The day of the sync in the district's time zone.
    as_of: date
    #: How messages name the product.
    product: str = "First Bell"
    #: SourcedIds of the schools that are onboarded; None: all of them.
    onboarded: frozenset[str] | None = None
    #: SourcedIds of the schools that a specialist marked “never”.
    never: frozenset[str] = frozenset()
