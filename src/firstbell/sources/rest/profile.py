"""What differs between the OneRoster APIs of vendors."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """How an API is asked."""

    #: What people call it.
    source: str
    #: Records of a page: what is asked for first, and the fewest that it is made smaller to.
    most: int
    fewest: int
    #: Whether it may be asked to sort by sourcedId, and for what was changed since a moment.
    sorts: bool
    filters: bool
    #: How many districts may be read from one host at once.
    at_once: int


#: ClassLink Roster Server, directly or by its proxy; it advises at most 10,000 records a page.
CLASSLINK = Profile("ClassLink", most=10_000, fewest=100, sorts=True, filters=True, at_once=4)
#: Any other API of the standard; 1,000 is what the most of them allow.
GENERIC = Profile("the OneRoster API", most=1_000, fewest=50, sorts=True, filters=True, at_once=2)
