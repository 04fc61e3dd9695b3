"""Kinds of defects in cells of orgs, academic sessions and courses."""

from firstbell.generate.damage import append, day, infix, put, upper
from firstbell.generate.defect import BAD_GRADES, NOWHERE, Fate, holds, kinds_of
from firstbell.oneroster.dictionary import Version

FAILS, WARNED, LEFT_OUT, UNHARMED = Fate.FAILS, Fate.WARNED, Fate.LEFT_OUT, Fate.UNHARMED
V1_1, V1_2 = Version.V1_1, Version.V1_2

BAD_DATES = ("8/27/2026", "24/12/2026", "2027-02-30", "soon")

ORGS = (
    *kinds_of(
        "orgs",
        FAILS,
        {
            "name absent": put("name", ""),
            "name with NUL": infix("name", "\0"),
            "type absent": put("type", ""),
            "type unknown": put("type", "campus"),
        },
    ),
    *kinds_of(
        "orgs",
        WARNED,
        {
            "parentSourcedId unknown": put("parentSourcedId", NOWHERE),
            "identifier with NUL": put("identifier", "6\x000"),
        },
    ),
    *kinds_of("orgs", UNHARMED, {"type in capitals": upper("type")}),
    *kinds_of(
        "orgs",
        UNHARMED,
        {"type of an extension": put("type", "ext:campus")},
        suits=holds("type", "department"),
        only=V1_2,
    ),
)

SESSIONS = (
    *kinds_of(
        "academicSessions",
        WARNED,
        {
            "title absent": put("title", ""),
            "title with NUL": infix("title", "\0"),
            "type absent": put("type", ""),
            "type unknown": put("type", "trimester"),
            "startDate absent": put("startDate", ""),
            "startDate not a date": put("startDate", *BAD_DATES),
            "endDate absent": put("endDate", ""),
            "endDate not a date": put("endDate", *BAD_DATES),
            "endDate before startDate": day("startDate", 7, 30),
            "parentSourcedId unknown": put("parentSourcedId", NOWHERE),
            "schoolYear absent": put("schoolYear", ""),
            "schoolYear not a year": put("schoolYear", "2026-2027", "26/27"),
        },
    ),
    *kinds_of(
        "academicSessions",
        UNHARMED,
        {
            "type in capitals": upper("type"),
            "startDate with a time": append("startDate", "T00:00:00.000Z"),
        },
    ),
)

COURSES = (
    *kinds_of(
        "courses",
        WARNED,
        {
            "title absent": put("title", ""),
            "title with NUL": infix("title", "\0"),
            "orgSourcedId absent": put("orgSourcedId", ""),
            "orgSourcedId unknown": put("orgSourcedId", NOWHERE),
        },
    ),
    *kinds_of("courses", WARNED, {"grades unknown": put("grades", *BAD_GRADES)}, only=V1_1),
    *kinds_of("courses", UNHARMED, {"grades not padded": put("grades", "K", "1, 2,3", "9")}),
)
