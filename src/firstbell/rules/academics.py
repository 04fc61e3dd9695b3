"""What terms and courses must be. Nothing here keeps anyone out.

Source: docs/reference/what-a-sync-means.md, "What a sync means" §3 and §4.
"""

from firstbell.rules.example import Example
from firstbell.rules.rule import Effect, Owner, Rule

END_BEFORE_START = Rule(
    code="academicSessions.end_before_start",
    title="Term ends before it starts",
    field="endDate",
    effect=Effect.WARN,
    judges="every term with both dates",
    message="endDate is before startDate",
    owner=Owner.DISTRICT,
    people="Nobody is kept out; the term comes in without an end date.",
    solution="Correct the first and the last day of the term in your SIS.",
    example=Example(changed={"academicSessions": {"endDate": "2026-06-11"}}),
    broken_when='"endDate" < "startDate"',
    judged_when='"endDate" IS NOT NULL AND "startDate" IS NOT NULL',
    value='"cell_endDate"',
)

SESSION_PARENT_NOT_FOUND = Rule(
    code="academicSessions.parent_not_found",
    title="Parent of the term is not in the data",
    field="parentSourcedId",
    effect=Effect.WARN,
    judges="every term that names a parent",
    message="parentSourcedId not found in our system",
    owner=Owner.DISTRICT,
    people="Nobody is kept out; the term comes in without its parent.",
    solution="Share the year or semester that the term belongs to, or correct it in your SIS.",
    example=Example(changed={"academicSessions": {"parentSourcedId": "SY27"}}),
    broken_when='"parentSourcedId" IS NOT NULL AND "parent".stands IS NULL',
    judged_when='"parentSourcedId" IS NOT NULL',
    value='"parentSourcedId"',
)

ORG_NOT_FOUND = Rule(
    code="courses.org_not_found",
    title="Org of the course is not in the data",
    field="orgSourcedId",
    effect=Effect.WARN,
    judges="every course that names an org",
    message="orgSourcedId not found in our system",
    owner=Owner.DISTRICT,
    people="Nobody is kept out; the course comes in without its org.",
    solution="Share the school or district that the course belongs to, or correct it in your SIS.",
    example=Example(changed={"courses": {"orgSourcedId": "S9"}}),
    broken_when='"orgSourcedId" IS NOT NULL AND "org".stands IS NULL',
    judged_when='"orgSourcedId" IS NOT NULL',
    value='"orgSourcedId"',
)

RULES = (END_BEFORE_START, SESSION_PARENT_NOT_FOUND, ORG_NOT_FOUND)
