"""How people sign in, where it differs from what django-allauth does."""

import time
from threading import Thread
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.app_settings import REAUTHENTICATION_TIMEOUT
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import int_to_base36

from firstbell.store.models import Person
from firstbell.web.letters import send


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]  # it has no type hints
    """Nobody signs up, and the web changes only what it may of a person."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by commands and invitations."""
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Whoever has changed the password is told so on the account page."""
        return reverse("account", query={"saved": "password"})

    def is_reauthentication_required(self, *, app: str, **more: object) -> bool:
        """Who has just signed in is not asked for the password again."""
        records = get_authentication_records(self.request, self.request.user)
        return not records or time.time() - records[-1]["at"] > REAUTHENTICATION_TIMEOUT

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Sends the link to choose a password while the page is shown.

        It takes no longer for an address that somebody has than for another one.
        """
        link = password_link(context["user"])
        said = {"link": link, "email": email, "product": settings.FIRSTBELL_PRODUCT}
        mail = self.render_mail(template_prefix, email, said)
        Thread(target=send, args=[mail]).start()

    def set_password(self, user: Person, password: str) -> None:
        """Keeps a new password, and nothing else of the person."""
        user.set_password(password)
        user.save(update_fields=["password"])


def password_link(person: Person) -> str:
    """The link by which a person chooses a password, once, within `PASSWORD_RESET_TIMEOUT`."""
    token = default_token_generator.make_token(person)
    path = reverse("account_reset_password_from_key", args=[int_to_base36(person.pk), token])
    return f"{settings.FIRSTBELL_URL}{path}"
