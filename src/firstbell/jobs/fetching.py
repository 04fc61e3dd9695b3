"""What a sync reads: files that are there, or what fetches them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.fernet import InvalidToken

from firstbell.sources.kind import Kind, Wrong, settings_from
from firstbell.sources.kinds import KINDS
from firstbell.sources.source import Source
from firstbell.store.errors import StoreError
from firstbell.store.models import UPLOAD, District, Sync, Trigger
from firstbell.store.sealed import Purpose, unseal
from firstbell.store.secret_key import use_kept_key
from firstbell.store.sources import SourceKept, source_of
from firstbell.store.syncs import judges_last_feed, sync_reads

#: What people are told where a source cannot be opened, and what to do.
NO_SOURCE = "the district has no source that a sync can read"
KEY_GONE = "the secret of the source can no longer be read: its key is gone"
TYPE_IT = "A specialist types the secret again on the Source page."
NO_SOURCE_YET = "Ask your specialist to connect it, or upload the files."


class SecretLost(StoreError):
    """The secret of a source was sealed with a key that this machine has not."""

    def __init__(self) -> None:
        """Says so, and what to do."""
        super().__init__(
            "the secret of the source was sealed with a key that is gone; set the source again"
        )


def fetched_for(sync: Sync) -> Path | Source | None:
    """What a sync is about, of which its row keeps from what source it is.

    Returns:
        None when it judges the last feed again.

    Raises:
        StoreError: It names none, and its district has no source.
    """
    if judges_last_feed(sync):
        return None
    if sync.delivery is not None:
        sync_reads(sync, {"kind": UPLOAD} if sync.trigger == Trigger.UPLOAD else None)
        return Path(sync.delivery)
    kept = source_of(sync.district)
    sync_reads(sync, kept.said)
    return _opened(sync.district, kept)


def fetched_of(
    district: District, kept: SourceKept | None = None
) -> tuple[Path | Source, Mapping[str, str]]:
    """What a source delivers, and what source that is; raises StoreError when it cannot be read.

    Args:
        district: whose.
        kept: the source; None: the one that the district has.
    """
    kept = kept or source_of(district)
    return _opened(district, kept), kept.said


def record_of(district: District, table: str, sourced_id: str) -> tuple[Mapping[str, str], Source]:
    """What a district's source is, and what asks it for a single record.

    Args:
        district: whose.
        table: of the feed.
        sourced_id: of the record.

    Raises:
        StoreError: It has none that can be asked for one.
    """
    kept = source_of(district)
    opened_at = KINDS[kept.kind].opened_at
    if opened_at is None:
        raise StoreError(f"the source of district {district.slug} gives no single records")
    use_kept_key()
    return kept.said, opened_at(_settings(district, kept), secret_of(kept), table, sourced_id)


def _settings(district: District, kept: SourceKept) -> Any:
    try:
        return settings_from(KINDS[kept.kind], kept.settings)
    except Wrong as wrong:
        raise StoreError(f"the source of district {district.slug}: {wrong}") from None


def _opened(district: District, kept: SourceKept) -> Path | Source:
    kind = KINDS[kept.kind]
    if kind.opened is None:
        raise StoreError(
            f"the files of district {district.slug} are uploaded; name the delivery with --from PATH"
        )
    use_kept_key()
    return kind.opened(_settings(district, kept), secret_of(kept))


def secret_of(kept: SourceKept) -> str:
    """The secret of a source; raises SecretLost when it was sealed with a key that nobody has."""
    try:
        return unseal(kept.sealed, Purpose.SOURCES) if kept.sealed else ""
    except InvalidToken:
        raise SecretLost from None


def review_of(before: Mapping[str, str] | None, now: Mapping[str, str] | None) -> str:
    """Why a specialist looks at a sync before it is applied, whatever its numbers.

    Args:
        before: the source that the roster as it is was read from; None: none that is known.
        now: the one of the sync; None: a person has named its delivery.

    Returns:
        A sentence without a full stop; empty when there is no reason.
    """
    if not before or not now or before == now:
        return ""
    was, is_now = source_told(before), source_told(now)
    what = f"from {was} to {is_now}" if was != is_now else f"in how {is_now} is asked"
    return f"the source has changed {what}, and its first sync waits for a specialist"


def source_told(said: Mapping[str, str]) -> str:
    """What a source is and where, in the middle of a sentence."""
    kind = KINDS[said["kind"]]
    return f"{kind.called} {where_of(kind, said)}".strip()


def where_of(kind: Kind, settings: Mapping[str, str]) -> str:
    """Where a source is: a path or an address; empty when it is nowhere."""
    return settings.get(kind.where, "")
