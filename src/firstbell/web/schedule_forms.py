"""What people may ask for when they set the nights of their district."""

from collections.abc import Iterator, Sequence
from datetime import date, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstbell.store.schedules import Schedule, blackout, is_in_order, pause, schedule_set
from firstbell.web.forms import DayField

_ONE = timedelta(days=1)
#: The longest time off that is entered at once, and the last day of a calendar that is planned.
_MOST = timedelta(days=366)
_LAST = timedelta(days=5 * 366)
_WRITE_A_DATE = gettext_lazy("Write a date, such as 2026-12-25.")


class _Time(forms.TimeField):
    """A time of day, as a browser sends it."""

    def __init__(self, label: Any) -> None:
        message = gettext_lazy("Write a time of day, such as 01:00.")
        super().__init__(
            label=label,
            input_formats=["%H:%M"],
            error_messages={"invalid": message, "required": message},
            widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        )


class NightsForm(forms.Form):
    """A part of a district's nights; its name is that of the button that sends it."""

    def __init__(self, sent: QueryDict | None, schedule: Schedule, today: date) -> None:
        """What was sent, else what is in force.

        Args:
            sent: `request.POST`; None: nothing of this part.
            schedule: as it is.
            today: in the district.
        """
        self.schedule, self.today = schedule, today
        super().__init__(sent, label_suffix="", initial=self.in_force())

    def in_force(self) -> dict[str, Any]:
        """What the fields begin with."""
        return {}

    def save(self, district: str, who: str) -> None:
        """Sets what was sent, for the district of an id; it is valid."""
        raise NotImplementedError


class PauseForm(NightsForm):
    """Until when there is no nightly sync."""

    prefix = "pause"
    until = DayField(
        gettext_lazy("First day with a sync again"),
        _WRITE_A_DATE,
        required=False,
        help_text=gettext_lazy("Leave it empty to pause until somebody resumes."),
    )

    def in_force(self) -> dict[str, Any]:
        """The day that was chosen, while it is to come."""
        until = self.schedule.paused_until
        return {"until": until if self.schedule.is_paused_on(self.today) else None}

    def clean_until(self) -> date | None:
        """Refuses a day that has come."""
        until: date | None = self.cleaned_data["until"]
        if until is not None and not self.today < until <= self.today + _LAST:
            raise ValidationError(_("Choose a day after today, within five years."))
        return until

    def save(self, district: str, who: str) -> None:
        """Pauses the nightly syncs."""
        pause(district=district, until=self.cleaned_data["until"], who=who)


class DaysOffForm(NightsForm):
    """Days without a sync, to be added."""

    prefix = "add"
    first = DayField(gettext_lazy("First day"), _WRITE_A_DATE)
    last = DayField(
        gettext_lazy("Last day"),
        _WRITE_A_DATE,
        required=False,
        help_text=gettext_lazy("Leave it empty for a single day."),
    )

    def clean_first(self) -> date:
        """Refuses a day that is over."""
        first: date = self.cleaned_data["first"]
        if not self.today <= first <= self.today + _LAST:
            raise ValidationError(_("Choose today or a day after it, within five years."))
        return first

    def clean_last(self) -> date | None:
        """Refuses a last day before the first, and more than a year."""
        first, last = self.cleaned_data.get("first"), self.cleaned_data["last"]
        if first and last and not first <= last < first + _MOST:
            raise ValidationError(_("Choose the first day or one after it, within a year."))
        return last if isinstance(last, date) else None

    def save(self, district: str, who: str) -> None:
        """Adds each of the days."""
        first = self.cleaned_data["first"]
        days = list(_days(first, self.cleaned_data["last"] or first))
        blackout(district=district, days=days, remove=False, who=who)


class DaysOnForm(NightsForm):
    """Days without a sync that are to have one after all."""

    prefix = "remove"
    days = forms.MultipleChoiceField(
        label=gettext_lazy("Days without a sync"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("Choose the days that are to have a sync after all."),
            "invalid_choice": gettext_lazy("Choose days of the list; one of them was changed."),
        },
    )

    def __init__(self, sent: QueryDict | None, schedule: Schedule, today: date) -> None:
        """What was sent, from among the days to come."""
        super().__init__(sent, schedule, today)
        field = self.fields["days"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - so it is declared
        field.choices = [
            (day.isoformat(), dateformat.format(day, "D, M j, Y")) for day in self.to_come
        ]

    @property
    def to_come(self) -> Sequence[date]:
        """Today and later, in order."""
        return sorted(day for day in self.schedule.blackout if day >= self.today)

    @property
    def past(self) -> Sequence[date]:
        """Before today, the last first."""
        return sorted((day for day in self.schedule.blackout if day < self.today), reverse=True)

    def save(self, district: str, who: str) -> None:
        """Lets there be a sync on each of the days."""
        days = [date.fromisoformat(day) for day in self.cleaned_data["days"]]
        blackout(district=district, days=days, remove=True, who=who)


class TimesForm(NightsForm):
    """When the sync of a night starts, and when the roster is to be ready."""

    prefix = "times"
    starts_from = _Time(gettext_lazy("Starts at the earliest"))
    starts_until = _Time(gettext_lazy("Starts at the latest"))
    ready_by = _Time(gettext_lazy("Ready by"))

    def in_force(self) -> dict[str, time]:
        """The times as they are."""
        names = ("starts_from", "starts_until", "ready_by")
        return {name: getattr(self.schedule, name) for name in names}

    def clean_ready_by(self) -> time:
        """Refuses times that do not follow each other within a day."""
        first, last = (self.cleaned_data.get(name) for name in ("starts_from", "starts_until"))
        ready_by: time = self.cleaned_data["ready_by"]
        if first and last and not is_in_order(first, last, ready_by):
            raise ValidationError(
                _(
                    "A sync that starts between %(first)s and %(last)s cannot be ready by %(ready)s."
                    " Choose times that follow each other within one day."
                )
                % {
                    "first": dateformat.format(first, "P"),
                    "last": dateformat.format(last, "P"),
                    "ready": dateformat.format(ready_by, "P"),
                }
            )
        return ready_by

    def save(self, district: str, who: str) -> None:
        """Sets the times."""
        schedule_set(district=district, **self.cleaned_data, who=who)


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += _ONE
