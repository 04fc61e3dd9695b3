"""How people sign in, where it differs from what django-allauth does."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import int_to_base36

from firstbell.store.models import Person


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]  # it has no type hints
    """Nobody signs up, and the web changes only what it may of a person."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by `firstbell person add`."""
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Whoever has changed the password is told so on the account page."""
        return reverse("account", query={"saved": "password"})

    def set_password(self, user: Person, password: str) -> None:
        """Keeps a new password, and nothing else of the person."""
        user.set_password(password)
        user.save(update_fields=["password"])


def password_link(person: Person) -> str:
    """The link by which a person chooses a password, once, within `PASSWORD_RESET_TIMEOUT`."""
    token = default_token_generator.make_token(person)
    path = reverse("account_reset_password_from_key", args=[int_to_base36(person.pk), token])
    return f"{settings.FIRSTBELL_URL}{path}"
