"""A made-up district without defects, small or with more than fifty people, for made-up nights."""

from random import Random

from firstbell.oneroster.dictionary import Version

#: By table and sourcedId: the cells of a row by column.
Rows = dict[str, dict[str, dict[str, str]]]

SCHOOLS = ("S1", "S2", "S3")

#: SourcedIds that come again when something new is added.
IDS = {
    "orgs": (*SCHOOLS, "D1", "X1"),
    "academicSessions": ("T1", "T2", "Y1"),
    "courses": ("M1", "M2"),
    "users": tuple(f"U{n}" for n in range(1, 8)),
    "classes": ("C1", "C2", "C3"),
    "enrollments": tuple(f"E{n}" for n in range(1, 13)),
    "roles": tuple(f"RU{n}" for n in range(1, 8)),
}

_ROLES_1_2 = {"administrator": "districtAdministrator"}


def district(random: Random, version: Version) -> Rows:
    """Three schools, each with a class and its teacher, students, few or many, and who is above them."""
    rows: Rows = {table: {} for table in IDS if table != "roles" or version is Version.V1_2}
    rows["orgs"]["D1"] = {"sourcedId": "D1", "name": "District", "type": "district"}
    for school in SCHOOLS:
        cells = {"sourcedId": school, "name": school, "type": "school", "parentSourcedId": "D1"}
        rows["orgs"][school] = cells
    for term, end in (("T1", "2026-11-24"), ("T2", "2027-06-11"), ("Y1", "2027-06-11")):
        rows["academicSessions"][term] = {
            "sourcedId": term,
            "title": term,
            "type": "term",
            "schoolYear": "2027",
            "startDate": "2026-08-17",
            "endDate": end,
            "parentSourcedId": "" if term == "Y1" else "Y1",
        }
    for course in IDS["courses"]:
        cells = {"sourcedId": course, "title": course, "orgSourcedId": "D1", "grades": "9"}
        rows["courses"][course] = cells
    for n, school in enumerate(SCHOOLS, start=1):
        rows["classes"][f"C{n}"] = {
            "sourcedId": f"C{n}",
            "title": f"Class {n}",
            "classType": "scheduled",
            "courseSourcedId": random.choice(IDS["courses"]),
            "schoolSourcedId": school,
            "termSourcedIds": random.choice(("T1", "T2", "T1,T2", "T2,Y1")),
        }
        person(rows, f"U{n}", "teacher", school, version)
    _user(rows, "A1", "administrator", "D1", version)
    people = random.choice((4, 4, 4, 60, 75, 130))
    schools = random.choice((SCHOOLS, SCHOOLS[:1]))
    for n in range(4, 4 + people):
        person(rows, f"U{n}", "student", random.choice(schools), version)
    return rows


def person(rows: Rows, sourced_id: str, role: str, school: str, version: Version) -> None:
    """Add a user with an enrollment in the class of its school, and in 1.2 a role."""
    _user(rows, sourced_id, role, school, version)
    rows["enrollments"][sourced_id.replace("U", "E")] = {
        "sourcedId": sourced_id.replace("U", "E"),
        "classSourcedId": f"C{SCHOOLS.index(school) + 1}",
        "schoolSourcedId": school,
        "userSourcedId": sourced_id,
        "role": role,
        "primary": "true" if role == "teacher" else "",
    }


def _user(rows: Rows, sourced_id: str, role: str, org: str, version: Version) -> None:
    cells = {
        "sourcedId": sourced_id,
        "enabledUser": "true",
        "username": sourced_id,
        "givenName": f"Given {sourced_id}",
        "familyName": f"Family {sourced_id}",
        "grades": "9" if role == "student" else "",
        "email": f"{sourced_id}@maple.example",
    }
    if version is Version.V1_2:
        rows["roles"][f"R{sourced_id}"] = {
            "sourcedId": f"R{sourced_id}",
            "userSourcedId": sourced_id,
            "roleType": "primary",
            "role": _ROLES_1_2.get(role, role),
            "orgSourcedId": org,
        }
    else:
        cells |= {"role": role, "orgSourcedIds": org}
    rows["users"][sourced_id] = cells
