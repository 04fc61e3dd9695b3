"""Where the deliveries of a district come from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from firstbell.store.errors import StoreError
from firstbell.store.models import UPLOAD, AuditEntry, District, Source
from firstbell.store.sealed import Purpose, seal
from firstbell.store.syncs import district_locked

#: The setting that a secret is kept as.
_SEALED = "sealed"


@dataclass(frozen=True, slots=True)
class SourceKept:
    """A source as it is kept; what kinds there are is known to `firstbell.sources`."""

    kind: str
    #: What there is to say of it, by name; a secret is not among it.
    settings: Mapping[str, str]
    #: Its secret, sealed; empty: it has none.
    sealed: str = field(default="", repr=False)

    @property
    def said(self) -> dict[str, str]:
        """All of it but its secret, for the audit log and to know it again."""
        return {"kind": self.kind, **self.settings}

    @property
    def row(self) -> dict[str, str]:
        """Its settings as they stand in the database."""
        return {**self.settings, **({_SEALED: self.sealed} if self.sealed else {})}


def kept_of(kind: str, row: Mapping[str, Any]) -> SourceKept:
    """A source from what stands in the database."""
    settings = {name: value for name, value in row.items() if name != _SEALED}
    return SourceKept(kind, settings, row.get(_SEALED, ""))


def source_set(
    *, district: str, kind: str, settings: Mapping[str, str], secret: str = "", who: str
) -> None:
    """Lets a district's nightly syncs read a source, from its next night on; uploads have no nights.

    Args:
        district: its slug.
        kind: of what kind the source is.
        settings: what there is to say of it, as `sources.kind.values_of` gives it.
        secret: by which it knows us; it is kept sealed. Empty: it needs none.
        who: does it.

    Raises:
        NoSuchDistrict: There is none of that id.
    """
    sealed = seal(secret, Purpose.SOURCES) if secret else ""
    kept = SourceKept(kind, settings, sealed)
    with transaction.atomic():
        found = district_locked(district)
        before = Source.objects.filter(district=found).first()
        Source.objects.update_or_create(
            district=found, defaults={"kind": kept.kind, "settings": kept.row}
        )
        found.nights_since = None if kept.kind == UPLOAD else timezone.now()
        found.save(update_fields=["nights_since"])
        audit_source(found.pk, kept, kept_of(before.kind, before.settings) if before else None, who)


def audit_source(district: int, kept: SourceKept, before: SourceKept | None, who: str) -> None:
    """Records that a district has another source; no secret is in it."""
    was = {"before": before.said} if before else {}
    AuditEntry.objects.create(
        district_id=district, who=who, what="source set", details={**kept.said, **was}
    )


def source_of(district: District) -> SourceKept:
    """The source of a district; raises StoreError when it has none."""
    found = Source.objects.filter(district=district).first()
    if found is None:
        raise StoreError(
            f"district {district.slug} has no source yet; firstbell source set {district.slug} folder"
            " PATH, or name the delivery with --from PATH"
        )
    return kept_of(found.kind, found.settings)


def takes_uploads(district: int) -> bool:
    """Whether uploaded files are a district's source."""
    return Source.objects.filter(district_id=district, kind=UPLOAD).exists()
