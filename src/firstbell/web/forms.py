"""What people may ask of the pages."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstbell.store.history import Days
from firstbell.store.models import SyncStatus

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_OLDEST, _NEWEST = date(2000, 1, 1), date(2100, 12, 31)


#: How a sync may have ended.
_ENDED: dict[SyncStatus, "str | _StrPromise"] = {
    SyncStatus.COMPLETED: gettext_lazy("Completed"),
    SyncStatus.WITH_ERRORS: gettext_lazy("Completed with Errors"),
    SyncStatus.FAILED: gettext_lazy("Failed"),
}
_WRITE_A_DATE = gettext_lazy("Write a date between 2000-01-01 and 2100-12-31, such as 2026-11-24.")
#: Month and day.
_SCHOOL_YEAR = (8, 1)


@dataclass(frozen=True, slots=True)
class Preset:
    """Days that are often asked for."""

    label: str
    since: date
    until: date
    is_current: bool


class DayField(forms.DateField):
    """A day, as a browser sends it."""

    def __init__(
        self, label: "str | _StrPromise", message: "str | _StrPromise", **more: Any
    ) -> None:
        """A field that is answered with the message unless a day is written.

        Args:
            label: what the day is.
            message: how to write one.
            more: what a `DateField` takes.
        """
        super().__init__(
            label=label,
            input_formats=["%Y-%m-%d"],
            error_messages={"invalid": message, "required": message},
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            **more,
        )


def _day(label: "str | _StrPromise") -> DayField:
    """A day within reason; it may be left out."""
    within = [MinValueValidator(_OLDEST, _WRITE_A_DATE), MaxValueValidator(_NEWEST, _WRITE_A_DATE)]
    return DayField(label, _WRITE_A_DATE, required=False, validators=within)


class DaysForm(forms.Form):
    """From one day to another, both included; in the address they are `from` and `to`."""

    since = _day(gettext_lazy("From"))
    until = _day(gettext_lazy("To"))
    status = forms.ChoiceField(
        label=gettext_lazy("Sync Status"),
        required=False,
        choices=[("", gettext_lazy("All statuses")), *_ENDED.items()],
    )

    def __init__(self, asked: QueryDict, today: date) -> None:
        """What was asked for; what is left out is what is in force.

        Args:
            asked: `request.GET`.
            today: in the district.
        """
        days = Days.before(_asked_until(asked) or today)
        asked = asked.copy()
        asked["from"] = asked.get("from") or max(days.since, _OLDEST).isoformat()
        asked["to"] = asked.get("to") or days.until.isoformat()
        self.today = today
        super().__init__(asked, label_suffix="")

    def add_prefix(self, field_name: str) -> str:
        """The name in the address."""
        return {"since": "from", "until": "to"}.get(field_name, field_name)

    def clean(self) -> dict[str, Any]:
        """Refuses days in the wrong order."""
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and since > until:
            raise ValidationError({"since": _("From is after To. Choose an earlier day.")})
        return self.cleaned_data

    @property
    def days(self) -> Days | None:
        """What is in force; None when it was asked for wrongly."""
        if not self.is_valid():
            return None
        return Days(self.cleaned_data["since"], self.cleaned_data["until"])

    @property
    def ended(self) -> SyncStatus | None:
        """How the syncs ended that were asked for; None: in any way, or it was asked for wrongly."""
        status = self.cleaned_data.get("status") if self.is_valid() else None
        return SyncStatus(status) if status else None

    @property
    def presets(self) -> list[Preset]:
        """Ranges that end today, and whether each is in force."""
        year = self.today.year - ((self.today.month, self.today.day) < _SCHOOL_YEAR)
        begins = {
            _("7 days"): self.today - timedelta(days=6),
            _("30 days"): self.today - timedelta(days=29),
            _("90 days"): self.today - timedelta(days=89),
            _("School year"): date(year, *_SCHOOL_YEAR),
        }
        days = self.days
        return [
            Preset(label, since, self.today, days == Days(since, self.today))
            for label, since in begins.items()
        ]


def _asked_until(asked: QueryDict) -> date | None:
    try:
        until: date | None = _day("To").clean(asked.get("to"))
    except ValidationError:
        return None
    return until


class ReasonForm(forms.Form):
    """Why somebody leaves things as they are; it may be left out."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Kept in the audit log with your name."),
    )
    prefix = "dismiss"


class ConfirmedForm(forms.Form):
    """Why somebody lets a big change in, and that it is meant."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        help_text=gettext_lazy("Kept in the audit log with your name."),
        error_messages={"required": gettext_lazy("Say why; it is kept in the audit log.")},
    )
    number = forms.CharField(max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    prefix = "apply"

    def __init__(self, asked: QueryDict | None, number: str) -> None:
        """What was typed, and the number that has to be.

        Args:
            asked: `request.POST`; None: nothing yet.
            number: that of the sentence that says what will happen; the district's id if it has none.
        """
        super().__init__(asked, label_suffix="")
        self._number = number
        typed = self.fields["number"]
        typed.label = _("Type %(number)s to confirm") % {"number": number}
        typed.error_messages["required"] = _("Type %(number)s.") % {"number": number}

    def clean_number(self) -> str:
        """Refuses another number, with or without its separators."""
        typed = str(self.cleaned_data["number"])
        if typed.replace(",", "").strip() != self._number:
            said = {"typed": typed, "number": self._number}
            raise ValidationError(_("You typed %(typed)s. Type %(number)s.") % said)
        return typed
