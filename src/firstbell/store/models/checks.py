"""Checks of deliveries: what a sync of them would come to. Nothing of them is applied."""

from django.db import models

from firstbell.store.models.districts import District
from firstbell.store.models.syncs import Sync, SyncStatus


class Check(models.Model):
    """One check for one district, from waiting to ended; it is no sync, and counts as none."""

    district = models.ForeignKey(District, models.CASCADE, related_name="+")
    #: The person who asked for it, by name.
    who = models.TextField()
    status = models.TextField(choices=SyncStatus, default=SyncStatus.QUEUED)
    queued_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    #: Path of the files; NULL: they are gone, or a sync has them, or they come from the source.
    delivery = models.TextField(null=True)
    #: It reads what the district's source delivers; the files of all others were uploaded.
    from_source = models.BooleanField(default=False)
    #: The source that it reads in place of the district's: one that is tried, and not saved. Its
    #: secret, which is sealed, goes when the check has ended. NULL: it reads no such source.
    tried = models.JSONField(null=True)
    #: Until when the files may still be synced; NULL: they may not.
    kept_until = models.DateTimeField(null=True)
    #: The sync that was asked for of the same files; NULL: none was.
    synced = models.ForeignKey(Sync, models.SET_NULL, null=True, related_name="+", db_index=False)
    #: The job that runs it.
    job = models.BigIntegerField(null=True)
    #: How often it was begun.
    attempts = models.IntegerField(default=0)
    #: What it came to, as in the row of a sync.
    reason = models.TextField(null=True)
    solution = models.TextField(null=True)
    as_of = models.DateField(null=True)
    version = models.TextField(null=True)
    tables = models.JSONField(null=True)
    findings = models.JSONField(null=True)
    codes = models.JSONField(null=True)
    causes = models.JSONField(null=True)
    changes = models.JSONField(null=True)
    reports = models.JSONField(null=True)
    #: Removals that a sync would hold back, none where it would refuse all; NULL: nothing is held.
    held = models.JSONField(null=True)

    class Meta:
        db_table = "checks"
        indexes = (
            models.Index(
                "district", name="unfinished_checks", condition=models.Q(completed_at=None)
            ),
        )
