"""What is kept in PostgreSQL: districts and their decisions, the roster, and what syncs did.

Columns have the standard's names in snake_case. Rows are written by `store.actions`, `store.apply`
and the queue only, and read through `store.queries`.
"""

from firstbell.store.models.checks import Check
from firstbell.store.models.console import FeedSchool, SchoolRequest, Standing
from firstbell.store.models.districts import UPLOAD, District, School, SchoolState, Source
from firstbell.store.models.people import (
    Identity,
    Invitation,
    MailChoice,
    Membership,
    MembershipRole,
    Opening,
    Person,
    Theme,
)
from firstbell.store.models.record_checks import RecordCheck, RecordOutcome
from firstbell.store.models.roster import (
    AcademicSession,
    Class,
    Course,
    Enrollment,
    Org,
    User,
)
from firstbell.store.models.syncs import (
    About,
    AuditEntry,
    Change,
    ChangeKind,
    HoldDecision,
    Mail,
    News,
    Problem,
    Sync,
    SyncStatus,
    Trigger,
    UnreadDelivery,
)

__all__ = [
    "UPLOAD",
    "About",
    "AcademicSession",
    "AuditEntry",
    "Change",
    "ChangeKind",
    "Check",
    "Class",
    "Course",
    "District",
    "Enrollment",
    "FeedSchool",
    "HoldDecision",
    "Identity",
    "Invitation",
    "Mail",
    "MailChoice",
    "Membership",
    "MembershipRole",
    "News",
    "Opening",
    "Org",
    "Person",
    "Problem",
    "RecordCheck",
    "RecordOutcome",
    "School",
    "SchoolRequest",
    "SchoolState",
    "Source",
    "Standing",
    "Sync",
    "SyncStatus",
    "Theme",
    "Trigger",
    "UnreadDelivery",
    "User",
]
