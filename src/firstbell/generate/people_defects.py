"""Kinds of defects in cells of users and, in OneRoster 1.2, their roles."""

from firstbell.generate.damage import append, day, from_previous, infix, put, upper
from firstbell.generate.defect import (
    BAD_GRADES,
    NOWHERE,
    Fate,
    after_staff,
    after_student,
    holds,
    kinds_of,
    staff,
    student,
)
from firstbell.oneroster.dictionary import Version

FAILS, WARNED, LEFT_OUT, UNHARMED = Fate.FAILS, Fate.WARNED, Fate.LEFT_OUT, Fate.UNHARMED
V1_1, V1_2 = Version.V1_1, Version.V1_2

BAD_EMAILS = ("no at sign.example", "two@@signs.example", "nobody@nowhere", "@example.org")
FIRST = holds("roleType", "primary")

USERS = (
    *kinds_of(
        "users",
        FAILS,
        {
            "enabledUser absent": put("enabledUser", ""),
            "enabledUser not a boolean": put("enabledUser", "yes", "1", "Y"),
            "username absent": put("username", ""),
            "username with NUL": infix("username", "\0"),
            "givenName absent": put("givenName", ""),
            "familyName absent": put("familyName", ""),
            "familyName with NUL": infix("familyName", "\0"),
        },
    ),
    *kinds_of(
        "users",
        FAILS,
        {
            "orgSourcedIds absent": put("orgSourcedIds", ""),
            "role absent": put("role", ""),
            "role unknown": put("role", "pupil", "staff"),
        },
        only=V1_1,
    ),
    *kinds_of(
        "users",
        FAILS,
        {
            "email of staff absent": put("email", ""),
            "email of staff malformed": put("email", *BAD_EMAILS),
            "email of staff with NUL": infix("email", "\0"),
        },
        suits=staff,
    ),
    *kinds_of("users", FAILS, {"email of staff shared": from_previous("email")}, suits=after_staff),
    *kinds_of(
        "users",
        WARNED,
        {
            "email of a student malformed": put("email", *BAD_EMAILS),
            "email of a student with NUL": infix("email", "\0"),
        },
        suits=student,
    ),
    *kinds_of(
        "users",
        WARNED,
        {
            "email of a student shared": from_previous("email"),
            "username shared": from_previous("username"),
        },
        suits=after_student,
    ),
    *kinds_of(
        "users",
        WARNED,  # the schools of their enrollments stand in
        {"orgSourcedIds unknown": put("orgSourcedIds", NOWHERE)},
        suits=student,
        only=V1_1,
    ),
    *kinds_of(
        "users",
        WARNED,
        {"orgSourcedIds with an unknown one": append("orgSourcedIds", f",{NOWHERE}")},
        only=V1_1,
    ),
    *kinds_of(
        "users",
        WARNED,
        {
            "middleName with NUL": put("middleName", "A\0A"),
            "password given": put("password", "opensesame"),
        },
    ),
    *kinds_of(
        "users", WARNED, {"grades unknown": put("grades", *BAD_GRADES)}, suits=student, only=V1_1
    ),
    *kinds_of("users", LEFT_OUT, {"enabledUser false": put("enabledUser", "false", "FALSE")}),
    *kinds_of(
        "users",
        LEFT_OUT,
        {"role out of scope": put("role", "parent", "aide", "guardian")},
        suits=student,
        only=V1_1,
    ),
    *kinds_of(
        "users",
        UNHARMED,
        {
            "enabledUser in capitals": upper("enabledUser"),
            "email in capitals": upper("email"),
        },
    ),
    *kinds_of(
        "users",
        UNHARMED,
        {
            "email of a student absent": put("email", ""),
            "grades not padded": put("grades", "K", "1", "9"),
        },
        suits=student,
    ),
    *kinds_of(
        "users",
        UNHARMED,
        {
            "orgSourcedIds with empty items": append("orgSourcedIds", ", ,"),
            "role in capitals": upper("role"),
        },
        only=V1_1,
    ),
)


ROLES = (
    *kinds_of(
        "roles",
        FAILS,
        {
            "userSourcedId absent": put("userSourcedId", ""),
            "userSourcedId unknown": put("userSourcedId", NOWHERE),
            "roleType absent": put("roleType", ""),
            "roleType unknown": put("roleType", "main"),
            "roleType never primary": put("roleType", "secondary"),
            "role absent": put("role", ""),
            "role unknown": put("role", "pupil"),
            "orgSourcedId absent": put("orgSourcedId", ""),
            "orgSourcedId unknown": put("orgSourcedId", NOWHERE),
        },
        suits=FIRST,
    ),
    *kinds_of(
        "roles",
        LEFT_OUT,
        {
            "status tobedeleted": put("status", "tobedeleted"),
            "role out of scope": put("role", "parent", "aide", "counselor"),
            "role of an extension": put("role", "ext:volunteer"),
            "endDate past": day("endDate", 9, 18),
        },
        suits=FIRST,
    ),
    *kinds_of("roles", UNHARMED, {"role in capitals": upper("role")}),
)
