"""What the OneRoster standard says about the tables of the feed, as plain data (§1, §4)."""

#: The tables with outcomes, parents before children (§3).
TABLES = ("orgs", "academicSessions", "courses", "users", "classes", "enrollments")

#: The tables in which every finding is a warning (§3).
LENIENT = ("academicSessions", "courses")

#: All files of 1.1 and 1.2; any other .csv file is unknown (§2.1).
KNOWN_FILES = (
    "manifest academicSessions categories classes classResources courses courseResources "
    "demographics enrollments lineItemLearningObjectiveIds lineItems lineItemScoreScales orgs "
    "resources resultLearningObjectiveIds results resultScoreScales roles scoreScales "
    "userProfiles userResources users"
).split()

_HEAD = "sourcedId status dateLastModified "

_SHARED_COLUMNS = {
    "orgs": _HEAD + "name type identifier parentSourcedId",
    "academicSessions": _HEAD + "title type startDate endDate parentSourcedId schoolYear",
    "courses": _HEAD
    + "schoolYearSourcedId title courseCode grades orgSourcedId subjects subjectCodes",
    "classes": _HEAD
    + "title grades courseSourcedId classCode classType location schoolSourcedId "
    + "termSourcedIds subjects subjectCodes periods",
    "enrollments": _HEAD
    + "classSourcedId schoolSourcedId userSourcedId role primary beginDate endDate",
}

_USERS_11 = (
    _HEAD + "enabledUser orgSourcedIds role username userIds givenName familyName middleName "
    "identifier email sms phone agentSourcedIds grades password"
)
_USERS_12 = (
    _HEAD + "enabledUser username userIds givenName familyName middleName identifier email sms "
    "phone agentSourcedIds grades password userMasterIdentifier preferredGivenName "
    "preferredMiddleName preferredFamilyName primaryOrgSourcedId pronouns"
)
_ROLES_12 = (
    _HEAD + "userSourcedId roleType role beginDate endDate orgSourcedId userProfileSourcedId"
)


def columns(version: str, table: str) -> list[str]:
    """Give the standard's columns of a table, in its order (§2.2)."""
    if table == "users":
        return (_USERS_12 if version == "1.2" else _USERS_11).split()
    if table == "roles":
        return _ROLES_12.split()
    return _SHARED_COLUMNS[table].split()


#: Required columns whose absence is a failure (§4).
REQUIRED = {
    "orgs": ["name", "type"],
    "academicSessions": [],
    "courses": [],
    "users": ["enabledUser", "orgSourcedIds", "role", "username", "givenName", "familyName"],
    "classes": ["title", "schoolSourcedId"],
    "enrollments": ["classSourcedId", "schoolSourcedId", "userSourcedId", "role"],
}

#: Required columns whose absence is a warning (§4).
WANTED = {
    "orgs": [],
    "academicSessions": ["title", "type", "startDate", "endDate", "schoolYear"],
    "courses": ["title", "orgSourcedId"],
    "users": [],
    "classes": ["classType", "courseSourcedId", "termSourcedIds"],
    "enrollments": [],
}


def needed_columns(version: str, table: str) -> list[str]:
    """Give the columns without which the whole sync is Failed (§2)."""
    if table == "roles":
        return ["userSourcedId", "roleType", "role", "orgSourcedId"]
    needed = ["sourcedId"] + REQUIRED[table]
    if table == "users" and version == "1.2":
        needed = [column for column in needed if column not in ("role", "orgSourcedIds")]
    return needed


_USER_ROLES_11 = "administrator aide guardian parent proctor relative student teacher".split()
_USER_ROLES_12 = (
    "aide counselor districtAdministrator guardian parent principal proctor relative "
    "siteAdministrator student systemAdministrator teacher"
).split()

#: The roles whose people are synced, in lower case (§4 users, first line).
ROLES_IN_SCOPE = (
    "student teacher administrator districtadministrator siteadministrator systemadministrator "
    "principal"
).split()

_ENUMERATIONS = {
    ("orgs", "type"): "department school district local state national".split(),
    ("academicSessions", "type"): "gradingPeriod semester schoolYear term".split(),
    ("classes", "classType"): "homeroom scheduled".split(),
    ("enrollments", "role"): "administrator proctor student teacher".split(),
}

#: Vocabularies that 1.2 lets anyone extend with `ext:` (§2.7).
_EXTENSIBLE = (
    *(("orgs", "type"), ("academicSessions", "type"), ("classes", "classType")),
    *(("users", "role"), ("enrollments", "role")),
)


def enumeration(version: str, table: str, column: str) -> list[str]:
    """Give the values that a message names, in the standard's order; none if all are valid."""
    if (table, column) == ("users", "role"):
        return _USER_ROLES_12 if version == "1.2" else _USER_ROLES_11
    return _ENUMERATIONS.get((table, column), [])


def is_in_enumeration(version: str, table: str, column: str, value: str) -> bool:
    """Tell whether a value is valid, `ext:` and 1.2's administrator included (§2.7, §4)."""
    small = value.lower()
    for allowed in enumeration(version, table, column):
        if small == allowed.lower():
            return True
    if version != "1.2":
        return False
    if (table, column) == ("users", "role") and small == "administrator":
        return True
    return (table, column) in _EXTENSIBLE and small.startswith("ext:")


BOOLEANS = {"users": ["enabledUser"], "enrollments": ["primary"]}
DATES = {"academicSessions": ["startDate", "endDate"], "enrollments": ["beginDate", "endDate"]}
LISTS = ("orgSourcedIds", "termSourcedIds")

#: Columns that no rule on values looks at (§3, §4).
UNJUDGED = ("sourcedId", "status", "dateLastModified", "password")

#: CEDS entry grade levels in lower case, after normalising (§4).
GRADES = "it pr pk tk kg 01 02 03 04 05 06 07 08 09 10 11 12 13 ps ug other".split()
