"""Who signs in to the demo."""

from collections.abc import Collection
from secrets import choice

from firstbell.demo.history import WHO
from firstbell.demo.login import Login
from firstbell.demo.story import CEDAR, MAPLE
from firstbell.store.models import MembershipRole, Person
from firstbell.store.people import person_add

#: Of these a password is made; none looks like another.
_LETTERS, _LONG = "abcdefghijkmnpqrstuvwxyz23456789", 12


def add_people() -> tuple[Login, ...]:
    """Adds the administrator of one district and the specialist of all, each with a password."""
    return (
        _add(
            MembershipRole.ADMINISTRATOR,
            "district administrator",
            MAPLE.administrator,
            f"dana@{MAPLE.domain}",
            (MAPLE.slug,),
        ),
        _add(
            MembershipRole.SPECIALIST,
            "specialist of the vendor",
            "Robin Hale",
            "robin@vendor.example",
            (CEDAR.slug, MAPLE.slug),
        ),
    )


def _add(
    role: MembershipRole, title: str, name: str, email: str, districts: Collection[str]
) -> Login:
    for district in districts:
        person = person_add(email=email, district=district, role=role, who=WHO)
    password = "".join(choice(_LETTERS) for _ in range(_LONG))
    person.name = name
    person.set_password(password)
    person.save(update_fields=["name", "password"])
    second = give_second_factor(person) if role == MembershipRole.SPECIALIST else ""
    return Login(title, email, password, districts, second)


def give_second_factor(person: Person) -> str:
    """Gives a person what a specialist needs beside the password.

    Args:
        person: who signs in.

    Returns:
        how to come by it, in one line; empty while no second factor is asked for.
    """
    return ""
