"""What people choose for themselves: how they are called, which mails they get, how pages look."""

from allauth.account import views as accounts
from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from firstbell.store.models import MailChoice, Person, Theme
from firstbell.store.people import choices_set
from firstbell.store.scope import districts_of
from firstbell.web.scoped import person_of

_MAILS = (
    (MailChoice.EVERY, _("Every sync")),
    (
        MailChoice.CHANGES,
        _("Only when something changed: new kinds of error, failures and holds"),
    ),
    (MailChoice.FAILURES, _("Only failures and holds")),
)
_THEMES = (
    (Theme.SYSTEM, _("As my system does")),
    (Theme.LIGHT, _("Light")),
    (Theme.DARK, _("Dark")),
)


class AccountForm(forms.Form):
    """What a person chose, to be changed."""

    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        required=False,
        help_text=_("The audit log of your district names you by it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    mail = forms.ChoiceField(label=_("Mails about syncs"), choices=_MAILS, widget=forms.RadioSelect)
    theme = forms.ChoiceField(
        label=_("Colors of the pages"), choices=_THEMES, required=False, widget=forms.RadioSelect
    )

    def __init__(self, request: HttpRequest, person: Person, *, gets_mails: bool) -> None:
        """What was sent, else what is in force.

        Args:
            request: it may bring something.
            person: whose.
            gets_mails: whether there are districts whose mails the person gets.
        """
        chosen = {"name": person.name, "mail": person.mail, "theme": person.theme}
        sent = request.POST if request.method == "POST" else None
        super().__init__(sent, initial=chosen, label_suffix="")
        self.fields["mail"].disabled = not gets_mails


@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """A person's own page."""
    person = person_of(request)
    gets_mails = bool(districts_of(person.pk))
    form = AccountForm(request, person, gets_mails=gets_mails)
    if form.is_valid():
        choices_set(person=person, **form.cleaned_data)
        return redirect(reverse("account", query={"saved": "choices"}))
    context = {"form": form, "gets_mails": gets_mails, "saved": request.GET.get("saved")}
    return render(request, "account.html", context)


def password(request: HttpRequest) -> HttpResponseBase:
    """Where a person who signs in with a password chooses another one."""
    if not person_of(request).has_usable_password():
        raise Http404
    answer: HttpResponseBase = accounts.password_change(request)
    return answer
