"""Students and staff."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from firstbell.generate import names
from firstbell.generate.district import DISTRICT_ID, District
from firstbell.generate.names import Name, plain
from firstbell.generate.sites import Site

#: Students who also attend the next school, for instance a career centre, of a hundred.
IN_TWO_SCHOOLS = 1.0
#: Students to one administrator of a school.
STUDENTS_AN_ADMINISTRATOR = 400
#: Schools to one administrator of the whole district.
SCHOOLS_A_DISTRICT_ADMINISTRATOR = 25


@dataclass(slots=True, eq=False)
class Person:
    """One user; `role` in the words of OneRoster 1.2."""

    id: str
    role: str
    name: Name
    username: str
    email: str
    #: sourcedIds of the user's organisations, the home first.
    orgs: list[str]
    #: CEDS code; empty for staff.
    grade: str = ""
    #: Day of the first enrollment (YYYY-MM-DD) of one who came during the year, or empty.
    joined: str = ""


@dataclass(slots=True)
class Staff:
    """The adults of one school."""

    teachers: list[Person] = field(default_factory=list)
    administrators: list[Person] = field(default_factory=list)

    def __iter__(self) -> Iterator[Person]:
        """Administrators, then teachers."""
        yield from self.administrators
        yield from self.teachers


def domain(district: District) -> str:
    """The domain of the district's addresses, under the reserved `.example`."""
    return f"{plain(district_name(district))}.example"


def district_name(district: District) -> str:
    """The place that the district is named after."""
    return names.FAMILY.draw(district.random("name"), 1)[0]


def student(number: int, name: Name, grade: str, school: str, mail: str) -> Person:
    """The student of that number in the district; `mail` is the district's domain."""
    username = f"{plain(name.given)[:1]}{plain(name.family)[:1]}{100001 + number}"
    return Person(
        id=f"{100001 + number:07}",
        role="student",
        name=name,
        username=username,
        email=f"{username}@student.{mail}",
        orgs=[school],
        grade=grade,
    )


def adult(id: str, role: str, name: Name, org: str, mail: str) -> Person:
    """A member of staff; the digits of the id keep the account apart from namesakes."""
    digits = "".join(filter(str.isdigit, id))
    return Person(
        id=id,
        role=role,
        name=name,
        username=f"{plain(name.given)[:1]}{plain(name.family)}{digits}",
        email=adult_email(id, name, mail),
        orgs=[org],
    )


def adult_email(id: str, name: Name, mail: str) -> str:
    """The address of a member of staff under that name."""
    return f"{plain(name.given)}.{plain(name.family)}{id.lower()}@{mail}"


def students_of(district: District, site: Site, mail: str, last: bool) -> list[Person]:
    """The students of a school, by grade; `last`: there is no next school to share any with."""
    random = district.random("students", site.id)
    grades = site.level.grades
    people = []
    for n, name in enumerate(names.draw(random, site.students)):
        grade = grades[n * len(grades) // site.students]
        people.append(student(site.first_student + n, name, grade, site.id, mail))
        if random.random() * 100 < IN_TWO_SCHOOLS and not last:
            people[-1].orgs.append(f"{int(site.id) + 1:04}")
    return people


def staff_of(district: District, site: Site, mail: str) -> Staff:
    """A principal, further administrators in larger schools, and the teachers."""
    random = district.random("staff", site.id)
    leaders = min(1 + site.students // STUDENTS_AN_ADMINISTRATOR, site.staff - 1)
    staff = Staff()
    for n, name in enumerate(names.draw(random, site.staff)):
        number = 1001 + site.first_staff + n
        if n < leaders:
            role = "principal" if n == 0 else "siteAdministrator"
            staff.administrators.append(adult(f"A{number}", role, name, site.id, mail))
        else:
            staff.teachers.append(adult(f"T{number}", "teacher", name, site.id, mail))
    return staff


def district_staff(district: District, mail: str) -> list[Person]:
    """The administrators of the district as a whole."""
    count = 1 + district.schools // SCHOOLS_A_DISTRICT_ADMINISTRATOR
    return [
        adult(f"D{1 + n:03}", "districtAdministrator", name, DISTRICT_ID, mail)
        for n, name in enumerate(names.draw(district.random("district staff"), count))
    ]
