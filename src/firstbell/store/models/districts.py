"""Districts, and what their specialists have decided."""

from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.db import models

from firstbell.store.models.columns import sourced_id


class District(models.Model):
    """A school district. Its row is what all who change its roster lock first."""

    #: The id that people and commands name it by.
    slug = models.TextField(unique=True)
    name = models.TextField()
    #: Name of the IANA database; the as-of date of a sync is the day there.
    timezone = models.TextField()
    #: Every school counts as onboarded, but for those marked never.
    onboard_all = models.BooleanField(default=False)
    #: Raised by whatever changes the roster, the onboarding, the limits or a hold.
    version = models.BigIntegerField(default=0)
    #: The last sync whose delivery could be read: a change file is merged onto its feed.
    last_feed = models.ForeignKey(
        "Sync", models.SET_NULL, null=True, related_name="+", db_index=False
    )
    #: The last sync that was applied.
    applied_sync = models.ForeignKey(
        "Sync", models.SET_NULL, null=True, related_name="+", db_index=False
    )
    #: The source that the roster as applied was read from, as in `Sync`; NULL: none that is known.
    read_from = models.JSONField(null=True)
    #: Tables that need a full export since a change file was lost, as of the last feed; what was
    #: not read after it is told by `store.unread`.
    lost_changes = ArrayField(models.TextField(), default=list)
    #: Limits of the guard that differ from the defaults, by name.
    limits = models.JSONField(default=dict)
    #: Its night: when its sync may start, and when the roster must be ready; times of day there.
    starts_from = models.TimeField(default=time(1))
    starts_until = models.TimeField(default=time(4))
    ready_by = models.TimeField(default=time(6))
    #: No nightly sync is started, until it is resumed.
    paused = models.BooleanField(default=False)
    #: The first day with a nightly sync again; NULL: it is resumed by hand.
    paused_until = models.DateField(null=True)
    #: When it was resumed by hand last; NULL: never.
    resumed_at = models.DateTimeField(null=True)
    #: Days without a nightly sync.
    blackout = ArrayField(models.DateField(), default=list)
    #: Nights that began earlier are not caught up with; NULL: there is no source yet.
    nights_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "districts"

    def __str__(self) -> str:
        return self.slug


class SchoolState(models.TextChoices):
    """What a specialist decided for a school; without a row it is not onboarded."""

    ONBOARDED = "onboarded"
    #: Left out without an error, also in a district that onboards all.
    NEVER = "never"


class School(models.Model):
    """A decision on one school, which no feed needs to have named yet."""

    pk = models.CompositePrimaryKey("district_id", "sourced_id")
    district = models.ForeignKey(District, models.CASCADE, related_name="+", db_index=False)
    sourced_id = sourced_id()
    state = models.TextField(choices=SchoolState)

    class Meta:
        db_table = "schools"


#: The kind of source whose deliveries people upload, each to be synced then; all others are read each
#: night. What kinds there are is known to `firstbell.sources`.
UPLOAD = "upload"


class Source(models.Model):
    """Where a district's deliveries come from."""

    district = models.OneToOneField(District, models.CASCADE, primary_key=True, related_name="+")
    kind = models.TextField()
    settings = models.JSONField(default=dict)

    class Meta:
        db_table = "sources"
