"""Every write to districts and their schools; each is one transaction, with its audit entry."""

import re
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.text import slugify

from firstbell.store.errors import StoreError
from firstbell.store.models import AuditEntry, District, Org, School, SchoolState
from firstbell.store.school_requests import requests_answer
from firstbell.store.syncs import district_locked

_SLUG = re.compile("[a-z0-9](-?[a-z0-9])*")
_LONGEST_SLUG = 60


def district_add(
    *, name: str, slug: str | None, timezone: str, onboard_all: bool, who: str
) -> District:
    """Adds a district without a roster.

    Args:
        name: what people call it.
        slug: the id that commands name it by; None: made from the name.
        timezone: such as America/New_York.
        onboard_all: whether every school counts as onboarded.
        who: does it.

    Raises:
        StoreError: The id is taken, or is no id; or there is no such time zone.
    """
    chosen = slugify(name)[:_LONGEST_SLUG].strip("-_") if slug is None else slug
    check_district(chosen, timezone)
    try:
        with transaction.atomic():
            district = District.objects.create(
                slug=chosen, name=name, timezone=timezone, onboard_all=onboard_all
            )
            details = {"name": name, "timezone": timezone, "onboard_all": onboard_all}
            _audit(district, who, "district added", details)
    except IntegrityError:
        raise StoreError(
            f"there is a district {chosen} already; give another id with --id"
        ) from None
    return district


def check_district(slug: str, timezone: str) -> None:
    """Raises StoreError when that cannot be a district's id, or there is no such time zone."""
    if not _SLUG.fullmatch(slug) or len(slug) > _LONGEST_SLUG:
        raise StoreError(
            f"“{slug}” cannot be a district’s id; give one with --id, of at most"
            f" {_LONGEST_SLUG} small letters, digits and hyphens"
        )
    _check_timezone(timezone)


def schools_onboard(*, district: str, schools: Sequence[str] | None, who: str) -> None:
    """Onboards schools, which no feed needs to have named yet.

    Args:
        district: its slug.
        schools: their sourcedIds; None: all, also those that come later, but for those marked
            never one by one.
        who: does it.

    Raises:
        NoSuchDistrict: There is none of that id.
    """
    with transaction.atomic():
        found = district_locked(district)
        if schools is None:
            changed = not found.onboard_all
            found.onboard_all = True
        else:
            changed = _decide(found, schools, SchoolState.ONBOARDED)
        requests_answer(district=found, schools=schools, answer=SchoolState.ONBOARDED, who=who)
        _record(found, who, "schools onboarded", schools, changed=changed)


def schools_never(*, district: str, schools: Sequence[str] | None, who: str) -> None:
    """Marks schools never to be taken in: they are left out without an error.

    Args:
        district: its slug.
        schools: their sourcedIds; None: all that are decided on or in the roster.
        who: does it.

    Raises:
        NoSuchDistrict: There is none of that id.
    """
    with transaction.atomic():
        found = district_locked(district)
        changed = schools is None and found.onboard_all
        if schools is None:
            found.onboard_all = False
        changed |= _decide(found, _known(found) if schools is None else schools, SchoolState.NEVER)
        requests_answer(district=found, schools=schools, answer=SchoolState.NEVER, who=who)
        _record(found, who, "schools marked never", schools, changed=changed)


def schools_reset(*, district: str, schools: Sequence[str] | None, who: str) -> None:
    """Takes back what was decided for schools: without a decision a school is not onboarded.

    Args:
        district: its slug.
        schools: their sourcedIds; None: all, and that all count as onboarded.
        who: does it.

    Raises:
        NoSuchDistrict: There is none of that id.
    """
    with transaction.atomic():
        found = district_locked(district)
        decided = School.objects.filter(district=found)
        changed = schools is None and found.onboard_all
        if schools is None:
            found.onboard_all = False
        else:
            decided = decided.filter(sourced_id__in=schools)
        changed |= decided.delete()[0] > 0
        _record(found, who, "schools reset", schools, changed=changed)


def _decide(district: District, schools: Sequence[str], state: SchoolState) -> bool:
    """Sets the state of schools; whether any of them had another."""
    same = School.objects.filter(district=district, sourced_id__in=schools, state=state).count()
    rows = [School(district=district, sourced_id=school, state=state) for school in set(schools)]
    School.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["district", "sourced_id"],
        update_fields=["state"],
    )
    return same < len(rows)


def _known(district: District) -> list[str]:
    decided = School.objects.filter(district=district).values_list("sourced_id", flat=True)
    there = Org.objects.filter(district=district, type="school", deactivated_at=None)
    return [*decided, *there.values_list("sourced_id", flat=True)]


def _record(
    district: District, who: str, what: str, schools: Sequence[str] | None, *, changed: bool
) -> None:
    """Raises the district's version, so that a sync under way computes anew; nothing if unchanged."""
    if not changed:
        return
    district.version = F("version") + 1
    district.save(update_fields=["onboard_all", "version"])
    _audit(district, who, what, {"schools": "all" if schools is None else sorted(set(schools))})


def _audit(district: District, who: str, what: str, details: dict[str, object]) -> None:
    AuditEntry.objects.create(district=district, who=who, what=what, details=details)


def _check_timezone(timezone: str) -> None:
    try:
        ZoneInfo(timezone)
    except (KeyError, OSError, ValueError):
        raise StoreError(
            f"there is no time zone {timezone}; write it as America/New_York"
        ) from None
