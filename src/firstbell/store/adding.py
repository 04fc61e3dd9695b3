"""Districts that a specialist adds through the web, which may do that only so. See migration 0009."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, connection, transaction

from firstbell.store.actions import check_district
from firstbell.store.models import AuditEntry, Person
from firstbell.store.scope import as_specialist


class Taken(Exception):
    """There is a district of that id already."""


@dataclass(frozen=True, slots=True)
class Added:
    """A district that was added."""

    slug: str
    name: str
    administrators: Sequence[Person]


def district_add_by_specialist(
    *,
    name: str,
    slug: str,
    timezone: str,
    path: str,
    administrators: Sequence[str],
    person: Person,
) -> Added:
    """Adds a district with its source and its people.

    Args:
        name: what people call it.
        slug: its id.
        timezone: such as America/New_York.
        path: the folder or archive that its SIS writes; empty: it has no source yet.
        administrators: their addresses, in lower case; somebody new gets an account without a
            password.
        person: the specialist who does it.

    Raises:
        Taken: There is a district of that id.
        StoreError: It cannot be an id, or there is no such time zone.
        ProgrammingError: The person is no specialist.
    """
    check_district(slug, timezone)
    who = person.name or person.email
    with transaction.atomic():
        try:
            pk = _call("firstbell_add_district(%s, %s, %s)", slug, name, timezone)
        except IntegrityError:
            raise Taken from None
        as_specialist(person.pk, district=pk)
        details = {"name": name, "timezone": timezone, "onboard_all": False}
        _audit(pk, who, "district added", details)
        if path:
            settings = {"path": path}
            _call("firstbell_add_source(%s, %s)", "folder", json.dumps(settings))
            _audit(pk, who, "source set", {"kind": "folder", **settings})
        people = [_administrator(pk, email, who) for email in administrators]
    return Added(slug, name, people)


def _administrator(district: int, email: str, who: str) -> Person:
    pk = _call("firstbell_add_administrator(%s, %s)", email, make_password(None))
    _audit(district, who, "person added", {"person": pk, "role": "administrator"})
    return Person.objects.get(pk=pk)


def _call(function: str, *values: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}", values)
        (answer,) = cursor.fetchone()
    return int(answer or 0)


def _audit(district: int, who: str, what: str, details: dict[str, object]) -> None:
    AuditEntry.objects.create(district_id=district, who=who, what=what, details=details)
