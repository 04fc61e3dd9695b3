"""The members of a district: who they are, who could be, who is one no more."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from firstbell.store.errors import StoreError
from firstbell.store.models import AuditEntry, Membership, Person, User
from firstbell.store.scope import DistrictSeen
from firstbell.store.syncs import district_locked

#: What the roster calls those who may be invited.
ROLES = ("administrator", "districtAdministrator", "siteAdministrator", "systemAdministrator")


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who may see a district."""

    pk: int
    name: str
    email: str
    last_login: datetime | None
    #: Was invited as an administrator of the roster.
    is_of_roster: bool
    #: Since when that administrator is gone from the roster.
    suspended_at: datetime | None


@dataclass(frozen=True, slots=True)
class RosterAdministrator:
    """An active administrator of a district's roster."""

    sourced_id: str
    name: str
    email: str


def members_of(district: DistrictSeen) -> list[Member]:
    """The members of a district that the caller has entered, by name."""
    rows = Membership.objects.filter(district_id=district.pk).select_related("person")
    rows = rows.order_by("person__name", "person__email")
    return [
        Member(
            row.person_id,
            row.person.name,
            row.person.email,
            row.person.last_login,
            bool(row.roster_user),
            row.suspended_at,
        )
        for row in rows
    ]


def roster_administrators_of(district: DistrictSeen, *, most: int) -> list[RosterAdministrator]:
    """Administrators of the roster with an email address who are no members yet, by name.

    Args:
        district: which the caller has entered.
        most: how many to return at most.
    """
    members = Membership.objects.filter(district_id=district.pk)
    emails = members.values_list("person__email", flat=True)
    users = _administrators().filter(district_id=district.pk, email__contains="@")
    users = users.exclude(Exists(members.filter(roster_user=OuterRef("sourced_id"))))
    rows = users.order_by("family_name", "given_name", "sourced_id")
    known = {email.lower() for email in emails}
    found = [
        RosterAdministrator(row.sourced_id, f"{row.given_name} {row.family_name}", row.email)
        for row in rows.only("sourced_id", "given_name", "family_name", "email")[
            : most + len(known)
        ]
        if row.email and row.email.lower() not in known
    ]
    return found[:most]


def roster_administrator(district: DistrictSeen, sourced_id: str) -> RosterAdministrator | None:
    """An active administrator of the roster with an email address; None when there is none."""
    if "\0" in sourced_id:
        return None
    row = _administrators().filter(district_id=district.pk, sourced_id=sourced_id).first()
    if row is None or not row.email:
        return None
    return RosterAdministrator(row.sourced_id, f"{row.given_name} {row.family_name}", row.email)


def member_remove(*, district: DistrictSeen, person: int, who: Person) -> None:
    """Takes a person out of a district.

    Args:
        district: which the caller has entered.
        person: the id of the member.
        who: does it.

    Raises:
        StoreError: There is no such member, or it is the last one, and the vendor does not do it.
    """
    with transaction.atomic():
        district_locked(district.slug)
        members = Membership.objects.filter(district_id=district.pk)
        left = members.filter(suspended_at=None).exclude(person_id=person)
        # Also of two who take each other out at once.
        if not district.by_specialist and not left.exists():
            raise StoreError(_("you are the last administrator; invite another one first"))
        if not members.filter(person_id=person).delete()[0]:
            raise StoreError(_("that person is no member of the district any more"))
        AuditEntry.objects.create(
            district_id=district.pk,
            who=who.called,
            what="person taken out",
            details={"person": person},
        )


def members_follow_roster(district: int) -> None:
    """Suspends the members whose administrators are gone from the roster, and lets back those who came.

    In the caller's transaction, which has changed the roster.

    Args:
        district: its id.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW, {"district": district, "roles": list(ROLES)})
        changed = cursor.fetchall()
    for person, is_suspended in changed:
        AuditEntry.objects.create(
            district_id=district,
            who="First Bell",
            what="person suspended" if is_suspended else "person let back",
            details={"person": person, "roster": True},
        )


def _administrators() -> QuerySet[User]:
    active = Q(deactivated_at=None) & ~Q(enabled_user=False)
    return User.objects.filter(active, role__in=ROLES)


_FOLLOW = """
UPDATE memberships AS m
SET suspended_at = CASE WHEN m.suspended_at IS NULL THEN now() END
WHERE m.district_id = %(district)s AND m.roster_user <> ''
AND (m.suspended_at IS NULL) <> EXISTS (
    SELECT FROM users AS u
    WHERE u.district_id = m.district_id AND u.sourced_id = m.roster_user
    AND u.deactivated_at IS NULL AND u.enabled_user IS NOT FALSE AND u.role = ANY(%(roles)s)
)
RETURNING m.person_id, m.suspended_at IS NOT NULL
"""
