"""Districts that a specialist adds through the web, which may do that only so. See migration 0013."""

import json

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
    source: str,
    path: str,
    person: Person,
) -> DistrictSeen:
    """Adds a district with its source, and opens it to the caller's transaction.

    Args:
        name: what people call it.
        slug: its id.
        timezone: such as America/New_York.
        source: of what kind its source is; empty: it has none yet.
        path: the folder or archive that its SIS writes; empty: the source is of another kind.
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
        if source:
            settings = {"path": path} if path else {}
            _call("firstbell_add_source(%s, %s)", source, json.dumps(settings))
            _audit(pk, who, "source set", {"kind": source, **settings})
    return DistrictSeen(pk, slug, name, timezone, by_specialist=True)


def _call(function: str, *values: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}", values)
        (answer,) = cursor.fetchone()
    return int(answer or 0)


def _audit(district: int, who: str, what: str, details: dict[str, object]) -> None:
    AuditEntry.objects.create(district_id=district, who=who, what=what, details=details)
