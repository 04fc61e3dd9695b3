"""Where the deliveries of a district come from."""

from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from firstbell.store.errors import StoreError
from firstbell.store.models import AuditEntry, District, Source
from firstbell.store.syncs import district_of


@dataclass(frozen=True, slots=True)
class SourceShown:
    """A source as it is shown."""

    kind: str
    path: str


def source_set(*, district: str, path: Path, who: str) -> SourceShown:
    """Lets a district's nightly syncs read a folder or archive, from its next night on.

    Args:
        district: its slug.
        path: need not be there yet.
        who: does it.

    Raises:
        NoSuchDistrict: There is none of that id.
    """
    shown = SourceShown("folder", str(path.absolute()))
    with transaction.atomic():
        found = District.objects.select_for_update().get(pk=district_of(district).pk)
        settings = {"path": shown.path}
        Source.objects.update_or_create(
            district=found, defaults={"kind": shown.kind, "settings": settings}
        )
        found.nights_since = timezone.now()
        found.save(update_fields=["nights_since"])
        details = {"kind": shown.kind, **settings}
        AuditEntry.objects.create(district=found, who=who, what="source set", details=details)
    return shown


def source_shown(district: str) -> SourceShown:
    """The source of a district; raises StoreError when it has none."""
    found = Source.objects.filter(district=district_of(district)).first()
    if found is None:
        raise StoreError(
            f"district {district} has no source yet; firstbell source set {district} folder PATH"
        )
    return SourceShown(found.kind, found.settings["path"])
