"""Where the deliveries of a district come from."""

from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from firstbell.store.errors import StoreError
from firstbell.store.models import AuditEntry, Source, SourceKind
from firstbell.store.syncs import district_locked, district_of


@dataclass(frozen=True, slots=True)
class SourceShown:
    """A source as it is shown."""

    kind: str
    #: Empty when people upload the files.
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
    return _set(district, SourceShown(SourceKind.FOLDER, str(path.absolute())), who)


def source_set_upload(*, district: str, who: str) -> SourceShown:
    """Lets a district's people upload its files, which are synced then: it has no nightly sync.

    Args:
        district: its slug.
        who: does it.

    Raises:
        NoSuchDistrict: There is none of that id.
    """
    return _set(district, SourceShown(SourceKind.UPLOAD, ""), who)


def takes_uploads(district: int) -> bool:
    """Whether uploaded files are a district's source."""
    return Source.objects.filter(district_id=district, kind=SourceKind.UPLOAD).exists()


def _set(slug: str, shown: SourceShown, who: str) -> SourceShown:
    settings = {"path": shown.path} if shown.path else {}
    with transaction.atomic():
        found = district_locked(slug)
        Source.objects.update_or_create(
            district=found, defaults={"kind": shown.kind, "settings": settings}
        )
        found.nights_since = None if shown.kind == SourceKind.UPLOAD else timezone.now()
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
    return SourceShown(found.kind, found.settings.get("path", ""))
