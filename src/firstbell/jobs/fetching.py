"""What a sync reads: files that are there, or what fetches them."""

from pathlib import Path

from firstbell.sources.rest.settings import settings_of
from firstbell.sources.rest.source import Rest
from firstbell.sources.source import Source
from firstbell.store.models import District, Sync
from firstbell.store.sealed import Purpose, unseal
from firstbell.store.secret_key import use_kept_key
from firstbell.store.sources import delivery_of
from firstbell.store.syncs import judges_last_feed


def fetched_for(sync: Sync) -> Path | Source | None:
    """What a sync is about; None when it judges the last feed again.

    Raises:
        StoreError: It names none, and its district has no source.
    """
    if sync.delivery is not None:
        return Path(sync.delivery)
    return None if judges_last_feed(sync) else fetched_of(sync.district)


def fetched_of(district: District) -> Path | Source:
    """What a district's source delivers; raises StoreError when it has none that can be read."""
    kept = delivery_of(district)
    if isinstance(kept, Path):
        return kept
    use_kept_key()
    return Rest(settings_of(kept.settings), unseal(kept.sealed, Purpose.SOURCES))
