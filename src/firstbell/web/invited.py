"""Where the link of an invitation leads to."""

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from firstbell.store.invitations import (
    Invited,
    accept_as,
    accept_with_password,
    invited_by_link,
)
from firstbell.store.models import Person
from firstbell.web.provided import provider_of


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Lets somebody join: with a new password, at a provider, or as the person who is signed in."""
    invited = invited_by_link(token)
    if invited is None:
        return _gone(request)
    if isinstance(request.user, Person):
        return _as_signed_in(request, token, invited, request.user)
    if invited.is_somebodys or invited.provider:
        provider = provider_of(invited.provider)
        context = {"invited": invited, "providers": [provider] if provider else []}
        return render(request, "invited/sign_in.html", context)
    return _with_password(request, token, invited)


def _as_signed_in(
    request: HttpRequest, token: str, invited: Invited, person: Person
) -> HttpResponse:
    if request.method == "POST":
        return redirect("home") if accept_as(token=token, person=person) else _gone(request)
    context = {"invited": invited, "is_other": invited.email != person.email}
    return render(request, "invited/join.html", context)


def _with_password(request: HttpRequest, token: str, invited: Invited) -> HttpResponse:
    form: SetPasswordForm[Person] = SetPasswordForm(
        Person(email=invited.email), request.POST or None, label_suffix=""
    )
    if request.method != "POST" or not form.is_valid():
        context = {"invited": invited, "form": form}
        return render(request, "invited/choose_password.html", context)
    person = accept_with_password(token=token, password=form.cleaned_data["new_password1"])
    if person is None:
        return _gone(request)
    record_authentication(request, person, "password")
    answer: HttpResponse = perform_login(request, person, email_verification="none")
    return answer


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "invited/gone.html", status=404)
