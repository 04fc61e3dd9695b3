"""Single records that somebody has asked an API for again."""

from django.db import models

from firstbell.store.models.columns import sourced_id
from firstbell.store.models.districts import District
from firstbell.store.models.syncs import Sync


class RecordOutcome(models.TextChoices):
    """What a record would come to in a sync, and why that is not known."""

    ACCEPTED = "accepted"
    FAILED = "failed"
    SKIPPED = "skipped"
    #: The API marks it as deleted.
    REMOVED = "removed"
    #: The API does not have it.
    GONE = "gone"
    #: The API does not answer, or the rest of the roster is not there to judge it by.
    UNKNOWN = "unknown"


class RecordCheck(models.Model):
    """A record that is asked for, from asked to answered; nothing of it is kept but what is wrong."""

    district = models.ForeignKey(District, models.CASCADE, related_name="+", db_index=False)
    #: The sync whose finding it is asked for.
    sync = models.ForeignKey(Sync, models.CASCADE, related_name="+", db_index=False)
    #: Of the feed.
    table = models.TextField()
    sourced_id = sourced_id()
    #: The kind of source that is asked.
    source = models.TextField()
    #: The person who asks, by name.
    who = models.TextField()
    asked_at = models.DateTimeField(auto_now_add=True)
    #: NULL: there is no answer yet.
    ended_at = models.DateTimeField(null=True)
    outcome = models.TextField(choices=RecordOutcome, null=True)
    #: Of OneRoster; NULL when it was not judged.
    version = models.TextField(null=True)
    #: Field, severity, code and message of each finding.
    said = models.JSONField(default=list)
    #: Why it is left out or not known, in a sentence without a full stop, and what to do about it.
    reason = models.TextField(default="")
    solution = models.TextField(default="")

    class Meta:
        db_table = "record_checks"
        indexes = (models.Index(fields=["district", "asked_at"], name="record_checks_by_age"),)
