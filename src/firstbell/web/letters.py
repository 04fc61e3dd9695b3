"""Mails that the pages send: plain text, and nobody's name in it."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

_LOG = logging.getLogger(__name__)


def send_invitation(*, email: str, link: str, district: str | None) -> bool:
    """Sends the link of an invitation.

    Args:
        email: whom to.
        link: which lets the person join.
        district: its name; None: to be a specialist.

    Returns:
        Whether the mail server took it; without one it did not.
    """
    if not settings.FIRSTBELL_MAIL:
        return False
    product = settings.FIRSTBELL_PRODUCT
    context = {"link": link, "district": district, "product": product}
    text = render_to_string("mail/invitation.txt", context)
    subject = _("You are invited to %(product)s") % {"product": product}
    return send(EmailMessage(subject, text, to=[email]))


def send(mail: EmailMessage) -> bool:
    """Hands in a mail; whether the mail server took it."""
    try:
        mail.send()
    except (SMTPException, OSError, ValueError) as error:
        _LOG.warning("a mail was not sent: %s", type(error).__name__)
        return False
    return True
