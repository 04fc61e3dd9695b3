"""Tells the people of a district by mail when its roster is not as they expect it in the morning."""

import logging
import smtplib
from collections.abc import Iterable
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.urls import reverse

from firstbell.jobs.letter import Letter, News, letter
from firstbell.jobs.night import Night, is_given_up, is_left_out, last_night, night_for
from firstbell.jobs.readiness import is_done
from firstbell.store.models import HoldDecision, Mail, Person, Sync, SyncStatus
from firstbell.store.news import queue_news
from firstbell.store.nights import Stand, stands
from firstbell.store.schedules import schedule_of

_LOG = logging.getLogger(__name__)
#: Seconds after which the database no longer waits for a process that was stopped while it sent.
_PATIENCE = 120


class NotSent(Exception):
    """The mail server did not take all mails. It says no more, for what the server says names people."""


def notice_nights(now: datetime) -> None:
    """Queues news of the nights whose roster will not be ready in time, or is late; of each once.

    A sync that failed for a reason that may pass is news when it is not tried again.
    """
    if not settings.FIRSTBELL_MAIL:
        return
    for stand in stands(now):
        night = last_night(stand.nights.schedule, now, stand.nights.district)
        if stand.has_source and _is_news(stand, night, now):
            _queue_news_of(stand.nights.district, night)


def _queue_news_of(district: int, night: Night) -> None:
    """Queues news of the newest sync of a night; there is one as soon as it could be queued."""
    newest = Sync.objects.filter(district=district, night=night.day).order_by("-pk").first()
    if newest is not None:
        with transaction.atomic():
            # Who holds it is just ending it: the next tick looks again.
            free = Sync.objects.select_for_update(skip_locked=True).filter(pk=newest.pk)
            if free.first() is not None:
                queue_news(newest)


def _is_news(stand: Stand, night: Night, now: datetime) -> bool:
    tries = stand.nights.tries.get(night.day, ())
    if is_left_out(stand.nights.schedule, night) or is_done(stand, night):
        return False
    return not any(one.told for one in tries) and (
        now >= night.ready_by or is_given_up(tries, night)
    )


def tell(sync_id: int) -> None:
    """Sends the administrators and specialists of its district a mail about a sync, to each once.

    Raises:
        NotSent: Some got none; others did, and do not get it again.
    """
    if not settings.FIRSTBELL_MAIL:
        _LOG.warning("A mail waits for a worker with a mail server: this one has no FIRSTBELL_MAIL")
        raise NotSent
    sync = Sync.objects.select_related("district__applied_sync").get(pk=sync_id)
    if _is_settled(sync):
        return
    people = Person.objects.filter(
        memberships__district=sync.district_id, memberships__suspended_at=None, is_active=True
    )
    untold = people.exclude(pk__in=Mail.objects.filter(sync=sync).values("person")).order_by("pk")
    if untold:
        _send(letter(_news(sync)), sync, untold)


def _send(said: Letter, sync: Sync, people: Iterable[Person]) -> None:
    try:
        with get_connection() as server:
            sent = [_is_sent(server, said, sync, person) for person in people]
    except (smtplib.SMTPException, OSError) as error:
        _log(error)
        raise NotSent from None
    if not all(sent):
        raise NotSent


def _is_settled(sync: Sync) -> bool:
    """Whether what was news when it was queued is none any more."""
    if sync.completed_at is None:
        return False
    if sync.hold_decision is not None:
        return sync.hold_decision != HoldDecision.OPEN
    newest_applied = sync.district.applied_sync_id
    failed = sync.status == SyncStatus.FAILED
    return not failed or (newest_applied is not None and newest_applied > sync.pk)


def _is_sent(server: BaseEmailBackend, said: Letter, sync: Sync, person: Person) -> bool:
    """Hands a mail in; no row says that it was sent unless the server has taken it."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{_PATIENCE}s'")
            # Another process that is just sending it is waited for here.
            _, is_new = Mail.objects.get_or_create(sync=sync, person=person)
            if is_new:
                server.send_messages([_message(said, sync, person)])
    except (smtplib.SMTPException, OSError, ValueError) as error:
        _log(error)
        server.close()  # it is opened anew for the next one
        return False
    return True


def _message(said: Letter, sync: Sync, person: Person) -> EmailMessage:
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(" >")
    # The same each time: should it be sent twice after all, mailboxes show it once.
    same = uuid5(NAMESPACE_URL, f"{settings.FIRSTBELL_URL}/{sync.pk}/{person.pk}")
    headers = {"Message-ID": f"<{same}@{host}>", "Auto-Submitted": "auto-generated"}
    return EmailMessage(said.subject, said.text, to=[person.email], headers=headers)


def _news(sync: Sync) -> News:
    district, applied = sync.district, sync.district.applied_sync
    night = (
        None if sync.night is None else night_for(schedule_of(district), sync.night, district.pk)
    )
    return News(
        district=district.name,
        zone=ZoneInfo(district.timezone),
        status=SyncStatus(sync.status),
        nightly=night is not None,
        reason=sync.reason,
        solution=sync.solution,
        held=sync.held if sync.hold_decision == HoldDecision.OPEN else None,
        failures=(sync.findings or {}).get("failure", 0),
        applied_at=applied.completed_at if applied else None,
        ready_by=night.ready_by if night else None,
        page=settings.FIRSTBELL_URL + reverse("sync_reports", args=[district.slug]),
        product=settings.FIRSTBELL_PRODUCT,
    )


def _log(error: Exception) -> None:
    """Says why a mail was not taken, without what the server says: it names the person."""
    code = getattr(error, "smtp_code", "")
    _LOG.warning("A mail was not taken, and is handed in again: %s %s", type(error).__name__, code)
