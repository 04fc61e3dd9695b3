"""What it took to fetch a delivery, as the page of its sync tells it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def asked(fetched: Sequence[Mapping[str, Any]]) -> str:
    """All of it in one sentence, `41 requests, 2 of them made again: 12.1 MB in 14 s`.

    Args:
        fetched: what it took, by part, as a sync keeps it.
    """
    requests, again, size = (
        sum(part[name] for part in fetched) for name in ("requests", "again", "size")
    )
    return _("%(requests)s%(again)s: %(size)s in %(time)s") % {
        "requests": ngettext("%(number)s request", "%(number)s requests", requests)
        % {"number": f"{requests:,}"},
        "again": _(", %(number)s of them made again") % {"number": f"{again:,}"} if again else "",
        "size": filesizeformat(size),
        "time": _time(sum(part["seconds"] for part in fetched)),
    }


def by_part(fetched: Sequence[Mapping[str, Any]]) -> list[tuple[str, int, int, str, str]]:
    """Of each part: its name, its requests, those made again, its size and the time it took."""
    return [
        (
            part["part"],
            part["requests"],
            part["again"],
            filesizeformat(part["size"]),
            _time(part["seconds"]),
        )
        for part in fetched
    ]


def _time(seconds: float) -> str:
    if seconds < 60:
        return _("%(seconds).1f s") % {"seconds": seconds}
    return _("%(minutes)d min %(seconds)d s") % {
        "minutes": seconds // 60,
        "seconds": seconds % 60,
    }
