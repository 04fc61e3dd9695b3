"""What sources are called, in the middle of a sentence."""

from django.utils.translation import gettext as _

from firstbell.sources.kinds import KINDS
from firstbell.store.history import SyncRow
from firstbell.store.latest import Latest


def is_api(source: str | None) -> bool:
    """Whether a kind of source is an API."""
    return source in KINDS and KINDS[source].is_api


def is_fetched(source: str | None) -> bool:
    """Whether a kind of source is read each night."""
    return source in KINDS and KINDS[source].is_fetched


def called(source: str) -> str:
    """The name of a kind of source, such as `ClassLink`."""
    return _(KINDS[source].called)


def asked_again(latest: Latest, sync: SyncRow) -> str:
    """The kind of source that can be asked for records of a sync again; empty when none can.

    Args:
        latest: how the district stands.
        sync: one of its syncs.
    """
    source = latest.source_of(sync)
    return source if source and KINDS[source].opened_at else ""
