"""Who signs in to the demo."""

from dataclasses import replace
from secrets import choice

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

from firstbell.demo.history import WHO
from firstbell.demo.login import Login
from firstbell.demo.story import MAPLE, STORIES
from firstbell.store.models import Person
from firstbell.store.people import administrator_add, specialist_add
from firstbell.store.secret_key import use_kept_key
from firstbell.web.second_factor import second_factor_add

#: Of these a password is made; none looks like another.
_LETTERS, _LONG = "abcdefghijkmnpqrstuvwxyz23456789", 12
#: Codes that are told; there are more.
_MOST_CODES = 3


def add_people() -> tuple[Login, ...]:
    """Adds the administrator of one district and the specialist of all, each with a password."""
    dana, robin = f"dana@{MAPLE.domain}", "robin@vendor.example"
    administrator = administrator_add(email=dana, district=MAPLE.slug, who=WHO)
    specialist = specialist_add(email=robin, who=WHO)
    return (
        _named(administrator, MAPLE.administrator, Login("district administrator", (MAPLE.slug,))),
        _with_second_factor(
            specialist,
            _named(specialist, "Robin Hale", Login("specialist", [one.slug for one in STORIES])),
        ),
    )


def _named(person: Person, name: str, login: Login) -> Login:
    password = "".join(choice(_LETTERS) for _ in range(_LONG))
    person.name = name
    person.set_password(password)
    person.save(update_fields=["name", "password"])
    return replace(login, email=person.email, password=password)


def _with_second_factor(person: Person, login: Login) -> Login:
    use_kept_key()  # it seals the secret, which the web is to read
    secret = second_factor_add(person)
    codes = RecoveryCodes.activate(person).get_unused_codes()
    return replace(login, secret=secret, codes=tuple(codes[:_MOST_CODES]))
