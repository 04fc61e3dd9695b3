"""Invitations: made and withdrawn by who may, accepted by who is invited.

The web makes no person and no member itself: to accept, it calls functions of the database that do
that and nothing else (`sql/invitations.sql`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from firstbell.store.errors import StoreError
from firstbell.store.models import AuditEntry, Invitation, Membership, Person
from firstbell.store.scope import DistrictSeen

#: How many people a district may have us write to within an hour.
MOST_AN_HOUR = 50
_INVITED = "invited"
#: For how long the link of an invitation works.
OPEN_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Invited:
    """What the link of an invitation leads to."""

    email: str
    #: The id of the provider to sign in at; empty: with a password.
    provider: str
    #: The name of the district; None: to be a specialist.
    district: str | None
    #: The address is that of an account, whose person signs in to accept.
    is_somebodys: bool


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """One that was not accepted yet."""

    pk: int
    email: str
    provider: str
    invited_by: str
    expires_at: datetime

    @property
    def is_over(self) -> bool:
        """Its link does not work any more."""
        return self.expires_at <= timezone.now()


def invite(
    *,
    email: str,
    district: DistrictSeen | None,
    who: Person,
    provider: str = "",
    roster_user: str = "",
) -> str:
    """Invites somebody; an open invitation of the same address is withdrawn.

    Args:
        email: the address, in any case.
        district: which the caller has entered; None: to be a specialist.
        who: invites; for specialists, one.
        provider: the id of the provider to sign in at; empty: with a password.
        roster_user: the sourcedId of the administrator of the roster who is invited; empty: none.

    Returns:
        The token that the link bears; it is kept nowhere.

    Raises:
        StoreError: The address is none, or that of somebody who sees the district already; or the
            district has invited too many just now.
    """
    address, token = email.lower(), token_urlsafe(32)
    try:
        validate_email(address)
    except ValidationError:
        raise StoreError(_("that is no email address; write it as name@example.org")) from None
    pk = district.pk if district else None
    if pk and Membership.objects.filter(district_id=pk, person__email=address).exists():
        raise StoreError(_("that person is among those who see this district already"))
    if pk and _invited_lately(pk) >= MOST_AN_HOUR:
        raise StoreError(_("too many people were invited within an hour; try again later"))
    with transaction.atomic():
        _of(district).filter(email=address).delete()
        made = Invitation.objects.create(
            district_id=pk,
            email=address,
            provider=provider,
            roster_user=roster_user,
            token_hash=_hash(token),
            invited_by=who.called,
            expires_at=timezone.now() + OPEN_FOR,
        )
        _record(pk, who, _INVITED, {"invitation": made.pk, "email": address})
    return token


def withdraw(*, invitation: int, district: DistrictSeen | None, who: Person) -> bool:
    """Withdraws an invitation.

    Args:
        invitation: its id.
        district: which the caller has entered; None: of specialists.
        who: withdraws it.

    Returns:
        Whether there was one.
    """
    pk = district.pk if district else None
    with transaction.atomic():
        found = _of(district).filter(pk=invitation).first()
        if found is None:
            return False
        _record(pk, who, "invitation withdrawn", {"invitation": found.pk, "email": found.email})
        found.delete()
    return True


def open_invitations(district: DistrictSeen | None) -> list[OpenInvitation]:
    """Those of a district that the caller has entered, else those of specialists; the newest first."""
    columns = ("pk", "email", "provider", "invited_by", "expires_at")
    return [OpenInvitation(*row) for row in _of(district).order_by("-pk").values_list(*columns)]


def invited_by_link(token: str) -> Invited | None:
    """The invitation of a link; None when it does not work any more."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM firstbell_invitation(%s)", [_hash(token)])
        row = cursor.fetchone()
    return None if row is None else Invited(*row)


def accept_with_password(*, token: str, password: str) -> Person | None:
    """Makes the account of somebody who is invited.

    Args:
        token: of the link.
        password: chosen by who follows it.

    Returns:
        The person; None when the link does not work, or the account is somebody's already.
    """
    return _accepted("firstbell_accept_new(%s, %s)", [_hash(token), make_password(password)])


def accept_as(*, token: str, person: Person) -> Person | None:
    """Lets somebody in who has an account; None when the link does not work, or is not theirs."""
    return _accepted("firstbell_accept_as(%s, %s)", [_hash(token), person.pk])


def accept_from_provider(*, provider: str, email: str, issuer: str, subject: str) -> Person | None:
    """Makes the account of somebody who signs in at the provider that invitations name.

    Args:
        provider: its id.
        email: the address, which the provider has verified.
        issuer: the provider's address, as it tells it.
        subject: the id of the person there; from then on it is what counts.

    Returns:
        The person; None when there is no such invitation, or the account is somebody's already.
    """
    values = [provider, email.lower(), issuer, subject, make_password(None)]
    return _accepted("firstbell_accept_from(%s, %s, %s, %s, %s)", values)


def known_from_provider(issuer: str, subject: str) -> Person | None:
    """Whom a provider's person was bound to by the first sign-in."""
    return Person.objects.filter(identities__issuer=issuer, identities__subject=subject).first()


def _of(district: DistrictSeen | None) -> QuerySet[Invitation]:
    if district is None:
        return Invitation.objects.filter(district__isnull=True)
    return Invitation.objects.filter(district_id=district.pk)


def _invited_lately(district: int) -> int:
    since = timezone.now() - timedelta(hours=1)
    return AuditEntry.objects.filter(district_id=district, what=_INVITED, at__gt=since).count()


def _accepted(call: str, values: Sequence[str | int]) -> Person | None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT {call}", values)
        return Person.objects.filter(pk=cursor.fetchone()[0]).first()


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _record(district: int | None, who: Person, what: str, details: dict[str, object]) -> None:
    AuditEntry.objects.create(district_id=district, who=who.called, what=what, details=details)
