"""Who may see a district, and who is invited; and the same for specialists."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from firstbell.store.errors import StoreError
from firstbell.store.invitations import open_invitations, withdraw
from firstbell.store.members import (
    member_remove,
    members_of,
    roster_administrator,
    roster_administrators_of,
)
from firstbell.store.people import specialists
from firstbell.store.scope import DistrictSeen
from firstbell.web.inviting import Sent, send_invite
from firstbell.web.manage import console, manage
from firstbell.web.provided import providers
from firstbell.web.scoped import of_district, of_specialists, person_of

#: Administrators of the roster that are offered at most.
_MOST = 50


class InviteForm(forms.Form):
    """Whom to invite, and how they will sign in."""

    email = forms.EmailField(label=gettext_lazy("Email"), max_length=254)
    provider = forms.ChoiceField(label=gettext_lazy("They sign in"), required=False)

    def __init__(self, asked: object = None) -> None:
        """What was typed; None: nothing yet."""
        super().__init__(asked, label_suffix="")  # type: ignore[arg-type]
        provider = self.fields["provider"]
        assert isinstance(provider, forms.ChoiceField)  # noqa: S101 - so it is declared
        provider.choices = ways_in()
        if not providers():
            del self.fields["provider"]


def ways_in() -> list[tuple[str, str]]:
    """How somebody may sign in, by the id of the provider."""
    return [("", _("with a password")), *((one.id, one.name) for one in providers())]


@require_http_methods(["GET", "HEAD", "POST"])
@of_district
def people(request: HttpRequest, district: DistrictSeen) -> HttpResponse:
    """The members of a district, its open invitations, and whom else the roster names."""
    form = InviteForm(request.POST if "invite" in request.POST else None)
    problem, sent = "", None
    try:
        if form.is_valid():
            sent = _invite(request, district, form.cleaned_data["email"])
            form = InviteForm()
        elif "roster" in request.POST:
            sent = _invite_of_roster(request, district)
        elif request.method == "POST" and not form.is_bound:
            _change(request, district)
            return redirect("people", district.slug)
    except StoreError as error:
        problem = _sentence(error)
    context = {
        "form": form,
        "problem": problem,
        "invited": [sent] if sent else (),
        "members": members_of(district),
        "invitations": open_invitations(district),
        "administrators": roster_administrators_of(district, most=_MOST),
        "ways": ways_in(),
        "me": person_of(request).pk,
    }
    return manage(request, district, "people.html", context, tab="people")


@require_http_methods(["GET", "HEAD", "POST"])
@of_specialists
def specialists_page(request: HttpRequest) -> HttpResponse:
    """The specialists, and who is invited to be one."""
    person = person_of(request)
    form = InviteForm(request.POST if "invite" in request.POST else None)
    sent = None
    if form.is_valid():
        sent = _invite(request, None, form.cleaned_data["email"])
        form = InviteForm()
    elif request.method == "POST" and not form.is_bound:
        withdraw(invitation=_number(request, "withdraw"), district=None, who=person)
        return redirect("specialists")
    context = {
        "form": form,
        "invited": [sent] if sent else (),
        "specialists": specialists(),
        "invitations": open_invitations(None),
    }
    return console(request, "specialists.html", context, tab="specialists")


def _invite(
    request: HttpRequest, district: DistrictSeen | None, email: str, roster_user: str = ""
) -> Sent:
    asked = request.POST.get("provider", "")
    provider = asked if asked in dict(ways_in()) else ""
    return send_invite(request, district, email, provider=provider, roster_user=roster_user)


def _invite_of_roster(request: HttpRequest, district: DistrictSeen) -> Sent:
    found = roster_administrator(district, request.POST["roster"])
    if found is None:
        raise StoreError(_("the roster has no such administrator any more"))
    return _invite(request, district, found.email, found.sourced_id)


def _change(request: HttpRequest, district: DistrictSeen) -> None:
    """Withdraws an invitation, or takes somebody out."""
    who = person_of(request)
    if "withdraw" in request.POST:
        withdraw(invitation=_number(request, "withdraw"), district=district, who=who)
    elif "remove" in request.POST:
        member_remove(district=district, person=_number(request, "remove"), who=who)


def _number(request: HttpRequest, name: str) -> int:
    given = request.POST.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 19 else 0


def _sentence(error: StoreError) -> str:
    said = str(error)
    return f"{said[:1].upper()}{said[1:]}."
