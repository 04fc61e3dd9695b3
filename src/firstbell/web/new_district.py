"""Where a specialist adds a district: its name, its time zone, its source and its people."""

from pathlib import PurePosixPath
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from firstbell.store.adding import Taken, district_add_by_specialist
from firstbell.store.models import Person
from firstbell.web.accounts import password_link
from firstbell.web.console import console_tabs
from firstbell.web.scoped import of_specialists, person_of

_COMMON = ("Eastern", "Central", "Mountain", "Arizona", "Pacific", "Alaska", "Hawaii")
_LONGEST_ID = 60


def _zones() -> list[tuple[str, str] | tuple[str, list[tuple[str, str]]]]:
    """Those of the United States first, for most districts are there."""
    ours = [f"US/{name}" for name in _COMMON]
    names = {
        "US/Eastern": "America/New_York",
        "US/Central": "America/Chicago",
        "US/Mountain": "America/Denver",
        "US/Arizona": "America/Phoenix",
        "US/Pacific": "America/Los_Angeles",
        "US/Alaska": "America/Anchorage",
        "US/Hawaii": "Pacific/Honolulu",
    }
    first = [(names[zone], f"{zone[3:]} ({names[zone]})") for zone in ours]
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
    path = forms.CharField(
        label=gettext_lazy("Source"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy(
            "The folder or .zip on the server that its SIS writes every day. It may follow later."
        ),
    )
    people = forms.CharField(
        label=gettext_lazy("Administrators"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Their email addresses, one a line. They may follow later."),
    )

    def clean_slug(self) -> str:
        """What is left out is made of the name."""
        chosen = str(self.cleaned_data["slug"] or slugify(self.cleaned_data.get("name", "")))
        slug = "-".join(filter(None, chosen.lower().replace("_", "-").split("-")))
        if not slug:
            raise ValidationError(_("Give an id: none can be made of this name."))
        return slug[:_LONGEST_ID].strip("-")

    def clean_path(self) -> str:
        """Refuses a path that depends on where the server was started."""
        path = str(self.cleaned_data["path"])
        if path and not PurePosixPath(path).is_absolute():
            raise ValidationError(_("Write the whole path, such as /srv/maple-valley."))
        return path

    def clean_people(self) -> list[str]:
        """Refuses what is no address."""
        lines = str(self.cleaned_data["people"]).split()
        for line in lines:
            try:
                validate_email(line)
            except ValidationError:
                message = _("“%(line)s” is no email address; write it as name@example.org.")
                raise ValidationError(message % {"line": line}) from None
        return list(dict.fromkeys(line.lower() for line in lines))


def _is_new(person: Person) -> bool:
    """Whether somebody has never been able to sign in: only their link may be shown to others."""
    return person.last_login is None and not person.has_usable_password()


@of_specialists
@require_http_methods(["GET", "HEAD", "POST"])
def new_district(request: HttpRequest) -> HttpResponse:
    """Adds a district, and shows once how its people get in."""
    form = DistrictForm(request.POST or None, label_suffix="")
    added, links = None, []
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            added = district_add_by_specialist(
                name=given["name"],
                slug=given["slug"],
                timezone=given["timezone"],
                path=given["path"],
                administrators=given["people"],
                person=person_of(request),
            )
        except Taken:
            form.add_error("slug", _("There is a district of that id already. Choose another."))
        else:
            links = [
                (one.email, password_link(one) if _is_new(one) else "")
                for one in added.administrators
            ]
    context = {"tabs": list(console_tabs(request)), "form": form, "added": added, "links": links}
    return render(request, "new_district.html", context)
