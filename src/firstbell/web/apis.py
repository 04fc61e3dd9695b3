"""What sources are called, in the middle of a sentence."""

from django.utils.translation import gettext as _

from firstbell.sources.kinds import KINDS


def is_api(source: str | None) -> bool:
    """Whether a kind of source is an API."""
    return source in KINDS and KINDS[source].is_api


def is_fetched(source: str | None) -> bool:
    """Whether a kind of source is read each night."""
    return source in KINDS and KINDS[source].is_fetched


def called(source: str) -> str:
    """The name of a kind of source, such as `ClassLink`."""
    return _(KINDS[source].called)
