"""Schools that districts ask for, until somebody of the vendor decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from firstbell.store.models import (
    AuditEntry,
    District,
    FeedSchool,
    School,
    SchoolRequest,
    SchoolState,
)
from firstbell.store.syncs import district_locked

#: How many are told at once.
_MOST = 500
#: How many of one district, so that it hides no other one's.
_MOST_OF_ONE = 50
#: What would come in and what would fail, by table of the feed.
Brings = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class RequestSeen:
    """A request that nobody has answered, among those of all districts."""

    slug: str
    district: str
    school: str
    who: str
    asked_at: datetime
    #: None when it is not known yet.
    brings: Brings | None
    #: What the feed has of it; None when it has it no more.
    there: FeedSchool | None


def school_ask(*, district: str, school: str, who: str) -> SchoolRequest | None:
    """Asks for a school of the last feed; asking again is the same request.

    Args:
        district: its slug.
        school: its sourcedId.
        who: asks.

    Returns:
        The request if it is new; None when the school was asked for or decided on before, or the
        feed does not have it.

    Raises:
        NoSuchDistrict: There is none of that id.
    """
    with transaction.atomic():
        found = district_locked(district)
        of_school = {"district": found, "sourced_id": school}
        there = FeedSchool.objects.filter(**of_school).exists()
        decided = found.onboard_all or School.objects.filter(**of_school).exists()
        if not there or decided:
            return None
        asked, is_new = SchoolRequest.objects.get_or_create(
            **of_school, answered_at=None, defaults={"who": who}
        )
        if not is_new:
            return None
        details = {"school": school}
        AuditEntry.objects.create(district=found, who=who, what="school asked for", details=details)
    return asked


def requests_answer(
    *, district: District, schools: Sequence[str] | None, answer: SchoolState, who: str
) -> None:
    """Answers the open requests for schools that are decided on, in the caller's transaction.

    Args:
        district: whose.
        schools: their sourcedIds; None: all.
        answer: what was decided.
        who: decided.
    """
    asked = SchoolRequest.objects.filter(district=district, answered_at=None)
    if schools is not None:
        asked = asked.filter(sourced_id__in=schools)
    asked.update(answered_at=timezone.now(), answer=answer, answered_by=who)


def request_brings(request: SchoolRequest, brings: Brings) -> None:
    """Keeps what an onboarding would bring."""
    SchoolRequest.objects.filter(pk=request.pk).update(brings=brings)


def open_requests() -> Sequence[RequestSeen]:
    """The requests of all districts that nobody has answered, the oldest first.

    The transaction must be of a specialist.
    """
    asked = SchoolRequest.objects.filter(answered_at=None).select_related("district")
    nth = Window(RowNumber(), partition_by="district_id", order_by=("asked_at", "pk"))
    asked = asked.alias(nth=nth).filter(nth__lte=_MOST_OF_ONE).order_by("asked_at", "pk")[:_MOST]
    districts = {one.district_id for one in asked}
    schools = {one.sourced_id for one in asked}
    there = {
        (one.district_id, one.sourced_id): one
        for one in FeedSchool.objects.filter(district__in=districts, sourced_id__in=schools)
    }
    return [_seen(one, there.get((one.district_id, one.sourced_id))) for one in asked]


def _seen(asked: SchoolRequest, there: FeedSchool | None) -> RequestSeen:
    return RequestSeen(
        slug=asked.district.slug,
        district=asked.district.name,
        school=asked.sourced_id,
        who=asked.who,
        asked_at=asked.asked_at,
        brings=asked.brings,
        there=there,
    )
