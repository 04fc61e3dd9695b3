"""The form for a district's source, made from the settings of its kind."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from firstbell.sources.kind import (
    Asked,
    Kind,
    Wrong,
    asked_of,
    keeps_secret,
    settings_from,
    values_of,
)
from firstbell.store.sources import SourceKept

_LONGEST = 1000


class SourceForm(forms.Form):
    """The settings of a source of some kind, and its secret."""

    def __init__(self, asked: QueryDict | None, kind: Kind, before: SourceKept | None) -> None:
        """Begins with the settings that are kept, if they are of the same kind.

        Args:
            asked: `request.POST`; None: nothing yet.
            kind: of the source.
            before: the one that is kept; None: none is.
        """
        self._kind = kind
        self._before = before if before and before.kind == kind.name else None
        super().__init__(
            asked, label_suffix="", initial=dict(self._before.settings) if self._before else None
        )
        self.fields |= {one.name: _field(one) for one in asked_of(kind)}
        if kind.secret:
            self.fields["secret"] = _secret(kind, is_kept=self._before is not None)

    def clean(self) -> dict[str, Any]:
        """Refuses settings that the kind refuses, and a secret that is kept for another address."""
        given = self.cleaned_data
        try:
            settings = settings_from(self._kind, {**given, "secret": ""})
        except Wrong as wrong:
            self.add_error(wrong.name, wrong.why[:1].upper() + wrong.why[1:] + ".")
            return given
        if self._kind.secret and not given.get("secret") and not self._keeps(values_of(settings)):
            self.add_error("secret", _("Type the secret: none is kept for this address."))
        return {**given, "settings": settings}

    def _keeps(self, values: Mapping[str, str]) -> bool:
        kept = self._before
        return bool(kept and kept.sealed and keeps_secret(self._kind, values, kept.settings))


def _field(one: Asked) -> forms.Field:
    setting = one.setting
    said: dict[str, Any] = {
        "label": _(setting.label),
        "help_text": _(setting.help),
        "required": setting.is_needed and not one.default and not setting.only_for[0],
    }
    if one.choices:
        choices = [(value, _(setting.called.get(value, value))) for value in one.choices]
        return forms.ChoiceField(
            choices=choices, initial=one.default, widget=forms.RadioSelect, **said
        )
    spelled = {"spellcheck": "false", "autocapitalize": "none", "autocomplete": "off"}
    return forms.CharField(max_length=_LONGEST, widget=forms.TextInput(attrs=spelled), **said)


def _secret(kind: Kind, *, is_kept: bool) -> forms.Field:
    hint = _("It is kept encrypted, and never shown again.")
    if is_kept:
        hint = _("Left empty, the one that is kept is used. It is never shown again.")
    return forms.CharField(
        label=_(kind.secret),
        help_text=hint,
        required=False,
        max_length=_LONGEST,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
