"""What an enrollment must be: of a user who comes in, in a class that comes in.

Source: docs/reference/what-a-sync-means.md, "What a sync means" §3 and §4.
"""

from firstbell.oneroster.dictionary import Version
from firstbell.rules.example import MANIFEST_OF_API, Example, rows
from firstbell.rules.rule import Effect, Owner, Rule
from firstbell.rules.sql import cell, not_found
from firstbell.rules.words import RECORDS

_EVERY = RECORDS["enrollments"].every
_KEPT_OUT = RECORDS["enrollments"].kept_out

#: An API has told no class of that id.
_NOT_SHARED = 'from_api AND "classSourcedId" IS NOT NULL AND "class".stands IS NULL'

_AGAIN = rows("""
    sourcedId,classSourcedId,schoolSourcedId,userSourcedId,role
    E3,C1,S1,P1,student
""")

ENDED = Rule(
    code="enrollments.ended",
    title="Enrollment has ended",
    field="endDate",
    effect=Effect.SKIP,
    judges="every enrollment with an end date",
    message="enrollment has ended",
    owner=Owner.DISTRICT,
    people="The user is no longer in the class.",
    solution="Nothing, unless the user is still in the class: then correct the end date in your "
    "SIS.",
    example=Example(changed={"enrollments": {"endDate": "2026-10-30"}}),
    broken_when='"endDate" < as_of',
    judged_when='"endDate" IS NOT NULL',
    value=cell("endDate"),
)

ROLE_OUT_OF_SCOPE = Rule(
    code="enrollments.role_out_of_scope",
    title="Role of the enrollment is not taken in",
    field="role",
    effect=Effect.SKIP,
    judges="every enrollment with a role",
    message="role is an extension of the standard",
    owner=Owner.DISTRICT,
    people="The user is not put into the class.",
    solution="Nothing, unless the user is a student or teacher of the class: then correct the role "
    "in your SIS.",
    example=Example(changed={"enrollments": {"role": "ext:observer"}}, version=Version.V1_2),
    broken_when="CASE WHEN contains(\"role\", ':') THEN starts_with(lower(\"role\"), 'ext:') END",
    judged_when='"role" IS NOT NULL',
    value=cell("role"),
    versions=frozenset({Version.V1_2}),
)

CLASS_NOT_FOUND = Rule(
    code="enrollments.class_not_found",
    title="Class of the enrollment does not come in",
    field="classSourcedId",
    effect=Effect.FAIL,
    judges=f"{_EVERY} that names a class",
    message="classSourcedId not found in our system",
    owner=Owner.DISTRICT,
    people=_KEPT_OUT,
    solution="Correct what keeps the class out; if the class is not in the data at all, share it "
    "or correct the class id in your SIS.",
    example=Example(changed={"enrollments": {"classSourcedId": "C9"}}),
    broken_when=f"NOT ({_NOT_SHARED}) AND {not_found('class', 'classSourcedId')}",
    judged_when='"classSourcedId" IS NOT NULL',
    value='"classSourcedId"',
    follows="class",
)

CLASS_NOT_SHARED = Rule(
    code="enrollments.class_not_shared",
    title="Class of the enrollment is not shared",
    field="classSourcedId",
    effect=Effect.FAIL,
    judges=f"{_EVERY} that names a class, read from an API",
    message="classSourcedId not found in our system",
    owner=Owner.SHARING,
    people="The users are not in these classes here; whoever is in other classes is in those.",
    solution="Nothing where the term of the class is over or has not begun: a roster server shares "
    "the classes of current terms only. Share the class if it meets now.",
    example=Example(
        changed={"enrollments": {"classSourcedId": "C9"}}, text={"manifest": MANIFEST_OF_API}
    ),
    broken_when=_NOT_SHARED,
    judged_when='"classSourcedId" IS NOT NULL',
    value='"classSourcedId"',
    follows="class",
)

SCHOOL_NOT_FOUND = Rule(
    code="enrollments.school_not_found",
    title="School of the enrollment does not come in",
    field="schoolSourcedId",
    effect=Effect.FAIL,
    judges=f"{_EVERY} that names a school",
    message="schoolSourcedId not found in our system",
    owner=Owner.SHARING,
    people=_KEPT_OUT,
    solution="Share the school with us, or correct the school of the enrollment in your SIS.",
    example=Example(changed={"enrollments": {"schoolSourcedId": "S9"}}),
    broken_when=not_found("school", "schoolSourcedId"),
    judged_when='"schoolSourcedId" IS NOT NULL',
    value='"schoolSourcedId"',
    follows="school",
)

USER_NOT_FOUND = Rule(
    code="enrollments.user_not_found",
    title="User of the enrollment does not come in",
    field="userSourcedId",
    effect=Effect.FAIL,
    judges=f"{_EVERY} that names a user",
    message="userSourcedId not found in our system",
    owner=Owner.DISTRICT,
    people=_KEPT_OUT,
    solution="Check in your SIS that the user has the right id; if the user is in the data, "
    "correct what keeps the user out.",
    example=Example(changed={"enrollments": {"userSourcedId": "P9"}}),
    broken_when=not_found("user", "userSourcedId"),
    judged_when='"userSourcedId" IS NOT NULL',
    value='"userSourcedId"',
    follows="user",
)

SCHOOL_NOT_A_SCHOOL = Rule(
    code="enrollments.school_not_a_school",
    title="Enrollment is not at a school",
    field="schoolSourcedId",
    effect=Effect.FAIL,
    judges=f"{_EVERY} that names a school",
    message="schoolSourcedId must be an org of type school",
    owner=Owner.DISTRICT,
    people=_KEPT_OUT,
    solution="Correct the school of the enrollment in your SIS: a district or an office stands there.",
    example=Example(changed={"enrollments": {"schoolSourcedId": "D1"}}),
    broken_when="\"school\".stands = 'accepted' AND \"school\".type <> 'school'",
    judged_when='"schoolSourcedId" IS NOT NULL',
    value='"schoolSourcedId"',
)

ROLE_DOES_NOT_FIT = Rule(
    code="enrollments.role_does_not_fit",
    title="Student is enrolled as a teacher or administrator",
    field="role",
    effect=Effect.FAIL,
    judges=f"{_EVERY} with a role",
    message="role does not fit the user's role",
    owner=Owner.DISTRICT,
    people="The user is not put into the class, so that no student sees a teacher’s pages.",
    solution="Correct the role in the class, or the role of the user, in your SIS.",
    example=Example(changed={"enrollments": {"role": "teacher"}}),
    broken_when="\"user\".stands = 'accepted' AND \"user\".role = 'student' "
    "AND \"role\" IN ('teacher', 'administrator')",
    judged_when='"role" IS NOT NULL',
    value=cell("role"),
)

STUDENT_ROLE_FOR_STAFF = Rule(
    code="enrollments.student_role_for_staff",
    title="Teacher or administrator is enrolled as a student",
    field="role",
    effect=Effect.WARN,
    judges=f"{_EVERY} with a role",
    message="role does not fit the user's role",
    owner=Owner.DISTRICT,
    people="Nobody is kept out; the teacher or administrator is in the class as a student.",
    solution="Correct the role in the class, or the role of the user, in your SIS.",
    example=Example(changed={"enrollments": {"userSourcedId": "A1"}}),
    broken_when="\"user\".stands = 'accepted' AND \"user\".role <> 'student' "
    "AND \"role\" = 'student'",
    judged_when='"role" IS NOT NULL',
    value=cell("role"),
)

SCHOOL_DIFFERS_FROM_CLASS = Rule(
    code="enrollments.school_differs_from_class",
    title="School of the enrollment is not the school of the class",
    field="schoolSourcedId",
    effect=Effect.WARN,
    judges=f"{_EVERY} that names a school",
    message="schoolSourcedId differs from the class's school",
    owner=Owner.DISTRICT,
    people="Nobody is kept out; the user is in the class all the same.",
    solution="Correct the school of the enrollment or of the class in your SIS, if one is wrong.",
    example=Example(
        changed={"enrollments": {"schoolSourcedId": "S2"}},
        added={"orgs": ({"sourcedId": "S2", "name": "Maple High", "type": "school"},)},
    ),
    broken_when="\"class\".stands = 'accepted' AND \"school\".stands = 'accepted' "
    'AND "school".type = \'school\' AND "class".school <> "schoolSourcedId"',
    judged_when='"schoolSourcedId" IS NOT NULL',
    value='"schoolSourcedId"',
)

END_BEFORE_BEGIN = Rule(
    code="enrollments.end_before_begin",
    title="Enrollment ends before it begins",
    field="endDate",
    effect=Effect.WARN,
    judges=f"{_EVERY} with both dates",
    message="endDate is before beginDate",
    owner=Owner.DISTRICT,
    people="Nobody is kept out; the user is in the class until the end date.",
    solution="Correct the begin date or the end date of the enrollment in your SIS.",
    example=Example(changed={"enrollments": {"beginDate": "2027-01-05", "endDate": "2026-12-18"}}),
    broken_when='"endDate" < "beginDate"',
    judged_when='"endDate" IS NOT NULL AND "beginDate" IS NOT NULL',
    value=cell("endDate"),
)

PRIMARY_NOT_FOR_ROLE = Rule(
    code="enrollments.primary_not_for_role",
    title="Someone who does not teach is marked primary",
    field="primary",
    effect=Effect.WARN,
    judges=f"{_EVERY} that is marked primary",
    message="primary is only for teachers",
    owner=Owner.DISTRICT,
    people="Nobody is kept out; the mark has no meaning here.",
    solution="Mark only a teacher of the class as primary in your SIS.",
    example=Example(changed={"enrollments": {"primary": "true"}}),
    broken_when="\"primary\" AND \"role\" IN ('administrator', 'proctor', 'student')",
    judged_when='"primary"',
    value=cell("primary"),
)

ENROLLED_TWICE = Rule(
    code="enrollments.enrolled_twice",
    title="User is in the class more than once",
    field="userSourcedId",
    effect=Effect.WARN,
    judges="every enrollment that comes in",
    message="user is enrolled in the class more than once",
    owner=Owner.DISTRICT,
    people="Nobody is kept out; the user is in the class once.",
    solution="Remove the enrollments that are not needed from the class in your SIS.",
    example=Example(added={"enrollments": _AGAIN}),
    broken_when="enrolled_before",
    value='"userSourcedId"',
    among_accepted=True,
)

RULES = (
    *(ENDED, ROLE_OUT_OF_SCOPE),
    *(CLASS_NOT_FOUND, CLASS_NOT_SHARED, SCHOOL_NOT_FOUND, USER_NOT_FOUND, SCHOOL_NOT_A_SCHOOL),
    *(ROLE_DOES_NOT_FIT, STUDENT_ROLE_FOR_STAFF, SCHOOL_DIFFERS_FROM_CLASS),
    *(END_BEFORE_BEGIN, PRIMARY_NOT_FOR_ROLE, ENROLLED_TWICE),
)
