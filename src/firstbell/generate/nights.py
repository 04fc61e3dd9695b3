"""What happens in a school between two nights: people come, go, move and change their names."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TypeVar

from firstbell.generate import names
from firstbell.generate.classes import Section, open_section
from firstbell.generate.district import District
from firstbell.generate.people import Person, adult_email, student
from firstbell.generate.school import School

#: Of a thousand students, in one night.
LEAVE, COME, MOVE, RENAMED, NEW_EMAIL = 2.5, 3.0, 1.5, 2.0, 1.5
#: Of a thousand teachers, in one night.
TEACHER_RENAMED = 5.0
#: Of a thousand classes, in one night.
SPLIT, HANDED_OVER, OTHER_ROOM, SWAPPED = 3.0, 3.0, 4.0, 15.0
#: Days of the school year on which changes begin, and after which newcomers' dates stand still.
FIRST_NIGHT, LAST_NIGHT = 99, 145

Thing = TypeVar("Thing")


@dataclass(slots=True)
class Travellers:
    """What one night carries from school to school."""

    #: Students on their way to the next school that has their grade.
    movers: list[Person] = field(default_factory=list)
    #: Students who are new to the district, so far.
    newcomers: int = 0


class Night:
    """One night's changes to one school."""

    def __init__(self, district: District, school: School, night: int, mail: str) -> None:
        """Prepare night 1, 2, …, counted from the first delivery; `mail` is the domain."""
        self._district = district
        self._school = school
        self._night = night
        self._mail = mail
        self._random = district.random("night", night, school.site.id)
        days = timedelta(days=min(FIRST_NIGHT + night, LAST_NIGHT))
        self._today = (district.first_day + days).isoformat()

    def apply(self, travellers: Travellers) -> None:
        """Change the school; takes in the movers it has a grade for, and adds its own."""
        grades = self._school.site.level.grades
        arriving = [mover for mover in travellers.movers if mover.grade in grades]
        travellers.movers = [mover for mover in travellers.movers if mover.grade not in grades]
        self._rename()
        self._reshuffle()
        self._depart(travellers)
        self._change_classes()
        for mover in arriving:
            mover.orgs = [self._school.site.id]
            self._seat(mover)
        for _ in range(self._count(self._school.students, COME)):
            self._enrol_newcomer(travellers)

    def _count(self, things: list[Thing], per_thousand: float) -> int:
        """How many of them; in the district's first school at least one, if there are any."""
        share = len(things) * per_thousand / 1000
        count = int(share + self._random.random())
        return min(len(things), max(count, 1) if self._school.site.number == 0 else count)

    def _some(self, things: list[Thing], per_thousand: float) -> list[Thing]:
        return self._random.sample(things, self._count(things, per_thousand))

    def _rename(self) -> None:
        for person in self._some(self._school.students, RENAMED):
            person.name = replace(person.name, family=names.FAMILY.draw(self._random, 1)[0])
        for person in self._some(self._school.students, NEW_EMAIL):
            account = person.email.partition("@")[0]
            person.email = f"{account}.{self._night}@student.{self._mail}"
        for person in self._some(self._school.staff.teachers, TEACHER_RENAMED):
            person.name = replace(person.name, family=names.FAMILY.draw(self._random, 1)[0])
            person.email = adult_email(person.id, person.name, self._mail)

    def _reshuffle(self) -> None:
        """Move students to another class of the same course."""
        for section in self._some(self._school.sections, SWAPPED):
            others = [
                other
                for other in self._school.sections
                if other.course is section.course and other is not section
            ]
            if others and len(section.students) > 1:
                person = section.students.pop(self._random.randrange(len(section.students)))
                self._random.choice(others).students.append(person)

    def _depart(self, travellers: Travellers) -> None:
        leavers = self._some(self._school.students, LEAVE)
        self._unseat(leavers)
        settled = [person for person in self._school.students if len(person.orgs) == 1]
        movers = self._some(settled, MOVE)
        self._unseat(movers)
        travellers.movers.extend(movers)

    def _unseat(self, people: list[Person]) -> None:
        gone = {person.id for person in people}
        if not gone:
            return
        self._school.students = [one for one in self._school.students if one.id not in gone]
        for section in self._school.sections:
            section.students = [one for one in section.students if one.id not in gone]

    def _seat(self, person: Person) -> None:
        """Add a student to the school, and to one class of each subject of the grade."""
        person.joined = self._today
        self._school.students.append(person)
        slots: dict[int, list[Section]] = {}
        for section in self._school.sections:
            if section.grade == person.grade:
                slots.setdefault(section.slot, []).append(section)
        for sections in slots.values():
            self._random.choice(sections).students.append(person)

    def _enrol_newcomer(self, travellers: Travellers) -> None:
        room = 1000 + self._district.students // 50
        number = self._district.students + self._night * room + travellers.newcomers
        travellers.newcomers += 1
        site = self._school.site
        grade = self._random.choice(site.level.grades)
        name = names.draw(self._random, 1)[0]
        self._seat(student(number, name, grade, site.id, self._mail))

    def _change_classes(self) -> None:
        for section in self._some(self._school.sections, OTHER_ROOM):
            section.location = f"Room {self._random.randrange(100, 199)}"
        for section in self._some(self._school.sections, HANDED_OVER):
            section.teachers = [self._random.choice(self._school.staff.teachers)]
        for section in self._some(self._school.sections, SPLIT):
            self._split(section)

    def _split(self, section: Section) -> None:
        """Open a new class with half of the students of a full one."""
        site, course = self._school.site, section.course
        number = len(self._school.sections) + 1
        new = open_section(site, number, course, section.grade, section.slot, self._random)
        half = len(section.students) // 2
        section.students, new.students = section.students[:half], section.students[half:]
        new.teachers = [self._random.choice(self._school.staff.teachers)]
        self._school.sections.append(new)
