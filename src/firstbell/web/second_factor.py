"""Codes of an app as a second factor: for specialists a must, for others a choice."""

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.totp.views import ActivateTOTPView
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.deprecation import MiddlewareMixin
from qrcode.image.svg import SvgPathImage
from qrcode.main import QRCode

from firstbell.store.models import Person
from firstbell.store.sealed import Purpose, seal, unseal
from firstbell.web.scoped import person_of

_METHOD = "mfa"
#: What a specialist reaches without a second factor: what leads to one, and out.
_WITHOUT = {
    "account_logout",
    "account_reauthenticate",
    "mfa_activate_totp",
    "mfa_reauthenticate",
}
_GROUP = 4


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]  # it has no type hints
    """Secrets are sealed, and a specialist keeps the second factor."""

    def encrypt(self, text: str) -> str:
        """The secret as the database keeps it."""
        return seal(text, Purpose.SECOND_FACTORS)

    def decrypt(self, encrypted_text: str) -> str:
        """The secret that the database keeps."""
        return unseal(encrypted_text, Purpose.SECOND_FACTORS)

    def build_totp_svg(self, url: str) -> str:
        """The picture that an app reads, as markup of a page."""
        code = QRCode(border=2)
        code.add_data(url)
        picture: str = code.make_image(image_factory=SvgPathImage).to_string(encoding="unicode")
        return picture

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whether the person may do without."""
        return not authenticator.user.is_specialist


class SecondFactorRequired(MiddlewareMixin):
    """Leads specialists to a second factor before any page; it stands after the sign-in's."""

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponseBase | None:
        """Lets the view work, or leads to the page that comes first."""
        person = request.user
        if not isinstance(person, Person) or not person.is_specialist:
            return None
        at = request.resolver_match
        if (at and at.url_name in _WITHOUT) or _used(request, person):
            return None
        if Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists():
            asked = request.get_full_path() if request.method in ("GET", "HEAD") else "/"
            return redirect(reverse("mfa_reauthenticate", query={"next": asked}))
        return redirect("mfa_activate_totp")


def _used(request: HttpRequest, person: Person) -> bool:
    """Whether this session was opened, or confirmed, with a second factor."""
    records = get_authentication_records(request, person)
    return any(record["method"] == _METHOD for record in records)


class SetUp(ActivateTOTPView):  # type: ignore[misc]  # it has no type hints
    """Sets up an app; who has shown a code of it has used a second factor."""

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        """Adds the secret as people can type it."""
        context: dict[str, object] = super().get_context_data(**kwargs)
        secret = context["form"].secret  # type: ignore[attr-defined]
        groups = [secret[at : at + _GROUP] for at in range(0, len(secret), _GROUP)]
        return {**context, "secret": " ".join(groups)}

    def form_valid(self, form: Form) -> HttpResponse:
        """Keeps the secret."""
        answer: HttpResponse = super().form_valid(form)
        used_second_factor(self.request, person_of(self.request))
        return answer


def used_second_factor(request: HttpRequest, person: Person) -> None:
    """Notes in a person's session that a second factor was used."""
    record_authentication(request, person, _METHOD)


def second_factor_add(person: Person) -> str:
    """Gives a person a second factor in place of the one before.

    Args:
        person: who signs in with it.

    Returns:
        The secret, in base 32, that an app makes codes of.
    """
    Authenticator.objects.filter(user=person).delete()
    secret: str = generate_totp_secret()
    TOTP.activate(person, secret)
    return secret
