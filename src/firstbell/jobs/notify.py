"""Tells the people of a district by mail how its syncs went, each as they chose."""

import logging
import smtplib
from collections.abc import Iterable
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction

from firstbell.jobs.letter import Letter, letter
from firstbell.jobs.matter import audience, matter_of
from firstbell.store.models import About, Mail, News, Person

_LOG = logging.getLogger(__name__)
#: Seconds after which the database no longer waits for a process that was stopped while it sent.
_PATIENCE = 120


class NotSent(Exception):
    """The mail server did not take all mails. It says no more, for what the server says names people."""


def tell(sync_id: int, about: About = About.ENDED) -> None:
    """Sends the administrators of its district who chose so a mail about a sync, to each once.

    Args:
        sync_id: of the sync.
        about: what is told of it.

    Raises:
        NotSent: Some got none; others did, and do not get it again.
    """
    if not settings.FIRSTBELL_MAIL:
        _LOG.warning("A mail waits for a worker with a mail server: this one has no FIRSTBELL_MAIL")
        raise NotSent
    news = News.objects.filter(sync=sync_id, about=about)
    news = news.select_related("sync__district__applied_sync")
    for one in news:  # there is none any more when a roster was stale, and no longer is
        chose = audience(one.sync, about)
        people = Person.objects.filter(
            memberships__district=one.sync.district_id,
            memberships__suspended_at=None,
            is_active=True,
            mail__in=chose,
        )
        told = Mail.objects.filter(sync=sync_id, about=about)
        untold = people.exclude(pk__in=told.values("person")).order_by("pk")
        if untold:
            _send(letter(matter_of(one.sync, about)), one, untold)


def _send(said: Letter, news: News, people: Iterable[Person]) -> None:
    try:
        with get_connection() as server:
            sent = [_is_sent(server, said, news, person) for person in people]
    except (smtplib.SMTPException, OSError) as error:
        _log(error)
        raise NotSent from None
    if not all(sent):
        raise NotSent


def _is_sent(server: BaseEmailBackend, said: Letter, news: News, person: Person) -> bool:
    """Hands a mail in; no row says that it was sent unless the server has taken it."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{_PATIENCE}s'")
            # Another process that is just sending it is waited for here.
            _, is_new = Mail.objects.get_or_create(
                sync_id=news.sync_id, person=person, about=news.about
            )
            if is_new:
                server.send_messages([_message(said, news, person)])
    except (smtplib.SMTPException, OSError, ValueError) as error:
        _log(error)
        server.close()  # it is opened anew for the next one
        return False
    return True


def _message(said: Letter, news: News, person: Person) -> EmailMessage:
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(" >")
    # The same each time: should it be sent twice after all, mailboxes show it once.
    what = f"{news.sync_id}/{news.about}/{news.queued_at.isoformat()}"
    same = uuid5(NAMESPACE_URL, f"{settings.FIRSTBELL_URL}/{what}/{person.pk}")
    headers = {"Message-ID": f"<{same}@{host}>", "Auto-Submitted": "auto-generated"}
    return EmailMessage(said.subject, said.text, to=[person.email], headers=headers)


def _log(error: Exception) -> None:
    """Says why a mail was not taken, without what the server says: it names the person."""
    code = getattr(error, "smtp_code", "")
    _LOG.warning("A mail was not taken, and is handed in again: %s %s", type(error).__name__, code)
