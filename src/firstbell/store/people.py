"""Every write to the people who sign in."""

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from firstbell.store.errors import StoreError
from firstbell.store.models import AuditEntry, Membership, MembershipRole, Person
from firstbell.store.syncs import district_of


def administrator_add(*, email: str, district: str, who: str) -> Person:
    """Lets a person see a district; somebody new gets an account without a password.

    Args:
        email: the address that the person signs in with, in any case.
        district: its slug.
        who: does it.

    Raises:
        NoSuchDistrict: There is none of that id.
        StoreError: The address is none.
    """
    with transaction.atomic():
        found, person = district_of(district), _person(email)
        role = MembershipRole.ADMINISTRATOR
        Membership.objects.get_or_create(district=found, person=person, defaults={"role": role})
        details = {"person": person.pk, "role": role}
        AuditEntry.objects.create(district=found, who=who, what="person added", details=details)
    return person


def specialist_add(*, email: str, who: str) -> Person:
    """Lets a person of the vendor open every district, each for a stated reason.

    Args:
        email: the address that the person signs in with, in any case.
        who: does it.

    Raises:
        StoreError: The address is none.
    """
    with transaction.atomic():
        person = _person(email)
        person.is_specialist = True
        person.save(update_fields=["is_specialist"])
        details = {"person": person.pk}
        AuditEntry.objects.create(who=who, what="specialist added", details=details)
    return person


def second_factor_forget(*, email: str, who: str) -> None:
    """Lets a person who has lost it set up a second factor anew.

    Args:
        email: the address that the person signs in with, in any case.
        who: does it.

    Raises:
        StoreError: Nobody signs in with that address.
    """
    with transaction.atomic():
        person = Person.objects.filter(email=email.lower()).first()
        if person is None:
            raise StoreError("nobody signs in with that address")
        Authenticator.objects.filter(user=person).delete()
        details = {"person": person.pk}
        AuditEntry.objects.create(who=who, what="second factor forgotten", details=details)


def _person(email: str) -> Person:
    address = email.lower()
    try:
        validate_email(address)
    except ValidationError:
        raise StoreError("that is no email address; write it as name@example.org") from None
    person, is_new = Person.objects.get_or_create(email=address)
    if is_new:
        person.set_unusable_password()
        person.save(update_fields=["password"])
    return person
