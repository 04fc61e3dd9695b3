"""The one door of the web to districts: a transaction sees what its person may see, and no more."""

from dataclasses import dataclass

from django.db import connection

from firstbell.store.models import Membership


@dataclass(frozen=True, slots=True)
class DistrictSeen:
    """A district that a person may see."""

    pk: int
    slug: str
    name: str
    timezone: str


_COLUMNS = ("district_id", "district__slug", "district__name", "district__timezone")


def districts_of(person: int) -> list[DistrictSeen]:
    """The districts that a person may see, by name.

    Args:
        person: the id of the person who is signed in.
    """
    _say("person", person)
    rows = Membership.objects.filter(person_id=person).order_by("district__name", "district_id")
    return [DistrictSeen(*row) for row in rows.values_list(*_COLUMNS)]


def enter(person: int, slug: str) -> DistrictSeen | None:
    """Opens a district to the transaction that is under way.

    Args:
        person: the id of the person who is signed in.
        slug: the district that was asked for.

    Returns:
        The district; None when there is none of that id that the person may see.
    """
    _say("person", person)
    rows = Membership.objects.filter(person_id=person, district__slug=slug)
    row = rows.values_list(*_COLUMNS).first()
    if row is None:
        return None
    seen = DistrictSeen(*row)
    _say("district", seen.pk)
    return seen


def _say(name: str, value: int) -> None:
    """Tells the policies; they forget it when the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [f"firstbell.{name}", str(value)])
