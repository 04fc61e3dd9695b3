"""What a class must be: at a school that comes in, with a teacher.

Source: docs/reference/what-a-sync-means.md, "What a sync means" §3, §4 and §5.
"""

from firstbell.rules.example import Example, rows
from firstbell.rules.identity import what_follows
from firstbell.rules.rule import Effect, Owner, Rule
from firstbell.rules.sql import not_found
from firstbell.rules.words import RECORDS

_FOLLOWS = what_follows("classes")

_SUMMER = rows("""
    sourcedId,title,type,startDate,endDate,schoolYear
    SUMMER,Summer,term,2026-06-15,2026-07-31,2026
""")
_NO_TEACHER = rows("""
    sourcedId,title,courseSourcedId,classType,schoolSourcedId,termSourcedIds
    C2,Science 3,SCI,scheduled,S1,FALL
""")
_SECOND_TEACHER = rows("""
    sourcedId,classSourcedId,schoolSourcedId,userSourcedId,role,primary
    E3,C1,S1,A1,teacher,true
""")

ENDED = Rule(
    code="classes.ended",
    title="All terms of the class are over",
    field="termSourcedIds",
    effect=Effect.SKIP,
    judges="every class that names a term",
    message="all terms of the class have ended or been removed",
    owner=Owner.DISTRICT,
    people="The class and everyone in it are left out, as the term is over.",
    solution="Nothing, unless the class still meets: then correct its terms, or their end dates, "
    "in your SIS.",
    example=Example(
        changed={"classes": {"termSourcedIds": "SUMMER"}},
        added={"academicSessions": _SUMMER},
    ),
    broken_when="sessions_in_feed AND terms_over",
    judged_when='sessions_in_feed AND "termSourcedIds" IS NOT NULL',
)

SCHOOL_NOT_FOUND = Rule(
    code="classes.school_not_found",
    title="School of the class does not come in",
    field="schoolSourcedId",
    effect=Effect.FAIL,
    judges="every class that names a school",
    message="schoolSourcedId not found in our system",
    owner=Owner.SHARING,
    people=RECORDS["classes"].kept_out,
    solution="Share the school with us, or correct the school of the class in your SIS.",
    example=Example(changed={"classes": {"schoolSourcedId": "S9"}}, also=_FOLLOWS),
    broken_when=not_found("school", "schoolSourcedId"),
    judged_when='"schoolSourcedId" IS NOT NULL',
    value='"schoolSourcedId"',
    follows="school",
)

SCHOOL_NOT_A_SCHOOL = Rule(
    code="classes.school_not_a_school",
    title="Class is not at a school",
    field="schoolSourcedId",
    effect=Effect.FAIL,
    judges="every class that names a school",
    message="schoolSourcedId must be an org of type school",
    owner=Owner.DISTRICT,
    people=RECORDS["classes"].kept_out,
    solution="Put the class into one of your schools in your SIS: it now belongs to a district or "
    "an office.",
    example=Example(changed={"classes": {"schoolSourcedId": "D1"}}, also=_FOLLOWS),
    broken_when="\"school\".stands = 'accepted' AND \"school\".type <> 'school'",
    judged_when='"schoolSourcedId" IS NOT NULL',
    value='"schoolSourcedId"',
)

COURSE_NOT_FOUND = Rule(
    code="classes.course_not_found",
    title="Course of the class does not come in",
    field="courseSourcedId",
    effect=Effect.WARN,
    judges="every class that names a course, when courses are delivered",
    message="courseSourcedId not found in our system",
    owner=Owner.DISTRICT,
    people="Nobody is kept out; the class comes in without its course.",
    solution="Share the course too, or correct the course of the class in your SIS.",
    example=Example(changed={"classes": {"courseSourcedId": "ART"}}),
    broken_when='courses_in_feed AND "courseSourcedId" IS NOT NULL '
    "AND \"course\".stands IS DISTINCT FROM 'accepted'",
    judged_when='courses_in_feed AND "courseSourcedId" IS NOT NULL',
    value='"courseSourcedId"',
)

TERM_NOT_FOUND = Rule(
    code="classes.term_not_found",
    title="Term of the class does not come in",
    field="termSourcedIds",
    effect=Effect.WARN,
    judges="every class that names a term, when terms are delivered",
    message="termSourcedIds not found in our system",
    owner=Owner.DISTRICT,
    people="Nobody is kept out; the class comes in without that term.",
    solution="Share the term too, or correct the terms of the class in your SIS.",
    example=Example(changed={"classes": {"termSourcedIds": "FALL,WINTER"}}),
    broken_when="sessions_in_feed AND bad_term IS NOT NULL",
    judged_when='sessions_in_feed AND "termSourcedIds" IS NOT NULL',
    value="bad_term",
)

TEACHER_REQUIRED = Rule(
    code="classes.teacher_required",
    title="Class has no teacher",
    field="subject",
    effect=Effect.FAIL,
    judges=RECORDS["classes"].every,
    message="primary teacher is required",
    owner=Owner.DISTRICT,
    people="The class does not appear, and its students are not enrolled in it.",
    solution="Assign a teacher to the class in your SIS; if it has one, correct what keeps the "
    "teacher out.",
    example=Example(added={"classes": _NO_TEACHER}),
    broken_when="NOT has_teacher",
    follows="teacher",
)

SEVERAL_PRIMARY_TEACHERS = Rule(
    code="classes.several_primary_teachers",
    title="Class has more than one primary teacher",
    field="subject",
    effect=Effect.WARN,
    judges="every class that comes in",
    message="more than one primary teacher",
    owner=Owner.DISTRICT,
    people="Nobody is kept out; all of them teach the class, and one is shown as its teacher.",
    solution="Mark one teacher of the class as primary in your SIS.",
    example=Example(added={"enrollments": _SECOND_TEACHER}),
    broken_when="primary_teachers > 1",
    among_accepted=True,
)

RULES = (
    ENDED,
    *(SCHOOL_NOT_FOUND, SCHOOL_NOT_A_SCHOOL, COURSE_NOT_FOUND, TERM_NOT_FOUND),
    *(TEACHER_REQUIRED, SEVERAL_PRIMARY_TEACHERS),
)
