"""What is kept for a time only, and what becomes of it then."""

import shutil
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, QuerySet

from firstbell.store.artefacts import folder_of, folder_of_check
from firstbell.store.columns import ROSTER_TABLES
from firstbell.store.models import Change, Check, District, Problem, RecordCheck, Sync

#: Folders of a sync that a later one may start from; the others are what was said.
_FEED = "feed"
#: Folders that are of no use once the sync has ended.
_PASSING = ("changes", "applied")
#: How long a delivery may lie about that no sync is to read.
_LYING = timedelta(days=1)


def uploads_folder() -> Path:
    """Where deliveries are put that people hand over; each is ours, and goes with its sync."""
    return Path(settings.FIRSTBELL_STORAGE) / "uploads"


def forget_delivery(sync: Sync) -> None:
    """Removes the delivery of a sync if it has ended, and the delivery is ours and no source’s."""
    sync.refresh_from_db(fields=["completed_at", "delivery"])
    if sync.completed_at is None or sync.delivery is None:
        return
    remove_upload(Path(sync.delivery))


def remove_upload(delivery: Path) -> None:
    """Removes a delivery if it is one that people handed over, and nothing else."""
    if upload := _upload_of(delivery):
        _remove(upload)


def forget_uploads(now: datetime) -> None:
    """Removes deliveries of ours that nobody is to read any more, such as after a crash."""
    if not uploads_folder().exists():
        return
    Check.objects.filter(kept_until__lte=now).update(delivery=None)
    waiting = Sync.objects.filter(completed_at=None, delivery__isnull=False)
    checked = Check.objects.filter(delivery__isnull=False)
    paths = waiting.values_list("delivery").union(checked.values_list("delivery"))
    needed = {_upload_of(Path(path)) for (path,) in paths if path}
    for delivery in uploads_folder().resolve().iterdir():
        with suppress(FileNotFoundError):
            if delivery not in needed and delivery.stat().st_mtime < (now - _LYING).timestamp():
                _remove(delivery)


def forget_checks(before: datetime) -> None:
    """Removes checks that ended earlier, with what came of them."""
    for check in Check.objects.filter(completed_at__lt=before):
        shutil.rmtree(folder_of_check(check).parent, ignore_errors=True)
        check.delete()


def forget_record_checks(before: datetime) -> None:
    """Removes what was said of single records that were asked for earlier."""
    RecordCheck.objects.filter(asked_at__lt=before).delete()


def forget_feeds(before: datetime) -> None:
    """Removes what was read by syncs that ended earlier, but for the last feed of each district."""
    last = set(District.objects.values_list("last_feed", flat=True))
    for sync in _ended(before):
        for name in (_FEED, *_PASSING) if sync.pk not in last else _PASSING:
            shutil.rmtree(folder_of(sync) / name, ignore_errors=True)


def forget_findings(before: datetime) -> None:
    """Removes what came of syncs that ended earlier: files, counts, changes, resolved problems.

    That there was a sync, when it was and how it ended is kept; so is the last feed of a district.
    """
    last = set(District.objects.values_list("last_feed", flat=True))
    for sync in _ended(before):
        if sync.pk not in last:
            shutil.rmtree(folder_of(sync).parent, ignore_errors=True)
        elif folder_of(sync).exists():
            for entry in folder_of(sync).iterdir():
                if entry.name != _FEED:
                    _remove(entry)
        with transaction.atomic():
            Change.objects.filter(sync=sync).delete()
            Problem.objects.filter(resolved_sync=sync).delete()
            Sync.objects.filter(pk=sync.pk).update(
                **dict.fromkeys(
                    (
                        "tables",
                        "findings",
                        "codes",
                        "causes",
                        "changes",
                        "reports",
                        "policy",
                        "held",
                        "delivered",
                    )
                )
            )


def erase_deactivated(before: datetime) -> None:
    """Erases the objects that were deactivated earlier; a sync under way computes anew."""
    with connection.cursor() as cursor:
        either = " UNION ".join(
            f"SELECT district_id FROM {table} WHERE deactivated_at < %(before)s"
            for table in ROSTER_TABLES.values()
        )
        cursor.execute(either, {"before": before})
        districts = [district for (district,) in cursor.fetchall()]
    for district in districts:
        _erase(district, before)


def _ended(before: datetime) -> QuerySet[Sync]:
    """Syncs that ended earlier, of which more than that is kept."""
    ended = Sync.objects.filter(completed_at__lt=before, tables__isnull=False)
    return ended.only("pk", "district_id", "attempts")


def _erase(district: int, before: datetime) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        District.objects.select_for_update().get(pk=district)
        for table in ROSTER_TABLES.values():
            cursor.execute(
                f"DELETE FROM {table} WHERE district_id = %s AND deactivated_at < %s",
                [district, before],
            )
        District.objects.filter(pk=district).update(version=F("version") + 1)


def _upload_of(delivery: Path) -> Path | None:
    """The entry of our folder that a delivery is or is in; None when it is not ours."""
    uploads, inside = uploads_folder().resolve(), delivery.resolve()
    if uploads not in inside.parents:
        return None
    return uploads / inside.relative_to(uploads).parts[0]


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
