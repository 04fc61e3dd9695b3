"""A change of an object, in the words of the page of changes."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstbell.store.changes import ChangeSeen
from firstbell.web.amounts import noun
from firstbell.web.apis import called, is_api

#: What was done, with the mark that stands for it.
_KINDS: dict[str, "tuple[str | Promise, str]"] = {
    "created": (gettext_lazy("Created"), "created"),
    "reactivated": (gettext_lazy("Created again"), "created"),
    "updated": (gettext_lazy("Updated"), "updated"),
    "deactivated": (gettext_lazy("Deactivated"), "removed"),
}
_NOT_IN_THE_DATA = "not in the data"
_REASONS: dict[str, "str | Promise"] = {
    "removed by the SIS": gettext_lazy("The SIS says that it is removed"),
    "left out": gettext_lazy("It is in the data, but left out"),
    _NOT_IN_THE_DATA: gettext_lazy("It is not in the data"),
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


def told_change(change: ChangeSeen, source: str | None) -> ToldChange:
    """Puts a change into words.

    Args:
        change: of a sync.
        source: the kind of source that it read; None when that is not known.
    """
    what, mark = _KINDS[change.kind]
    return ToldChange(
        change=change,
        what=str(what),
        mark=mark,
        object=noun(1, change.table),
        reason=told_reason(change.reason or "", source),
        fields=[
            (name, _written(before), _written(after))
            for name, (before, after) in change.fields.items()
        ],
    )


def told_reason(reason: str, source: str | None) -> str:
    """Why an object goes, in words: an API no longer shares what is not in the data.

    Args:
        reason: as held_removals.csv has it; empty when it does not go.
        source: the kind of source that was read; None when that is not known.
    """
    if reason == _NOT_IN_THE_DATA and source and is_api(source):
        return _("It is no longer shared in %(source)s") % {"source": called(source)}
    return str(_REASONS.get(reason, reason))


def _written(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
