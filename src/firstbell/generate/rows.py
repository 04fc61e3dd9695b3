"""People and classes as rows of the OneRoster tables."""

from collections.abc import Iterable, Iterator
from datetime import date
from hashlib import blake2b

from firstbell.generate.classes import Course, Section
from firstbell.generate.district import DISTRICT_ID, District
from firstbell.generate.people import Person, district_name
from firstbell.generate.school import School
from firstbell.generate.sites import Site
from firstbell.oneroster.dictionary import Version, tables

#: The cells of one row, in the standard's order.
Row = tuple[str, ...]

#: Sessions of every school: suffix, title, type, parent, first and last day (year of the school
#: year's end, month, day).
SESSIONS = (
    ("YR", "School Year", "schoolYear", "", (-1, 8, 17), (0, 6, 11)),
    ("S1", "Fall Semester", "semester", "YR", (-1, 8, 17), (0, 1, 15)),
    ("S2", "Spring Semester", "semester", "YR", (0, 1, 18), (0, 6, 11)),
    ("Q1", "Quarter 1", "gradingPeriod", "S1", (-1, 8, 17), (-1, 10, 16)),
    ("Q2", "Quarter 2", "gradingPeriod", "S1", (-1, 10, 19), (0, 1, 15)),
    ("Q3", "Quarter 3", "gradingPeriod", "S2", (0, 1, 18), (0, 3, 26)),
    ("Q4", "Quarter 4", "gradingPeriod", "S2", (0, 3, 29), (0, 6, 11)),
)

#: Departments: a few, and one more for so many schools.
DEPARTMENTS = (
    *("Mathematics", "English", "Special Education", "Technology", "Athletics", "Nutrition"),
    *("Transportation", "Guidance", "World Languages", "Fine Arts"),
)
SCHOOLS_A_DEPARTMENT = 10


class Rows:
    """Makes the rows of a district in its version of OneRoster."""

    def __init__(self, district: District) -> None:
        """Look up the columns of the district's version."""
        self.district = district
        self.columns = {
            name: tuple(field.name for field in table.fields)
            for name, table in tables(district.version).items()
        }
        self._year = str(district.school_year)
        self._days = {suffix: self._span(suffix) for suffix, *_ in SESSIONS}

    def _row(self, table: str, **cells: str) -> Row:
        return tuple([cells.get(column, "") for column in self.columns[table]])

    def _span(self, *suffixes: str) -> tuple[str, str]:
        """First and last day of sessions that follow each other."""
        spans = [(first, last) for suffix, *_, first, last in SESSIONS if suffix in suffixes]
        return self._day(spans[0][0]), self._day(spans[-1][1])

    def _day(self, day: tuple[int, int, int]) -> str:
        return date(self.district.school_year + day[0], day[1], day[2]).isoformat()

    def orgs(self, sites: Iterable[Site]) -> Iterator[Row]:
        """The district, its departments and its schools."""
        name = f"{district_name(self.district)} Unified School District"
        yield self._row("orgs", sourcedId=DISTRICT_ID, name=name, type="district")
        for number in range(3 + self.district.schools // SCHOOLS_A_DEPARTMENT):
            subject = DEPARTMENTS[number % len(DEPARTMENTS)]
            yield self._row(
                "orgs",
                sourcedId=f"DEP{number + 1:03}",
                name=f"{subject} Department",
                type="department",
                parentSourcedId=DISTRICT_ID,
            )
        for site in sites:
            yield self._row(
                "orgs",
                sourcedId=site.id,
                name=site.name,
                type="school",
                identifier=f"{60000000 + site.number * 37:012}",
                parentSourcedId=DISTRICT_ID,
            )

    def sessions(self, site: Site) -> Iterator[Row]:
        """The school year of a school and its parts."""
        for suffix, title, kind, parent, _, _ in SESSIONS:
            first, last = self._days[suffix]
            yield self._row(
                "academicSessions",
                sourcedId=self._session(site.id, suffix),
                title=f"{title} {self.district.school_year - 1}-{self._year[2:]}",
                type=kind,
                startDate=first,
                endDate=last,
                parentSourcedId=self._session(site.id, parent) if parent else "",
                schoolYear=self._year,
            )

    def _session(self, school: str, suffix: str) -> str:
        return f"{school}_{self._year}_{suffix}"

    def courses(self, site: Site, courses: Iterable[Course]) -> Iterator[Row]:
        """The courses of a school."""
        for course in courses:
            yield self._row(
                "courses",
                sourcedId=course.id,
                schoolYearSourcedId=self._session(site.id, "YR"),
                title=course.title,
                courseCode=course.code,
                grades=",".join(course.grades),
                orgSourcedId=site.id,
                subjects=course.subject.name,
                subjectCodes=course.subject.code,
            )

    def users(self, people: Iterable[Person]) -> Iterator[Row]:
        """People as users."""
        for person in people:
            role = "administrator" if person.id[0] in "AD" else person.role
            adult = person.role != "student"
            yield self._row(
                "users",
                sourcedId=person.id,
                enabledUser="true",
                orgSourcedIds=",".join(person.orgs),
                role=role,
                username=person.username,
                userIds=f"{{LDAP:{person.username}}},{{Fed:{person.email}}}" if adult else "",
                givenName=person.name.given,
                familyName=person.name.family,
                middleName=person.name.middle,
                identifier=person.id.lstrip("ADT0"),
                email=person.email,
                phone=f"555-01{person.id[-2:]}" if adult else "",
                grades=person.grade,
                primaryOrgSourcedId=person.orgs[0],
            )

    def roles(self, people: Iterable[Person]) -> Iterator[Row]:
        """What people are, and where; a table of OneRoster 1.2."""
        for person in people:
            for number, org in enumerate(person.orgs):
                yield self._row(
                    "roles",
                    sourcedId=f"R{person.id}-{number + 1}",
                    userSourcedId=person.id,
                    roleType="secondary" if number else "primary",
                    role=person.role,
                    beginDate=person.joined,
                    orgSourcedId=org,
                )

    def classes(self, school: School) -> Iterator[Row]:
        """The classes of a school."""
        for section in school.sections:
            yield self._row(
                "classes",
                sourcedId=section.id,
                title=section.title,
                grades=section.grade,
                courseSourcedId=section.course.id,
                classCode=section.course.code,
                classType="homeroom" if section.homeroom else "scheduled",
                location=section.location,
                schoolSourcedId=school.site.id,
                termSourcedIds=",".join(
                    self._session(school.site.id, suffix) for suffix in section.terms
                ),
                subjects=section.course.subject.name,
                subjectCodes=section.course.subject.code,
                periods=section.periods,
            )

    def enrollments(self, school: School) -> Iterator[Row]:
        """Who is in the classes of a school: of each class the teachers, then the students."""
        school_id = school.site.id
        for section in school.sections:
            yield from self._members(section, school_id)

    def _members(self, section: Section, school: str) -> Iterator[Row]:
        """Cells by position: three of four rows of a feed are made here."""
        id = section.id
        begin, end = self._span(*section.terms) if section.dated else ("", "")
        flag = "true"
        for person in section.teachers:
            guid = _guid(f"{self.district.seed}/{id}/{person.id}")
            yield guid, "", "", id, school, person.id, "teacher", flag, begin, end
            flag = "false"
        for person in section.students:
            guid = _guid(f"{self.district.seed}/{id}/{person.id}")
            since = person.joined or begin
            yield guid, "", "", id, school, person.id, "student", "false", since, end


def _guid(text: str) -> str:
    """An id that looks like a GUID and depends on nothing but the text."""
    h = blake2b(text.encode(), digest_size=16).hexdigest()
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"


def files_of(version: Version) -> tuple[str, ...]:
    """The tables that a generated district has, parents before children."""
    roles = ("roles",) if version is Version.V1_2 else ()
    return ("orgs", "academicSessions", "courses", "users", *roles, "classes", "enrollments")
