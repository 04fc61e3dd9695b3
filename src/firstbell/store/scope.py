"""The one door of the web to districts: a transaction sees what its person may see, and no more."""

from dataclasses import dataclass, replace
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Exists, QuerySet
from django.utils import timezone

from firstbell.store.models import AuditEntry, District, Membership, Opening, Person

#: How long a specialist sees a district after having said why.
OPEN_FOR = timedelta(hours=12)


class NotOpened(Exception):
    """A specialist has to say first why a district is looked at."""


@dataclass(frozen=True, slots=True)
class DistrictSeen:
    """A district that a person may see."""

    pk: int
    slug: str
    name: str
    timezone: str
    #: Somebody of the vendor looks at it.
    by_specialist: bool = False


_COLUMNS = ("pk", "slug", "name", "timezone")
#: Asked for on every page.
_OF_MEMBER = """
SELECT id, slug, name, timezone FROM districts WHERE slug = %s AND id IN (
    SELECT district_id FROM memberships WHERE person_id = %s AND suspended_at IS NULL)
"""


def districts_of(person: int) -> list[DistrictSeen]:
    """The districts that a person may see, by name.

    Args:
        person: the id of the person who is signed in.
    """
    _say("person", person)
    rows = District.objects.filter(pk__in=_member_of(person)).order_by("name", "pk")
    return [DistrictSeen(*row) for row in rows.values_list(*_COLUMNS)]


def enter(person: int, slug: str) -> DistrictSeen | None:
    """Opens a district to the transaction that is under way.

    Args:
        person: the id of the person who is signed in.
        slug: the district that was asked for.

    Returns:
        The district; None when there is none of that id that the person may see.

    Raises:
        NotOpened: The person is a specialist, who has not said why within the last hours.
    """
    _say("person", person)
    with connection.cursor() as cursor:
        cursor.execute(_OF_MEMBER, [slug, person])
        row = cursor.fetchone()
    seen = DistrictSeen(*row) if row else None
    if seen is None:
        closed = to_be_opened(person, slug)
        if closed is None:
            return None
        if not _is_open(person, closed.pk):
            raise NotOpened
        seen = closed
    _say("district", seen.pk)
    return seen


def to_be_opened(person: int, slug: str) -> DistrictSeen | None:
    """A district that a specialist may open; None when there is none, or the person is none."""
    _say("person", person)
    seen = _first(District.objects.filter(slug=slug, pk__in=_all_for(person)))
    return None if seen is None else replace(seen, by_specialist=True)


def is_specialist(person: int) -> bool:
    """Whether a person is of the vendor; the policies then show how all districts stand."""
    _say("person", person)
    return Person.objects.filter(pk=person, is_specialist=True, is_active=True).exists()


def as_specialist(person: int, *, district: int) -> None:
    """Opens a district to the transaction of a specialist who has just added it."""
    _say("person", person)
    _say("district", district)


def open_for(*, person: Person, slug: str, reason: str) -> DistrictSeen | None:
    """Opens a district to a specialist for `OPEN_FOR`, and keeps why.

    Args:
        person: who is signed in.
        slug: the district.
        reason: why it is looked at.

    Returns:
        The district; None when there is none of that id, or the person is no specialist.
    """
    with transaction.atomic():
        seen = to_be_opened(person.pk, slug)
        if seen is None:
            return None
        _say("district", seen.pk)
        Opening.objects.create(district_id=seen.pk, person=person, reason=reason)
        details = {"person": person.pk, "reason": reason}
        AuditEntry.objects.create(
            district_id=seen.pk, who=person.called, what="opened", details=details
        )
    return seen


def _first(districts: QuerySet[District]) -> DistrictSeen | None:
    row = districts.values_list(*_COLUMNS).first()
    return None if row is None else DistrictSeen(*row)


def _is_open(person: int, district: int) -> bool:
    since = timezone.now() - OPEN_FOR
    openings = Opening.objects.filter(person=person, district=district, opened_at__gt=since)
    return openings.exists()


def _member_of(person: int) -> QuerySet[Membership, int]:
    memberships = Membership.objects.filter(person_id=person, suspended_at=None)
    return memberships.values_list("district_id", flat=True)


def _all_for(person: int) -> QuerySet[District, int]:
    """Every district for a specialist, none for others."""
    is_specialist = Person.objects.filter(pk=person, is_specialist=True, is_active=True)
    return District.objects.filter(Exists(is_specialist)).values_list("pk", flat=True)


def _say(name: str, value: int) -> None:
    """Tells the policies; they forget it when the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [f"firstbell.{name}", str(value)])
