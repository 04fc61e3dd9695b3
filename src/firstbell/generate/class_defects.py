"""Kinds of defects in cells of classes and enrollments."""

from firstbell.generate.damage import (
    all_of,
    append,
    day,
    first_quarter,
    infix,
    omitted,
    other_school,
    put,
    repeat,
    the_district,
    upper,
)
from firstbell.generate.defect import (
    BAD_GRADES,
    NOWHERE,
    Defect,
    Fate,
    co_teacher,
    holds,
    kinds_of,
    lone_teacher,
    several_schools,
)
from firstbell.oneroster.dictionary import Version

FAILS, WARNED, LEFT_OUT, UNHARMED = Fate.FAILS, Fate.WARNED, Fate.LEFT_OUT, Fate.UNHARMED
V1_1, V1_2 = Version.V1_1, Version.V1_2

BAD_DATES = ("8/27/2026", "24/12/2026", "2027-02-30", "soon")
PUPIL = holds("role", "student")

CLASSES = (
    *kinds_of(
        "classes",
        FAILS,
        {
            "title absent": put("title", ""),
            "title with NUL": infix("title", "\0"),
            "schoolSourcedId absent": put("schoolSourcedId", ""),
            "schoolSourcedId unknown": put("schoolSourcedId", NOWHERE),
            "schoolSourcedId of the district": the_district("schoolSourcedId"),
        },
    ),
    *kinds_of(
        "classes",
        WARNED,
        {
            "classType absent": put("classType", ""),
            "classType unknown": put("classType", "club"),
            "courseSourcedId absent": put("courseSourcedId", ""),
            "courseSourcedId unknown": put("courseSourcedId", NOWHERE),
            "termSourcedIds absent": put("termSourcedIds", ""),
            "termSourcedIds unknown": put("termSourcedIds", NOWHERE),
            "termSourcedIds with an unknown one": append("termSourcedIds", f",{NOWHERE}"),
            "location with NUL": infix("location", "\0"),
        },
    ),
    *kinds_of("classes", WARNED, {"grades unknown": put("grades", *BAD_GRADES)}, only=V1_1),
    *kinds_of("classes", LEFT_OUT, {"termSourcedIds of an ended term": first_quarter}),
    *kinds_of(
        "classes",
        UNHARMED,
        {
            "classType in capitals": upper("classType"),
            "grades not padded": put("grades", "K", "1, 2,3", "9"),
        },
    ),
)

ENROLLMENTS = (
    *kinds_of(
        "enrollments",
        FAILS,
        {
            "classSourcedId absent": put("classSourcedId", ""),
            "classSourcedId unknown": put("classSourcedId", NOWHERE),
            "schoolSourcedId absent": put("schoolSourcedId", ""),
            "schoolSourcedId unknown": put("schoolSourcedId", NOWHERE),
            "schoolSourcedId of the district": the_district("schoolSourcedId"),
            "userSourcedId absent": put("userSourcedId", ""),
            "userSourcedId unknown": put("userSourcedId", NOWHERE),
            "userSourcedId with NUL": infix("userSourcedId", "\0"),
            "role absent": put("role", ""),
            "role unknown": put("role", "pupil", "member"),
        },
    ),
    *kinds_of(
        "enrollments",
        FAILS,
        {
            "role of a student teacher": put("role", "teacher"),
            "role of a student administrator": put("role", "administrator"),
        },
        suits=PUPIL,
    ),
    Defect(
        "enrollments",
        "role of a class's only teacher missing",
        FAILS,
        rewrite=omitted,
        suits=lone_teacher,
        rows=0,
    ),
    *kinds_of(
        "enrollments", WARNED, {"role of staff student": put("role", "student")}, suits=co_teacher
    ),
    *kinds_of(
        "enrollments",
        WARNED,
        {"primary of a second teacher": put("primary", "true")},
        suits=co_teacher,
    ),
    *kinds_of(
        "enrollments",
        WARNED,
        {"schoolSourcedId differs": other_school("schoolSourcedId")},
        suits=several_schools,
    ),
    Defect(
        "enrollments",
        "userSourcedId enrolled twice",
        WARNED,
        rewrite=repeat(append("sourcedId", "-2")),
        suits=PUPIL,
        rows=2,
    ),
    *kinds_of(
        "enrollments",
        WARNED,
        {
            "primary not a boolean": put("primary", "yes", "1"),
            "primary of a student": put("primary", "true"),
            "beginDate not a date": put("beginDate", *BAD_DATES),
            "beginDate with NUL": put("beginDate", "2026\0"),
            "endDate not a date": put("endDate", *BAD_DATES),
            "endDate before beginDate": all_of(day("beginDate", 5, 20), day("endDate", 5, 10)),
        },
        suits=PUPIL,
    ),
    *kinds_of(
        "enrollments",
        LEFT_OUT,
        {
            "endDate past": day("endDate", 9, 18),
        },
        suits=PUPIL,
    ),
    *kinds_of(
        "enrollments",
        LEFT_OUT,
        {"role of an extension": put("role", "ext:observer")},
        suits=PUPIL,
        only=V1_2,
    ),
    *kinds_of(
        "enrollments",
        UNHARMED,
        {
            "role in capitals": upper("role"),
            "primary in capitals": upper("primary"),
            "beginDate with a time": day("beginDate", 8, 20, "{}-{:02}-{:02}T00:00:00Z"),
        },
    ),
)
