"""The way to a new password for who has forgotten it: by mail, when there is a mail server."""

from allauth.account import views
from allauth.account.forms import ResetPasswordForm
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse

from firstbell.store.models import Identity, Person


class ForgottenForm(ResetPasswordForm):  # type: ignore[misc]  # it has no type hints
    """Which address to send a link to."""

    users: list[Person]

    def clean_email(self) -> str:
        """Leaves out who signs in at a provider: a password would be a way around it."""
        email: str = super().clean_email()
        bound = Identity.objects.filter(person__in=self.users).values_list("person", flat=True)
        self.users = [person for person in self.users if person.pk not in set(bound)]
        return email


def mails() -> bool:
    """Whether there is a mail server."""
    found: bool = settings.FIRSTBELL_MAIL
    return found


@login_not_required
def forgotten(request: HttpRequest) -> HttpResponse:
    """Sends a link to choose a password; it never says whether somebody has the address."""
    if not mails():
        raise Http404
    answer: HttpResponse = views.password_reset(request)
    return answer
