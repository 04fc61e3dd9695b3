"""What people look for among the causes, findings and changes of a sync."""

from collections.abc import Iterable, Sequence

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from firstbell.oneroster.dictionary import FEED_TABLES, Version
from firstbell.reports.causes import Cause
from firstbell.rules.catalogue import rule
from firstbell.rules.rule import Owner
from firstbell.store.changes import ChangesAsked
from firstbell.store.findings import Asked

_ID = _("SourcedId begins with")
_FILES = [("", _("All files")), *((table, f"{table}.csv") for table in FEED_TABLES)]


class SeekForm(forms.Form):
    """By who must act, school, file and id."""

    owner = forms.ChoiceField(
        label=_("Who must act"),
        required=False,
        choices=[
            ("", _("Anybody")),
            (Owner.DISTRICT, _("Your district, in the SIS")),
            (Owner.SHARING, _("Your district, in the export")),
            (Owner.SPECIALIST, _("Your specialist")),
        ],
    )
    school = forms.CharField(label=_("School, by name or id"), required=False, max_length=255)
    table = forms.ChoiceField(label=_("File"), required=False, choices=_FILES)
    id = forms.CharField(label=_ID, required=False, max_length=255)

    def __init__(
        self,
        asked: QueryDict,
        codes: Iterable[str],
        version: Version,
        schools: Sequence[tuple[str, str]] = (),
    ) -> None:
        """What was asked for.

        Args:
            asked: `request.GET`.
            codes: of the rules that the sync has findings of.
            version: of OneRoster, as the sync read it.
            schools: of its feed: id and name.
        """
        super().__init__(asked, label_suffix="")
        self.rules = {code: rule(code, version) for code in codes}
        self.schools = schools
        self.fields["school"].widget.attrs["list"] = "schools"

    @property
    def asked(self) -> Asked | None:
        """What is in force; None when it was asked for wrongly."""
        if not self.is_valid():
            return None
        given = self.cleaned_data
        return Asked(
            table=given["table"],
            severity=given.get("severity", ""),
            codes=self._codes(given["owner"], given.get("code", "")),
            sourced_id=given["id"],
            school=self._school(given["school"]),
            cause=given.get("cause"),
        )

    @property
    def is_set(self) -> bool:
        """Whether anything is looked for."""
        return not self.is_valid() or any(self.cleaned_data.values())

    def _codes(self, owner: str, code: str) -> list[str] | None:
        if not owner and not code:
            return None
        return [
            one
            for one, broken in self.rules.items()
            if owner in ("", broken.owner) and code in ("", one)
        ]

    def _school(self, typed: str) -> str:
        """The id of a school that is named."""
        for school, name in self.schools:
            if typed.casefold() == name.casefold():
                return school
        return typed


class FindingsForm(SeekForm):
    """Also by severity, rule and cause."""

    severity = forms.ChoiceField(
        label=_("Severity"),
        required=False,
        choices=[("", _("All")), ("failure", _("Failures")), ("warning", _("Warnings"))],
    )
    code = forms.ChoiceField(label=_("Rule"), required=False)
    cause = forms.TypedChoiceField(label=_("Cause"), required=False, coerce=int, empty_value=None)
    field_order = ("cause", "owner", "school", "table", "severity", "code", "id")

    def __init__(
        self,
        asked: QueryDict,
        codes: Iterable[str],
        version: Version,
        schools: Sequence[tuple[str, str]] = (),
        causes: Sequence[Cause] = (),
    ) -> None:
        """As for every form of this kind.

        Args:
            asked: `request.GET`.
            codes: of the rules that the sync has findings of.
            version: of OneRoster, as the sync read it.
            schools: of its feed: id and name.
            causes: its biggest, the biggest first.
        """
        super().__init__(asked, codes, version, schools)
        by_title = sorted(
            ((code, broken.title) for code, broken in self.rules.items()), key=lambda one: one[1]
        )
        titles = [f"{number}. {one.title}" for number, one in enumerate(causes, start=1)]
        self._offer("code", [("", _("All rules")), *by_title])
        self._offer("cause", [("", _("All causes")), *enumerate(titles, start=1)])

    def _offer(self, name: str, choices: Sequence[tuple[str | int, "str | Promise"]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - so it is declared
        field.choices = choices


class ChangesForm(forms.Form):
    """By file, kind and id."""

    table = forms.ChoiceField(label=_("File"), required=False, choices=_FILES)
    kind = forms.ChoiceField(
        label=_("Change"),
        required=False,
        choices=[
            ("", _("All changes")),
            ("created", _("Created")),
            ("reactivated", _("Created again")),
            ("updated", _("Updated")),
            ("deactivated", _("Deactivated")),
        ],
    )
    id = forms.CharField(label=_ID, required=False, max_length=255)

    def __init__(self, asked: QueryDict) -> None:
        """What was asked for: `request.GET`."""
        super().__init__(asked, label_suffix="")

    @property
    def asked(self) -> ChangesAsked | None:
        """What is in force; None when it was asked for wrongly."""
        if not self.is_valid():
            return None
        given = self.cleaned_data
        return ChangesAsked(given["table"], given["kind"], given["id"])
