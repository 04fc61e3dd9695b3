"""Where a specialist says why a district is looked at, before it opens."""

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from firstbell.store.scope import open_for, to_be_opened
from firstbell.web.scoped import person_of


class WhyForm(forms.Form):
    """Why somebody of the vendor looks at a district."""

    reason = forms.CharField(
        label=_("Why do you open this district?"),
        max_length=500,
        help_text=_("Kept in the district’s audit log with your name."),
        error_messages={"required": _("Say why; it is kept in the audit log.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def open_district(request: HttpRequest, slug: str) -> HttpResponse:
    """Asks a specialist for the reason, opens the district and goes on to the page asked for."""
    person = person_of(request)
    district = to_be_opened(person.pk, slug)
    if district is None:
        raise Http404
    form = WhyForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        open_for(person=person, slug=slug, reason=form.cleaned_data["reason"])
        return redirect(_asked_for(request, slug))
    context = {"district": district, "form": form}
    return render(request, "open_district.html", context)


def _asked_for(request: HttpRequest, slug: str) -> str:
    """The page of this site that led here, else the district's syncs."""
    asked = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(asked, allowed_hosts=None):
        return asked
    return reverse("sync_reports", args=[slug])
