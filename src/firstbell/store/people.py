"""Every write to the people who sign in."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from firstbell.store.errors import StoreError
from firstbell.store.models import AuditEntry, Membership, MembershipRole, Person
from firstbell.store.syncs import district_of


def person_add(*, email: str, district: str, role: MembershipRole, who: str) -> Person:
    """Lets a person see a district; somebody new gets an account without a password.

    Args:
        email: the address that the person signs in with, in any case.
        district: its slug.
        role: what the person is to the district, also when it was another before.
        who: does it.

    Raises:
        NoSuchDistrict: There is none of that id.
        StoreError: The address is none.
    """
    address = email.lower()
    try:
        validate_email(address)
    except ValidationError:
        raise StoreError("that is no email address; write it as name@example.org") from None
    with transaction.atomic():
        found = district_of(district)
        person, is_new = Person.objects.get_or_create(email=address)
        if is_new:
            person.set_unusable_password()
            person.save(update_fields=["password"])
        Membership.objects.bulk_create(
            [Membership(district=found, person=person, role=role)],
            update_conflicts=True,
            unique_fields=["district", "person"],
            update_fields=["role"],
        )
        details = {"person": person.pk, "role": role}
        AuditEntry.objects.create(district=found, who=who, what="person added", details=details)
    return person
