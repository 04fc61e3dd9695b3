"""Syncs, what they did, what is in trouble, and who did what."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from firstbell.store.models.columns import sourced_id
from firstbell.store.models.districts import District
from firstbell.store.models.people import Person


class Trigger(models.TextChoices):
    """What a sync was started by."""

    NIGHTLY = "nightly"
    NOW = "now"
    UPLOAD = "upload"
    SCHOOL_ONBOARDED = "school onboarded"
    HOLD_APPLIED = "hold applied"
    RETRIED = "retried"


class SyncStatus(models.TextChoices):
    """Where a sync is, and how it ended. What a sync means §9."""

    QUEUED = "Queued"
    RUNNING = "Running"
    COMPLETED = "Completed"
    WITH_ERRORS = "Completed with Errors"
    FAILED = "Failed"


class HoldDecision(models.TextChoices):
    """What became of what the guard held back. What a sync means §6."""

    OPEN = "open"
    DISMISSED = "dismissed"
    APPLIED = "applied"
    #: The next sync judged afresh before anybody decided.
    ENDED = "ended"


class Sync(models.Model):
    """One run for one district, from waiting to ended."""

    district = models.ForeignKey(District, models.CASCADE, related_name="+", db_index=False)
    trigger = models.TextField(choices=Trigger)
    status = models.TextField(choices=SyncStatus, default=SyncStatus.QUEUED)
    queued_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    #: When processing ended, of failed syncs too.
    completed_at = models.DateTimeField(null=True)
    #: The day whose first bell it is for; NULL: it is no nightly one.
    night = models.DateField(null=True)
    #: Path of the delivery; NULL: what the source delivers, and none when a hold is applied.
    delivery = models.TextField(null=True)
    #: The source that it reads, without its secret; NULL: a person has named the delivery.
    read_from = models.JSONField(null=True)
    #: What it took to fetch it, by part, see `sources.source.Fetched`; NULL: it was there.
    fetched = models.JSONField(null=True)
    #: A specialist looks at it before it is applied, whatever its numbers: its source has changed.
    is_review = models.BooleanField(default=False)
    #: The job that runs it; NULL: a command does.
    job = models.BigIntegerField(null=True)
    #: What is being done while it runs, see `reports.order.Step`; NULL: it does not run.
    step = models.TextField(null=True)
    #: How often it was begun.
    attempts = models.IntegerField(default=0)
    #: Why it failed, in one plain sentence.
    reason = models.TextField(null=True)
    #: What to do about it, in plain sentences; NULL: nothing is known beside the reason.
    solution = models.TextField(null=True)
    #: What each file of a delivery that could not be read brought, see `feed.delivered`.
    delivered = models.JSONField(null=True)
    #: It failed for a reason that may pass by itself.
    may_pass = models.BooleanField(default=False)
    #: The day of the sync in the district's time zone.
    as_of = models.DateField(null=True)
    #: Of OneRoster.
    version = models.TextField(null=True)
    engine_version = models.TextField(null=True)
    policy = models.JSONField(null=True)
    #: Records by table and outcome, as in summary.json; so are the next two.
    tables = models.JSONField(null=True)
    findings = models.JSONField(null=True)
    codes = models.JSONField(null=True)
    #: Digest of the problems that it left open; empty when it was not applied.
    problems = models.TextField(default="")
    #: How many causes there were to fix, `total`, and how many of them were `new`.
    causes = models.JSONField(null=True)
    #: Active objects after it, by table of the feed.
    roster = models.JSONField(null=True)
    #: Objects created, updated, deactivated and reactivated, by table.
    changes = models.JSONField(null=True)
    #: File names of the reports.
    reports = models.JSONField(null=True)
    #: What the guard held back; NULL: nothing.
    held = models.JSONField(null=True)
    #: NULL: the guard held nothing back.
    hold_decision = models.TextField(choices=HoldDecision, null=True)
    hold_decided_at = models.DateTimeField(null=True)
    hold_decided_by = models.TextField(null=True)
    hold_reason = models.TextField(null=True)
    #: Of the delivery's files.
    digest = models.TextField(null=True)
    #: The next day on which the same files may come to something else.
    same_until = models.DateField(null=True)
    #: The sync whose feed this one runs from, when a hold is applied.
    from_feed_of = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="+", db_index=False
    )

    class Meta:
        db_table = "syncs"
        indexes = (
            models.Index("night", name="nightly_syncs", condition=models.Q(night__isnull=False)),
            models.Index(
                "district",
                name="unfinished_syncs",
                condition=models.Q(completed_at=None),
            ),
            # Pages ask for some of the newest of a district, among years of them.
            models.Index(fields=["district", "-completed_at"], name="syncs_by_end"),
            models.Index(fields=["district", "-id"], name="syncs_by_number"),
        )


class UnreadDelivery(models.Model):
    """A delivery that was to be read and was not; see `store.unread`."""

    district = models.ForeignKey(
        District, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    #: The attempt at a sync that was to read it; syncs may be gone before it.
    sync_id = models.BigIntegerField()
    attempt = models.IntegerField()
    #: For whose first bell it came.
    day = models.DateField()
    #: Of its files; NULL: not known, or it was not whole.
    digest = models.TextField(null=True)
    #: Those that it may have changes (delta) of.
    tables = ArrayField(models.TextField())

    class Meta:
        db_table = "unread_deliveries"


class About(models.TextChoices):
    """What there is to tell of a sync."""

    #: How it ended.
    ENDED = "ended"
    #: The roster was to be ready, and the sync has not ended.
    LATE = "late"
    #: It was applied last, and that is too long ago.
    STALE = "stale"


class News(models.Model):
    """That people are told something of a sync; its key keeps it from being queued twice."""

    pk = models.CompositePrimaryKey("sync_id", "about")
    # Without a constraint, as for mails.
    sync = models.ForeignKey(
        Sync, models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    about = models.TextField(choices=About)
    queued_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "news"


class Mail(models.Model):
    """That a person was told something of a sync; its key keeps them from being told twice."""

    pk = models.CompositePrimaryKey("sync_id", "person_id", "about")
    # Without a constraint: who sends a mail would lock the sync, which may just be applied.
    sync = models.ForeignKey(
        Sync, models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    about = models.TextField(choices=About, default=About.ENDED)
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "mails"


class ChangeKind(models.TextChoices):
    """What a sync did to an object that was there before."""

    UPDATED = "updated"
    DEACTIVATED = "deactivated"
    REACTIVATED = "reactivated"


class Change(models.Model):
    """What a sync did to one object; its key keeps it from being recorded twice.

    A creation is told by the object's own `created_by`.
    """

    pk = models.CompositePrimaryKey("sync_id", "table", "sourced_id")
    district = models.ForeignKey(
        District, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    sync = models.ForeignKey(
        Sync, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    #: The SQL name of the object's table.
    table = models.TextField()
    sourced_id = sourced_id()
    kind = models.TextField(choices=ChangeKind)
    #: The fields that changed, with their values before; NULL when none did.
    before = models.JSONField(null=True)

    class Meta:
        db_table = "changes"


class Problem(models.Model):
    """One trouble of a record, from the sync that found it first to the one that no longer did."""

    district = models.ForeignKey(
        District, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    #: The SQL name of the record's table.
    table = models.TextField()
    #: Empty when the record has none.
    sourced_id = sourced_id()
    field = models.TextField()
    code = models.TextField()
    #: The finding that it follows from, as in findings.csv; empty when it is its own cause.
    cause = models.TextField(db_collation="C")
    first_sync = models.ForeignKey(
        Sync, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    #: NULL: it is still open.
    resolved_sync = models.ForeignKey(
        Sync, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )

    class Meta:
        db_table = "problems"
        indexes = (
            models.Index("district", name="open_problems", condition=models.Q(resolved_sync=None)),
        )


class AuditEntry(models.Model):
    """Who did what. It can be read and added to, and nothing else."""

    #: NULL: it concerns no single district.
    district = models.ForeignKey(District, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    who = models.TextField()
    what = models.TextField()
    details = models.JSONField(default=dict)

    class Meta:
        db_table = "audit_entries"
