"""What specialists work with: how districts stand, the schools of their feeds, and who asks for one."""

from django.db import models

from firstbell.store.models.columns import sourced_id
from firstbell.store.models.districts import District, SchoolState
from firstbell.store.models.syncs import SyncStatus


class Standing(models.Model):
    """How a district stands; the database writes it with each sync that ends, see migration 0013."""

    district = models.OneToOneField(District, models.CASCADE, primary_key=True, related_name="+")
    #: Of the sync that ended last.
    status = models.TextField(choices=SyncStatus)
    ended_sync = models.BigIntegerField()
    ended_at = models.DateTimeField()
    reason = models.TextField(null=True)
    #: Of the one that was applied last; NULL: none ever was, or it is not known any more.
    applied_status = models.TextField(choices=SyncStatus, null=True)
    applied_sync = models.BigIntegerField(null=True)
    applied_at = models.DateTimeField(null=True)
    failures = models.BigIntegerField(null=True)
    #: Failures of the one that was applied before it.
    failures_before = models.BigIntegerField(null=True)
    causes = models.IntegerField(null=True)
    new_causes = models.IntegerField(null=True)
    #: The sync on which somebody has to decide, and how many removals it held; NULL: none.
    held_sync = models.BigIntegerField(null=True)
    held = models.BigIntegerField(null=True)
    #: Of the days of the last two weeks on which a sync ended: the day there, and the failures of
    #: its last sync, null when that failed.
    nights = models.JSONField(default=list)

    class Meta:
        db_table = "standings"


class FeedSchool(models.Model):
    """A school of the last feed, whatever was decided for it, and what the feed has of it."""

    pk = models.CompositePrimaryKey("district_id", "sourced_id")
    district = models.ForeignKey(District, models.CASCADE, related_name="+", db_index=False)
    sourced_id = sourced_id()
    name = models.TextField()
    #: When the feed first had it, since when it has had it ever since.
    first_seen = models.DateTimeField()
    students = models.IntegerField()
    staff = models.IntegerField()
    classes = models.IntegerField()
    enrollments = models.IntegerField()

    class Meta:
        db_table = "feed_schools"


class SchoolRequest(models.Model):
    """That a district asks for a school, until somebody of the vendor decides."""

    district = models.ForeignKey(District, models.CASCADE, related_name="+", db_index=False)
    sourced_id = sourced_id()
    who = models.TextField()
    asked_at = models.DateTimeField(auto_now_add=True)
    #: What would come in and fail, by table of the feed; NULL: it is not known yet.
    brings = models.JSONField(null=True)
    #: NULL: it is open.
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(choices=SchoolState, null=True)
    answered_by = models.TextField(null=True)

    class Meta:
        db_table = "school_requests"
        constraints = (
            models.UniqueConstraint(
                fields=["district", "sourced_id"],
                condition=models.Q(answered_at=None),
                name="open_school_requests",
            ),
        )
