"""A change of an object, in the words of the page of changes."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstbell.store.changes import ChangeSeen
from firstbell.web.amounts import noun

#: What was done, with the mark that stands for it.
_KINDS: dict[str, "tuple[str | Promise, str]"] = {
    "created": (gettext_lazy("Created"), "created"),
    "reactivated": (gettext_lazy("Created again"), "created"),
    "updated": (gettext_lazy("Updated"), "updated"),
    "deactivated": (gettext_lazy("Deactivated"), "removed"),
}
_REASONS: dict[str, "str | Promise"] = {
    "removed by the SIS": gettext_lazy("The SIS says that it is removed"),
    "left out": gettext_lazy("It is in the data, but left out"),
    "not in the data": gettext_lazy("It is not in the data"),
}


@dataclass(frozen=True, slots=True)
class ToldChange:
    """A change, in words."""

    change: ChangeSeen
    what: str
    mark: str
    #: What it was done to: `user`.
    object: str
    #: Why it goes; empty when it does not.
    reason: str
    #: The fields that changed: name, value before and after, empty when there is none.
    fields: Sequence[tuple[str, str, str]]


def told_change(change: ChangeSeen) -> ToldChange:
    """Puts a change into words."""
    what, mark = _KINDS[change.kind]
    reason = change.reason or ""
    return ToldChange(
        change=change,
        what=str(what),
        mark=mark,
        object=noun(1, change.table),
        reason=str(_REASONS.get(reason, reason)),
        fields=[
            (name, _written(before), _written(after))
            for name, (before, after) in change.fields.items()
        ],
    )


def _written(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
