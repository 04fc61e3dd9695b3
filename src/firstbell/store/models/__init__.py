"""What is kept in PostgreSQL: districts and their decisions, the roster, and what syncs did.

Columns have the standard's names in snake_case. Rows are written by `store.actions`, `store.apply`
and the queue only, and read through `store.queries`.
"""

from firstbell.store.models.districts import District, School, SchoolState, Source
from firstbell.store.models.people import (
    MailChoice,
    Membership,
    MembershipRole,
    Opening,
    Person,
    Theme,
)
from firstbell.store.models.roster import (
    AcademicSession,
    Class,
    Course,
    Enrollment,
    Org,
    User,
)
from firstbell.store.models.syncs import (
    AuditEntry,
    Change,
    ChangeKind,
    HoldDecision,
    Mail,
    Problem,
    Sync,
    SyncStatus,
    Trigger,
    UnreadDelivery,
)

__all__ = [
    "AcademicSession",
    "AuditEntry",
    "Change",
    "ChangeKind",
    "Class",
    "Course",
    "District",
    "Enrollment",
    "HoldDecision",
    "Mail",
    "MailChoice",
    "Membership",
    "MembershipRole",
    "Opening",
    "Org",
    "Person",
    "Problem",
    "School",
    "SchoolState",
    "Source",
    "Sync",
    "SyncStatus",
    "Theme",
    "Trigger",
    "UnreadDelivery",
    "User",
]
