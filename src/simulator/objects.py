"""From a row of a CSV to the object that a REST server makes of it."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache

from firstbell.oneroster.dictionary import Version

#: A JSON object.
Object = dict[str, object]
#: From the name of a collection to that of one of its objects.
COLLECTIONS = {
    "academicSessions": "academicSession",
    "orgs": "org",
    "courses": "course",
    "classes": "class",
    "users": "user",
    "enrollments": "enrollment",
}
#: Where the version's server answers, below its host.
BASES = {Version.V1_1: "/ims/oneroster/v1p1", Version.V1_2: "/ims/oneroster/rostering/v1p2"}

#: References name another host than the one that answers, as those of ClassLink do.
_HREFS = "https://sis.district.example"
_USER_ID = re.compile(r"\{([^:{}]*):([^{}]*)\}")


class Cells(dict[str, str]):
    """A row by column; a column that is not there is blank."""

    def __missing__(self, column: str) -> str:
        return ""


class Objects:
    """Makes the objects of one version."""

    def __init__(self, version: Version, loaded: str, roles: Mapping[str, Sequence[Cells]]) -> None:
        """Of 1.2 `roles` are the rows of roles.csv by user; `loaded` is when rows without a date were."""
        self._old = version is Version.V1_1
        self._hrefs = _HREFS + BASES[version]
        self._loaded = loaded
        self._roles = roles
        self._makers: Mapping[str, Callable[[Cells], Object]] = {
            "academicSessions": self._session,
            "orgs": self._org,
            "courses": self._course,
            "classes": self._class,
            "users": self._user_1_1 if self._old else self._user_1_2,
            "enrollments": self._enrollment,
        }

    def make(self, collection: str, row: Cells) -> Object:
        """The object of a row, its sourcedId first."""
        members: Object = {
            "sourcedId": row["sourcedId"],
            "status": row["status"] or "active",
            "dateLastModified": row["dateLastModified"] or self._loaded,
        }
        members.update(self._makers[collection](row))
        return _without_missing(members)

    def _session(self, row: Cells) -> Object:
        return {
            **_same(row, "title", "startDate", "endDate", "type", "schoolYear"),
            "parent": self._ref("academicSessions", row["parentSourcedId"]),
        }

    def _org(self, row: Cells) -> Object:
        return {
            **_same(row, "name", "type", "identifier"),
            "parent": self._ref("orgs", row["parentSourcedId"]),
        }

    def _course(self, row: Cells) -> Object:
        return {
            **_same(row, "title", "courseCode"),
            "schoolYear": self._ref("academicSessions", row["schoolYearSourcedId"]),
            **_lists(row, "grades", "subjects", "subjectCodes"),
            "org": self._ref("orgs", row["orgSourcedId"]),
        }

    def _class(self, row: Cells) -> Object:
        periods = _list(row["periods"])
        return {
            **_same(row, "title"),
            **self._optional(row, "classCode", "classType", "location"),
            **_lists(row, "grades", "subjects", "subjectCodes"),
            "course": self._ref("courses", row["courseSourcedId"]),
            "school": self._ref("orgs", row["schoolSourcedId"]),
            "terms": self._refs("academicSessions", row["termSourcedIds"], "term"),
            "periods": row["periods"] if self._old and len(periods) < 2 else periods,
        }

    def _enrollment(self, row: Cells) -> Object:
        role = row["role"]
        return {
            "user": self._ref(
                "users", row["userSourcedId"], role if role in ("student", "teacher") else ""
            ),
            "class": self._ref("classes", row["classSourcedId"]),
            "school": self._ref("orgs", row["schoolSourcedId"]),
            "role": role,
            **self._optional(row, "primary", "beginDate", "endDate"),
        }

    def _user(self, row: Cells) -> Object:
        return {
            **_same(row, "enabledUser", "givenName", "familyName"),
            "middleName": row["middleName"] or None,
            **self._optional(row, "username", "identifier", "email", "sms", "phone"),
            "userIds": [
                {"type": kind, "identifier": identifier}
                for kind, identifier in _USER_ID.findall(row["userIds"])
            ],
            "agents": self._refs("users", row["agentSourcedIds"]),
            **_lists(row, "grades"),
        }

    def _user_1_1(self, row: Cells) -> Object:
        orgs = self._refs("orgs", row["orgSourcedIds"])
        return {**self._user(row), "role": row["role"], "orgs": orgs}

    def _user_1_2(self, row: Cells) -> Object:
        return {
            **self._user(row),
            "userMasterIdentifier": row["userMasterIdentifier"] or None,
            "preferredFirstName": row["preferredGivenName"] or None,
            "preferredMiddleName": row["preferredMiddleName"] or None,
            "preferredLastName": row["preferredFamilyName"] or None,
            "pronouns": row["pronouns"] or None,
            "primaryOrg": self._ref("orgs", row["primaryOrgSourcedId"]),
            "roles": [self._role(role) for role in self._roles.get(row["sourcedId"], ())],
        }

    def _role(self, row: Cells) -> Object:
        members: Object = {
            **_same(row, "roleType", "role"),
            "org": self._ref("orgs", row["orgSourcedId"]),
            **self._optional(row, "beginDate", "endDate"),
        }
        return _without_missing(members)

    def _optional(self, row: Cells, *columns: str) -> Object:
        """What need not be said: in 1.1 an empty text, as ClassLink has it; in 1.2 nothing."""
        return {column: row[column] or ("" if self._old else None) for column in columns}

    def _ref(self, collection: str, id: str, old_kind: str = "") -> Object | None:
        if not id:
            return None
        kind = old_kind if self._old and old_kind else COLLECTIONS[collection]
        return {"href": f"{self._hrefs}/{collection}/{id}", "sourcedId": id, "type": kind}

    def _refs(self, collection: str, ids: str, old_kind: str = "") -> list[Object]:
        found = (self._ref(collection, id, old_kind) for id in _list(ids))
        return [reference for reference in found if reference]


@cache
def members(version: Version, collection: str) -> frozenset[str]:
    """The names of all members that an object of a collection can have."""
    every = type("Filled", (Cells,), {"__missing__": lambda self, column: "x"})()
    return frozenset(Objects(version, "", {}).make(collection, every))


def _without_missing(members: Object) -> Object:
    if None not in members.values():
        return members
    return {name: member for name, member in members.items() if member is not None}


def _same(row: Cells, *columns: str) -> Object:
    return {column: row[column] for column in columns}


def _lists(row: Cells, *columns: str) -> Object:
    return {column: _list(row[column]) for column in columns}


def _list(cell: str) -> list[str]:
    return cell.split(",") if cell else []
