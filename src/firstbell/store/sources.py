"""Where the deliveries of a district come from."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from firstbell.store.errors import StoreError
from firstbell.store.models import AuditEntry, District, Source, SourceKind
from firstbell.store.sealed import Purpose, seal
from firstbell.store.syncs import district_locked, district_of

#: The setting that a secret is kept as.
_SEALED = "sealed"


@dataclass(frozen=True, slots=True)
class SourceShown:
    """A source as it is shown."""

    kind: str
    #: What there is to say of it, by name; a secret is not among it.
    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ApiKept:
    """An API as it is kept."""

    settings: Mapping[str, str]
    #: The secret by which it knows us, sealed.
    sealed: str


def source_set(*, district: str, path: Path, who: str) -> SourceShown:
    """Lets a district's nightly syncs read a folder or archive, from its next night on.

    Args:
        district: its slug.
        path: need not be there yet.
        who: does it.

    Raises:
        NoSuchDistrict: There is none of that id.
    """
    return _set(district, SourceShown(SourceKind.FOLDER, {"path": str(path.absolute())}), who)


def source_set_upload(*, district: str, who: str) -> SourceShown:
    """Lets a district's people upload its files, which are synced then: it has no nightly sync.

    Args:
        district: its slug.
        who: does it.

    Raises:
        NoSuchDistrict: There is none of that id.
    """
    return _set(district, SourceShown(SourceKind.UPLOAD, {}), who)


def source_set_api(
    *, district: str, settings: Mapping[str, str], secret: str, who: str
) -> SourceShown:
    """Lets a district's nightly syncs read an API of OneRoster, from its next night on.

    Args:
        district: its slug.
        settings: as `sources.rest.settings.values_of` gives them; the vendor is the kind of source.
        secret: by which the API knows us; it is kept sealed.
        who: does it.

    Raises:
        NoSuchDistrict: There is none of that id.
    """
    return _set(district, SourceShown(SourceKind(settings["vendor"]), settings), who, secret)


def takes_uploads(district: int) -> bool:
    """Whether uploaded files are a district's source."""
    return Source.objects.filter(district_id=district, kind=SourceKind.UPLOAD).exists()


def delivery_of(district: District) -> Path | ApiKept:
    """Where a district's source puts its deliveries, or the API that is read for them.

    Raises:
        StoreError: It has none that can be read.
    """
    source = Source.objects.filter(district=district).first()
    if source is None:
        raise StoreError(
            f"district {district.slug} has no source yet; name the delivery with --from PATH"
        )
    if source.kind == SourceKind.UPLOAD:
        raise StoreError(
            f"the files of district {district.slug} are uploaded; name the delivery with --from PATH"
        )
    if source.kind == SourceKind.FOLDER:
        return Path(source.settings["path"])
    return ApiKept(_without_secret(source.settings), source.settings[_SEALED])


def _set(slug: str, shown: SourceShown, who: str, secret: str = "") -> SourceShown:
    sealed = {_SEALED: seal(secret, Purpose.SOURCES)} if secret else {}
    settings = {**shown.settings, **sealed}
    with transaction.atomic():
        found = district_locked(slug)
        Source.objects.update_or_create(
            district=found, defaults={"kind": shown.kind, "settings": settings}
        )
        found.nights_since = None if shown.kind == SourceKind.UPLOAD else timezone.now()
        found.save(update_fields=["nights_since"])
        details = {"kind": shown.kind, **shown.settings}
        AuditEntry.objects.create(district=found, who=who, what="source set", details=details)
    return shown


def source_shown(district: str) -> SourceShown:
    """The source of a district; raises StoreError when it has none."""
    found = Source.objects.filter(district=district_of(district)).first()
    if found is None:
        raise StoreError(
            f"district {district} has no source yet; firstbell source set {district} folder PATH"
        )
    return SourceShown(found.kind, _without_secret(found.settings))


def _without_secret(settings: Mapping[str, Any]) -> dict[str, str]:
    return {name: value for name, value in settings.items() if name != _SEALED}
