"""What a rule is: a declaration that the engine, the reports, the portal and the docs all read.

Source: docs/reference/what-a-sync-means.md, "What a sync means" §3 and §4.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum

from firstbell.oneroster.dictionary import OPTIONAL_TABLES, Version
from firstbell.rules.example import Example

#: Both versions of the standard: most rules hold in both.
BOTH_VERSIONS = frozenset(Version)


class Effect(Enum):
    """What a broken rule does to its record (What a sync means §3)."""

    #: Fails before all else and alone; in academicSessions and courses the record is left out.
    IDENTITY = "identity"
    #: Leaves the record out of the sync, without a finding.
    SKIP = "skip"
    #: Fails alone, and what hangs on the record is skipped.
    SHUT_OUT = "shut_out"
    #: Fails the record.
    FAIL = "fail"
    #: Says something; the record comes in.
    WARN = "warn"


class Owner(StrEnum):
    """Who must act when a rule is broken (What a sync means §4)."""

    #: The person who edits the data in the SIS.
    DISTRICT = "district"
    #: The person who decides what the roster server shares.
    SHARING = "sharing"
    #: The onboarding specialist at the vendor.
    SPECIALIST = "specialist"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rule:
    """One rule on the records of one table, with everything that is ever said about it.

    `broken_when`, `judged_when` and `value` are DuckDB expressions over one row a record, to be
    put in brackets where they are joined with others. NULL breaks nothing.
    """

    #: Stable name: the table and the defect, `users.email_required`.
    code: str
    #: The defect in plain words.
    title: str
    #: What the report's Field column says.
    field: str
    effect: Effect
    #: Whom the rule judges, in plain words.
    judges: str
    #: Exact text of the report, without a full stop; `{product}` and the like are filled in later.
    message: str
    owner: Owner
    #: What it means for people, in one sentence.
    people: str
    #: What to do, in the words of the person who edits the SIS.
    solution: str
    #: A change of the smallest district that breaks this rule.
    example: Example
    #: When a record breaks the rule; None when the reader finds it, or the engine for a whole file.
    broken_when: str | None
    #: Which records the rule judges: the whole that "90 % of them break it" is measured against.
    judged_when: str = "TRUE"
    #: The offending value.
    value: str = "NULL"
    #: The parent whose failure the finding follows from (`user`; `orgs`: a user's list of orgs).
    follows: str = ""
    #: Judged last, and only on accepted records.
    among_accepted: bool = False
    #: Versions of the standard in which the rule holds.
    versions: frozenset[Version] = BOTH_VERSIONS

    @property
    def table(self) -> str:
        """The table whose records the rule judges; `feed` for rules on the delivery."""
        return self.code.split(".")[0]

    @property
    def severity(self) -> str:
        """`failure` or `warning`; empty for a rule that leaves records out without a finding."""
        if self.effect is Effect.SKIP:
            return ""
        if self.effect is Effect.WARN:
            return "warning"
        lenient = self.effect is Effect.IDENTITY and self.table in OPTIONAL_TABLES
        return "warning" if lenient else "failure"
