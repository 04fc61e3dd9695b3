"""What there is to tell of a sync, and who still wants to be told."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from firstbell.jobs.letter import Matter
from firstbell.jobs.night import night_for
from firstbell.jobs.readiness import is_stale
from firstbell.oneroster.dictionary import Version
from firstbell.reports.kinds import Kind, kinds_of
from firstbell.reports.order import kept
from firstbell.store.artefacts import folder_of
from firstbell.store.models import About, HoldDecision, MailChoice, Sync, SyncStatus, Trigger
from firstbell.store.schedules import schedule_of

_APPLIED = (SyncStatus.COMPLETED, SyncStatus.WITH_ERRORS)
#: How many kinds of causes are told.
_MOST_KINDS = 3


def audience(sync: Sync, about: About) -> tuple[MailChoice, ...]:
    """What people have to have chosen to be told; none when it is no news any more.

    Args:
        sync: with its district.
        about: what is told of it.
    """
    if about == About.STALE:
        return tuple(MailChoice) if _is_stale(sync) else ()
    if about == About.LATE:
        is_late = sync.completed_at is None and not _is_outdated(sync)
        return tuple(MailChoice) if is_late else ()
    if sync.status == SyncStatus.FAILED:
        is_decided = sync.hold_decision not in (None, HoldDecision.OPEN)
        return () if is_decided or _is_outdated(sync) else tuple(MailChoice)
    if sync.completed_at is None:
        return ()
    if sync.hold_decision == HoldDecision.OPEN:
        return tuple(MailChoice)
    return (MailChoice.EVERY, MailChoice.CHANGES) if _new(sync) else (MailChoice.EVERY,)


def matter_of(sync: Sync, about: About) -> Matter:
    """What there is to tell of a sync, without a name or an id of anybody.

    Args:
        sync: with its district, and the sync that was applied to that last.
        about: what is told of it.
    """
    district, applied = sync.district, sync.district.applied_sync
    night = (
        None if sync.night is None else night_for(schedule_of(district), sync.night, district.pk)
    )
    is_held = about == About.ENDED and sync.hold_decision == HoldDecision.OPEN
    return Matter(
        about=about,
        district=district.name,
        zone=ZoneInfo(district.timezone),
        status=SyncStatus(sync.status),
        nightly=night is not None,
        reason=_reason(sync),
        solution=sync.solution,
        held=sync.held if is_held and not sync.is_review else None,
        failures=(sync.findings or {}).get("failure", 0),
        causes=None if sync.causes is None else sync.causes.get("total"),
        new=_new(sync),
        kinds=_kinds(sync),
        ended_at=sync.completed_at,
        applied_at=applied.completed_at if applied else None,
        now=timezone.now(),
        ready_by=night.ready_by if night else None,
        page=_page(sync, about, is_held=is_held),
        choice=settings.FIRSTBELL_URL + reverse("account"),
        product=settings.FIRSTBELL_PRODUCT,
    )


def _reason(sync: Sync) -> str | None:
    """Why it failed; how people called the archive that they uploaded may be somebody's name."""
    if sync.reason is None or sync.trigger != Trigger.UPLOAD or sync.delivery is None:
        return sync.reason
    archive = Path(sync.delivery)
    is_named = archive.suffix.lower() == ".zip"
    return sync.reason.replace(archive.name, "roster.zip") if is_named else sync.reason


def _is_stale(sync: Sync) -> bool:
    now: datetime = timezone.now()
    district = sync.district
    return district.applied_sync_id == sync.pk and is_stale(
        sync.completed_at, schedule_of(district), now
    )


def _is_outdated(sync: Sync) -> bool:
    """Whether a newer sync was applied."""
    applied = sync.district.applied_sync_id
    return applied is not None and applied > sync.pk


def _new(sync: Sync) -> int:
    """How many causes were not there before; of the first sync that was applied, all of them."""
    causes = sync.causes or {}
    before = Sync.objects.filter(district=sync.district_id, pk__lt=sync.pk, status__in=_APPLIED)
    number: int = causes.get("new", 0) or (0 if before.exists() else causes.get("total", 0))
    return number


def _kinds(sync: Sync) -> tuple[Kind, ...]:
    computed = kept(folder_of(sync))
    if computed is None:
        return ()
    shown = computed.causes.shown
    return tuple(kinds_of(shown, Version(sync.version or Version.V1_1))[:_MOST_KINDS])


def _page(sync: Sync, about: About, *, is_held: bool) -> str:
    slug = sync.district.slug
    if about == About.STALE:
        path = reverse("sync_reports", args=[slug])
    else:
        path = reverse("hold" if is_held else "sync", args=[slug, sync.pk])
    return f"{settings.FIRSTBELL_URL}{path}"
