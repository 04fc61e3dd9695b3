"""Districts that a specialist adds through the web, which may do that only so. See migration 0013."""

from django.db import IntegrityError, connection, transaction

from firstbell.store.actions import check_district
from firstbell.store.models import AuditEntry, Person
from firstbell.store.scope import DistrictSeen, as_specialist


class Taken(Exception):
    """There is a district of that id already."""


def district_add_by_specialist(
    *,
    name: str,
    slug: str,
    timezone: str,
    person: Person,
) -> DistrictSeen:
    """Adds a district, and opens it to the caller's transaction.

    Args:
        name: what people call it.
        slug: its id.
        timezone: such as America/New_York.
        person: the specialist who does it.

    Raises:
        Taken: There is a district of that id.
        StoreError: It cannot be an id, or there is no such time zone.
        ProgrammingError: The person is no specialist.
    """
    check_district(slug, timezone)
    who = person.called
    with transaction.atomic():
        try:
            pk = _call("firstbell_add_district(%s, %s, %s)", slug, name, timezone)
        except IntegrityError:
            raise Taken from None
        as_specialist(person.pk, district=pk)
        details = {"name": name, "timezone": timezone, "onboard_all": False}
        _audit(pk, who, "district added", details)
    return DistrictSeen(pk, slug, name, timezone, by_specialist=True)


def _call(function: str, *values: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}", values)
        (answer,) = cursor.fetchone()
    return int(answer or 0)


def _audit(district: int, who: str, what: str, details: dict[str, object]) -> None:
    AuditEntry.objects.create(district_id=district, who=who, what=what, details=details)
