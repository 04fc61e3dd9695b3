"""Invites somebody: by mail, or by a link that is shown once where no mail is sent."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from firstbell.store.invitations import invite
from firstbell.store.scope import DistrictSeen
from firstbell.web.letters import send_invitation
from firstbell.web.scoped import person_of


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of an invitation."""

    email: str
    #: To hand over; empty: it was sent by mail.
    link: str


def send_invite(
    request: HttpRequest,
    district: DistrictSeen | None,
    email: str,
    *,
    provider: str = "",
    roster_user: str = "",
) -> Sent:
    """Invites somebody as the person who is signed in; the arguments are those of `invite`.

    Raises:
        StoreError: The address is none, or that of somebody who sees the district already.
    """
    token = invite(
        email=email,
        district=district,
        who=person_of(request),
        provider=provider,
        roster_user=roster_user,
    )
    link = f"{settings.FIRSTBELL_URL}{reverse('invitation', args=[token])}"
    is_sent = send_invitation(email=email, link=link, district=district.name if district else None)
    return Sent(email, "" if is_sent else link)
