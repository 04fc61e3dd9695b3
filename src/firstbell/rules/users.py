"""What a user must be: in scope, at an org that comes in, and for staff with an email of their own.

Source: docs/reference/what-a-sync-means.md, "What a sync means" §2, §3 and §4.
"""

from firstbell.oneroster.dictionary import ROLES_IN_SCOPE, Version
from firstbell.rules.example import MANIFEST_OF_API, Example, rows
from firstbell.rules.rule import Effect, Owner, Rule
from firstbell.rules.sql import absent, cell, one_of, present
from firstbell.rules.words import NUL_HIDES

_STAFF = "every enabled teacher and administrator"
#: What a well-formed email address looks like, as RE2 reads it.
EMAIL_FORM = (
    r'^[^\x00-\x20\x7F\x{A0}@<>,;"]+@[^\x00-\x20\x7F\x{A0}@<>,;".]+'
    r'(\.[^\x00-\x20\x7F\x{A0}@<>,;".]+)+$'
)

_STAFF_WITH_EMAIL = "every enabled teacher and administrator with an email address"
_STAFF_STAYS_OUT = "The teacher or administrator cannot sign in, and has no classes."

_TEACHER, _STUDENT = rows("""
    sourcedId,enabledUser,orgSourcedIds,role,username,givenName,familyName,email
    T2,true,S1,teacher,nbell,Nora,Bell,nbell@maple.example
    P2,true,S1,student,sray,Sam,Ray,
""")

ROLE_OUT_OF_SCOPE = Rule(
    code="users.role_out_of_scope",
    title="Role of the user is not taken in",
    field="role",
    effect=Effect.SKIP,
    judges="every user with a role",
    message="role is neither student, teacher nor administrator",
    owner=Owner.DISTRICT,
    people="Parents, aides and the like are left out; no student or teacher is.",
    solution="Nothing, unless this user is a student, teacher or administrator: then correct the "
    "role in your SIS.",
    example=Example(added={"users": ({**_STUDENT, "role": "parent"},)}),
    broken_when=f'"role" NOT IN {one_of(ROLES_IN_SCOPE)}',
    judged_when='"role" IS NOT NULL',
    value=cell("role"),
)

NOT_ENABLED = Rule(
    code="users.not_enabled",
    title="User is not enabled",
    field="enabledUser",
    effect=Effect.SKIP,
    judges="every user",
    message="user is not enabled",
    owner=Owner.DISTRICT,
    people="The user cannot sign in, and is in no class.",
    solution="Nothing, unless the user should sign in: then enable the user in your SIS.",
    example=Example(added={"users": ({**_STUDENT, "enabledUser": "false"},)}),
    broken_when='NOT "enabledUser"',
    value=cell("enabledUser"),
)

ROLES_ENDED = Rule(
    code="users.roles_ended",
    title="All roles of the user are over",
    field="role",
    effect=Effect.SKIP,
    judges="every user whom roles.csv names",
    message="all roles of the user have ended or been removed",
    owner=Owner.DISTRICT,
    people="The user cannot sign in, and is in no class.",
    solution="Nothing, unless the user is still with you: then correct the end date of the role in "
    "your SIS.",
    example=Example(changed={"roles": {"endDate": "2026-06-30"}}, version=Version.V1_2),
    broken_when="roles_set_aside",
    versions=frozenset({Version.V1_2}),
)

ORG_NOT_FOUND = Rule(
    code="users.org_not_found",
    title="No org of the user comes in",
    field="orgSourcedIds",
    effect=Effect.FAIL,
    judges="every enabled user with a list of orgs",
    message="orgSourcedIds not found in our system",
    owner=Owner.SHARING,
    people="The user is not created, cannot sign in, and is in no class.",
    solution="Share the user’s school with us, or correct the school of the user in your SIS.",
    example=Example(changed={"users": {"orgSourcedIds": "S9"}}),
    broken_when='"orgSourcedIds" IS NOT NULL AND NOT has_org AND bad_org IS NOT NULL '
    "AND NOT above_the_shared",
    judged_when='"orgSourcedIds" IS NOT NULL',
    value="bad_org",
    follows="orgs",
)

ORG_NOT_SHARED = Rule(
    code="users.org_not_shared",
    title="Administrator’s district is not shared",
    field="orgSourcedIds",
    effect=Effect.WARN,
    judges="every enabled administrator with a list of orgs, read from an API",
    message="orgSourcedIds not found in our system",
    owner=Owner.SHARING,
    people="Nobody is kept out; the administrator comes in and is at no school.",
    solution="Nothing, unless the administrator should be at the district here: then share the "
    "district with us.",
    example=Example(changed={"users": {"orgSourcedIds": "D9"}}, text={"manifest": MANIFEST_OF_API}),
    broken_when="above_the_shared",
    judged_when="\"orgSourcedIds\" IS NOT NULL AND \"role\" NOT IN ('student', 'teacher')",
    value="bad_org",
)

SOME_ORG_NOT_FOUND = Rule(
    code="users.some_org_not_found",
    title="One org of the user does not come in",
    field="orgSourcedIds",
    effect=Effect.WARN,
    judges="every enabled user with a list of orgs",
    message="orgSourcedIds not found in our system",
    owner=Owner.SHARING,
    people="Nobody is kept out; the user comes in at the other orgs.",
    solution="Share that org with us too, or take it off the user in your SIS.",
    example=Example(changed={"users": {"orgSourcedIds": "S1,S9"}}),
    broken_when='"orgSourcedIds" IS NOT NULL AND has_org AND bad_org IS NOT NULL',
    judged_when='"orgSourcedIds" IS NOT NULL',
    value="bad_org",
    follows="orgs",
)

EMAIL_REQUIRED = Rule(
    code="users.email_required",
    title="Teacher or administrator has no email address",
    field="email",
    effect=Effect.FAIL,
    judges=_STAFF,
    message="email is required for users with “teacher” or “administrator” roles",
    owner=Owner.DISTRICT,
    people=_STAFF_STAYS_OUT,
    solution="Add the email address to the user’s record in your SIS; the user comes in with the "
    "next nightly sync.",
    example=Example(added={"users": ({**_TEACHER, "email": ""},)}),
    broken_when=f"staff AND {absent('email')}",
    judged_when="staff",
)

EMAIL_INVALID = Rule(
    code="users.email_invalid",
    title="Email address of the teacher or administrator is malformed",
    field="email",
    effect=Effect.FAIL,
    judges=_STAFF_WITH_EMAIL,
    message="email is not a valid email address",
    owner=Owner.DISTRICT,
    people=_STAFF_STAYS_OUT,
    solution="Correct the email address in your SIS: one address, without spaces, as in "
    "name@school.org.",
    example=Example(added={"users": ({**_TEACHER, "email": "nbell at maple.example"},)}),
    broken_when=f"staff AND {present('email')} AND well_formed_email IS NULL",
    judged_when=f"staff AND {present('email')}",
    value=cell("email"),
)

OTHER_EMAIL_INVALID = Rule(
    code="users.other_email_invalid",
    title="Email address of the user is malformed",
    field="email",
    effect=Effect.WARN,
    judges="every other enabled user with an email address",
    message="email is not a valid email address",
    owner=Owner.DISTRICT,
    people="Nobody is kept out; the email address is left empty.",
    solution="Correct the email address in your SIS, or leave it empty.",
    example=Example(added={"users": ({**_STUDENT, "email": "none"},)}),
    broken_when=f"NOT staff AND {present('email')} AND well_formed_email IS NULL",
    judged_when=f"NOT staff AND {present('email')}",
    value=cell("email"),
)

EMAIL_TAKEN = Rule(
    code="users.email_taken",
    title="Teachers or administrators share an email address",
    field="email",
    effect=Effect.FAIL,
    judges=_STAFF_WITH_EMAIL,
    message="email is already used by another user",
    owner=Owner.DISTRICT,
    people="None of the users with this email address can sign in or has classes.",
    solution="Give each of these users an email address of their own in your SIS; if they are one "
    "person, remove all entries but one.",
    example=Example(
        added={
            "users": (
                {**_TEACHER, "email": "office@maple.example"},
                {**_TEACHER, "sourcedId": "T3", "username": "ncole", "familyName": "Cole"}
                | {"email": "Office@maple.example"},
            )
        }
    ),
    broken_when="staff AND well_formed_email IS NOT NULL AND staff_with_email > 1",
    judged_when="staff AND well_formed_email IS NOT NULL",
    value=cell("email"),
)

EMAIL_SHARED = Rule(
    code="users.email_shared",
    title="Student has the email address of another user",
    field="email",
    effect=Effect.WARN,
    judges="every enabled student with an email address",
    message="email is used by more than one user",
    owner=Owner.DISTRICT,
    people="Nobody is kept out; the student cannot be told apart by email.",
    solution="Give the student an email address of their own in your SIS, or leave it empty.",
    example=Example(added={"users": ({**_STUDENT, "email": "apark@maple.example"},)}),
    broken_when="\"role\" = 'student' AND well_formed_email IS NOT NULL AND people_with_email > 1",
    judged_when="\"role\" = 'student' AND well_formed_email IS NOT NULL",
    value=cell("email"),
)

USERNAME_SHARED = Rule(
    code="users.username_shared",
    title="Users share a username",
    field="username",
    effect=Effect.WARN,
    judges="every enabled user with a username",
    message="username is used by more than one user",
    owner=Owner.DISTRICT,
    people="Nobody is kept out; the users cannot be told apart by username.",
    solution="Give each of these users a username of their own in your SIS.",
    example=Example(
        added={
            "users": (
                {**_STUDENT, "username": "sam"},
                {**_STUDENT, "sourcedId": "P3", "familyName": "Roy", "username": "Sam"},
            )
        }
    ),
    broken_when=f"{present('username')} AND people_with_username > 1",
    judged_when=present("username"),
    value=cell("username"),
)

EMAIL_NOT_STORABLE = Rule(
    code="users.email_not_storable",
    title="Email address of the user has a character that cannot be stored",
    field="email",
    effect=Effect.WARN,
    judges="every other enabled user with an email address",
    message="email contains a character that cannot be stored",
    owner=Owner.DISTRICT,
    people="Nobody is kept out; the email address is left empty.",
    solution=NUL_HIDES.format(noun="email address"),
    example=Example(added={"users": ({**_STUDENT, "email": "sray\0@maple.example"},)}),
    broken_when='NOT staff AND "nul_email"',
    judged_when=f'NOT staff AND ({present("email")} OR "nul_email")',
)

STAFF_EMAIL_NOT_STORABLE = Rule(
    code="users.staff_email_not_storable",
    title="Email address of the teacher or administrator has a character that cannot be stored",
    field="email",
    effect=Effect.FAIL,
    judges=_STAFF_WITH_EMAIL,
    message="email contains a character that cannot be stored",
    owner=Owner.DISTRICT,
    people=_STAFF_STAYS_OUT,
    solution=NUL_HIDES.format(noun="email address"),
    example=Example(added={"users": ({**_TEACHER, "email": "nbell\0@maple.example"},)}),
    broken_when='staff AND "nul_email"',
    judged_when=f'staff AND ({present("email")} OR "nul_email")',
)

RULES = (
    *(ROLE_OUT_OF_SCOPE, NOT_ENABLED, ROLES_ENDED),
    *(ORG_NOT_FOUND, ORG_NOT_SHARED, SOME_ORG_NOT_FOUND),
    *(EMAIL_REQUIRED, EMAIL_INVALID, OTHER_EMAIL_INVALID),
    *(EMAIL_NOT_STORABLE, STAFF_EMAIL_NOT_STORABLE),
    *(EMAIL_TAKEN, EMAIL_SHARED, USERNAME_SHARED),
)
