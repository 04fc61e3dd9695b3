"""By what a sync is judged, beside the data."""

from dataclasses import dataclass, replace
from datetime import date


@dataclass(frozen=True, slots=True)
class GuardLimits:
    """From where on removals are too many; shares are whole per cents. What a sync means §6."""

    #: More objects of a kind than this …
    least: int = 50
    #: … and more than this share of the active ones: the removals are held.
    gone: int = 10
    #: The same, beside as many new ones, or names changed: all of it is refused.
    replaced: int = 25
    #: In a school with as many active students or more …
    school_students: int = 50
    #: … more than this share of them: the removals are held.
    gone_of_school: int = 50


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

    def with_onboarded(self, schools: frozenset[str]) -> "Policy":
        """The same, with more schools onboarded."""
        if self.onboarded is None or not schools:
            return self
        return replace(self, onboarded=self.onboarded | schools)
