"""Every read of districts and their schools, in the shape in which it is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from firstbell.store.models import (
    AcademicSession,
    Class,
    Course,
    District,
    Enrollment,
    Org,
    School,
    SchoolState,
    User,
)
from firstbell.store.syncs import district_of

#: The models of the feed's tables, in the feed's order.
_ROSTER = {
    "orgs": Org,
    "academicSessions": AcademicSession,
    "courses": Course,
    "users": User,
    "classes": Class,
    "enrollments": Enrollment,
}


@dataclass(frozen=True, slots=True)
class DistrictRow:
    """A district in a list of them."""

    slug: str
    name: str
    timezone: str
    #: Every school counts as onboarded, but for those marked never.
    onboard_all: bool


@dataclass(frozen=True, slots=True)
class DistrictShown:
    """A district, what was decided for its schools, and what is in its roster."""

    row: DistrictRow
    version: int
    #: The ids of the syncs; None: there was none yet.
    last_feed: int | None
    applied_sync: int | None
    onboarded: Sequence[str]
    never: Sequence[str]
    #: Active objects, by table of the feed.
    roster: Mapping[str, int]


def districts() -> list[DistrictRow]:
    """All districts, by id."""
    return [_row(district) for district in District.objects.order_by("slug")]


def district_shown(slug: str) -> DistrictShown:
    """One district; raises NoSuchDistrict when there is none of that id."""
    district = district_of(slug)
    return DistrictShown(
        row=_row(district),
        version=district.version,
        last_feed=district.last_feed_id,
        applied_sync=district.applied_sync_id,
        onboarded=_schools(district, SchoolState.ONBOARDED),
        never=_schools(district, SchoolState.NEVER),
        roster={
            table: model._default_manager.filter(district=district, deactivated_at=None).count()
            for table, model in _ROSTER.items()
        },
    )


def _row(district: District) -> DistrictRow:
    return DistrictRow(district.slug, district.name, district.timezone, district.onboard_all)


def _schools(district: District, state: SchoolState) -> list[str]:
    found = School.objects.filter(district=district, state=state).order_by("sourced_id")
    return list(found.values_list("sourced_id", flat=True))
