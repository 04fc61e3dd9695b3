"""One school with all its people and classes, as it stands before a night changes it."""

from dataclasses import dataclass, field

from firstbell.generate.classes import Course, Section, Timetable
from firstbell.generate.district import District
from firstbell.generate.people import Person, Staff, staff_of, students_of
from firstbell.generate.sites import Site

#: Of a hundred schools, how many borrow a teacher from the school before (the second always does).
BORROWING = 30


@dataclass(slots=True)
class Visitors:
    """Who comes to a school from the one before it."""

    #: Students of the other school who take one class here.
    guests: list[Person] = field(default_factory=list)
    #: A teacher of the other school who can be lent.
    teacher: Person | None = None


@dataclass(slots=True)
class School:
    """A school's people and classes."""

    site: Site
    staff: Staff
    students: list[Person]
    courses: list[Course]
    sections: list[Section]

    def visitors(self) -> Visitors:
        """Who goes from here to the next school."""
        guests = [student for student in self.students if len(student.orgs) > 1]
        return Visitors(guests, self.staff.teachers[-1])


def build(district: District, site: Site, mail: str, visitors: Visitors, last: bool) -> School:
    """The school as it was on the first night; `last`: no other school follows it."""
    staff = staff_of(district, site, mail)
    students = students_of(district, site, mail, last)
    timetable = Timetable(district, site, staff.teachers)
    timetable.fill(students)
    school = School(site, staff, students, timetable.courses, timetable.sections)
    _receive(district, school, visitors)
    return school


def _receive(district: District, school: School, visitors: Visitors) -> None:
    random = district.random("lent", school.site.id)
    borrows = school.site.number == 1 or random.random() * 100 < BORROWING
    if visitors.teacher and borrows:
        random.choice(school.sections).teachers[0] = visitors.teacher
    for guest in visitors.guests:
        section = school.sections[int(guest.id) % len(school.sections)]
        section.students.append(guest)
