"""The words that the rules from the dictionary use for tables and columns."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordWords:
    """What the records of a table are called, and what it means when one stays out."""

    #: One of them.
    one: str
    #: All that a rule judges.
    every: str
    #: What a failure means for people.
    kept_out: str


#: By table.
RECORDS: Mapping[str, RecordWords] = {
    "orgs": RecordWords(
        one="org",
        every="every school, office and district",
        kept_out="The org is not created; if it is a school, its classes and people stay out too.",
    ),
    "academicSessions": RecordWords(
        one="term",
        every="every term",
        kept_out="Nobody is kept out; the term is left out, and classes come in without it.",
    ),
    "courses": RecordWords(
        one="course",
        every="every course",
        kept_out="Nobody is kept out; the course is left out, and its classes come in without it.",
    ),
    "users": RecordWords(
        one="user",
        every="every enabled user",
        kept_out="The user is not created, cannot sign in, and is in no class.",
    ),
    "classes": RecordWords(
        one="class",
        every="every current class",
        kept_out="The class is not created, and nobody is enrolled in it.",
    ),
    "enrollments": RecordWords(
        one="enrollment",
        every="every open enrollment",
        kept_out="The user is not put into the class.",
    ),
}

#: What to do about a NUL character in the cell that `noun` names.
NUL_HIDES = (
    "Enter the {noun} again in your SIS: an invisible NUL character (a zero byte) hides there."
)

#: What a warning about one value means for people.
VALUE_LEFT_EMPTY = "Nobody is kept out; the value is left empty."

#: Columns whose name is not yet plain words, with what people call them.
NOUNS: Mapping[str, str] = {
    "agentSourcedIds": "parents and guardians",
    "beginDate": "begin date",
    "classCode": "code",
    "classSourcedId": "class",
    "classType": "type",
    "courseCode": "code",
    "courseSourcedId": "course",
    "email": "email address",
    "enabledUser": "enabled setting",
    "endDate": "end date",
    "familyName": "family name",
    "givenName": "given name",
    "middleName": "middle name",
    "orgSourcedId": "org",
    "orgSourcedIds": "list of orgs",
    "parentSourcedId": "parent",
    "phone": "phone number",
    "preferredFamilyName": "preferred family name",
    "preferredGivenName": "preferred given name",
    "preferredMiddleName": "preferred middle name",
    "primary": "primary mark",
    "primaryOrgSourcedId": "primary org",
    "schoolSourcedId": "school",
    "schoolYear": "school year",
    "schoolYearSourcedId": "school year",
    "sms": "text message number",
    "startDate": "start date",
    "subjectCodes": "subject codes",
    "termSourcedIds": "list of terms",
    "userIds": "other user ids",
    "userMasterIdentifier": "master identifier",
    "userSourcedId": "user",
}

#: What is wrong when a value is missing, where "has no" is not how people say it.
MISSING: Mapping[tuple[str, str], str] = {
    ("users", "enabledUser"): "Nothing says whether the user is enabled",
    ("users", "orgSourcedIds"): "User is at no school or other org",
    ("classes", "termSourcedIds"): "Class is in no term",
    ("enrollments", "classSourcedId"): "Enrollment is in no class",
    ("enrollments", "schoolSourcedId"): "Enrollment is at no school",
    ("enrollments", "userSourcedId"): "Enrollment is of no user",
}

#: What to do about a missing value, where "fill in" is not how people say it.
FILL_IN: Mapping[tuple[str, str], str] = {
    ("users", "enabledUser"): "Say in your SIS whether the user is enabled.",
    ("users", "orgSourcedIds"): "Assign the user to a school in your SIS.",
    ("classes", "courseSourcedId"): "Assign the class to a course in your SIS.",
    ("classes", "schoolSourcedId"): "Assign the class to a school in your SIS.",
    ("classes", "termSourcedIds"): "Assign the class to a term in your SIS.",
}

#: Columns whose noun is more than one thing.
PLURALS = frozenset(
    {"agentSourcedIds", "grades", "periods", "pronouns", "subjectCodes", "subjects", "userIds"}
)


def noun_of(field: str) -> str:
    """What people call a column.

    >>> noun_of("familyName"), noun_of("title")
    ('family name', 'title')
    """
    return NOUNS.get(field, field)


def sentence_start(words: str) -> str:
    """Words as they begin a sentence or a title.

    >>> sentence_start("family name")
    'Family name'
    """
    return words[0].upper() + words[1:]


def have(field: str) -> str:
    """The verb that goes with a column's noun.

    >>> have("grades"), have("title")
    ('have', 'has')
    """
    return "have" if field in PLURALS else "has"
