"""Where a specialist adds a district: its name, its time zone and its people."""

from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from firstbell.store.adding import Taken, district_add_by_specialist
from firstbell.store.invitations import MOST_AN_HOUR
from firstbell.web.inviting import send_invite
from firstbell.web.manage import console
from firstbell.web.moments import ZONES, zone_named
from firstbell.web.scoped import of_specialists, person_of

_LONGEST_ID = 60


def _zones() -> list[tuple[str, str] | tuple[str, list[tuple[str, str]]]]:
    """Those of the United States first, for most districts are there."""
    first = [(zone, zone_named(zone)) for zone in ZONES]
    others = sorted(zone for zone in available_timezones() if "/" in zone)
    return [("", ""), *first, (_("All"), [(zone, zone) for zone in others])]


class DistrictForm(forms.Form):
    """A district that is to be added."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    slug = forms.SlugField(
        label=gettext_lazy("Id"),
        required=False,
        max_length=_LONGEST_ID,
        help_text=gettext_lazy("In the addresses of its pages. Left empty: made of its name."),
    )
    timezone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=_zones)
    people = forms.CharField(
        label=gettext_lazy("Administrators"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Their email addresses, one a line. They are invited."),
    )

    def clean_slug(self) -> str:
        """What is left out is made of the name."""
        chosen = str(self.cleaned_data["slug"] or slugify(self.cleaned_data.get("name", "")))
        slug = "-".join(filter(None, chosen.lower().replace("_", "-").split("-")))
        if not slug:
            raise ValidationError(_("Give an id: none can be made of this name."))
        return slug[:_LONGEST_ID].strip("-")

    def clean_people(self) -> list[str]:
        """Refuses what is no address."""
        lines = str(self.cleaned_data["people"]).split()
        for line in lines:
            try:
                validate_email(line)
            except ValidationError:
                message = _("“%(line)s” is no email address; write it as name@example.org.")
                raise ValidationError(message % {"line": line}) from None
        found = list(dict.fromkeys(line.lower() for line in lines))
        if len(found) > MOST_AN_HOUR:
            message = _("Invite at most %(most)s people at once; others can invite the rest.")
            raise ValidationError(message % {"most": MOST_AN_HOUR})
        return found


@of_specialists
@require_http_methods(["GET", "HEAD", "POST"])
def new_district(request: HttpRequest) -> HttpResponse:
    """Adds a district, and invites its people."""
    form = DistrictForm(request.POST or None, label_suffix="")
    added, invited = None, []
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            added = district_add_by_specialist(
                name=given["name"],
                slug=given["slug"],
                timezone=given["timezone"],
                person=person_of(request),
            )
        except Taken:
            form.add_error("slug", _("There is a district of that id already. Choose another."))
        else:
            invited = [send_invite(request, added, email) for email in given["people"]]
    context = {"form": form, "added": added, "invited": invited}
    return console(request, "new_district.html", context)
