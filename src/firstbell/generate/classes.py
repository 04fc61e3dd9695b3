"""The timetable of a school: its courses, its classes, and who is in them."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from firstbell.generate.district import District
from firstbell.generate.people import Person
from firstbell.generate.sites import Site, Subject

#: Classes with a second teacher, classes that give dates in their enrollments: of a hundred.
CO_TAUGHT = 8
DATED = 30
#: Subjects that the teacher of an elementary group gives; specialists give the others.
OWN_SUBJECTS = 4


@dataclass(frozen=True, slots=True)
class Course:
    """One course of one school."""

    id: str
    code: str
    title: str
    grades: tuple[str, ...]
    subject: Subject


@dataclass(slots=True, eq=False)
class Section:
    """One class: a course as given to some students by some teachers."""

    id: str
    title: str
    course: Course
    grade: str
    #: Position of its subject in the day.
    slot: int
    homeroom: bool
    #: Suffixes of the sessions that it runs in.
    terms: tuple[str, ...]
    periods: str
    location: str
    #: The primary teacher, then co-teachers.
    teachers: list[Person]
    students: list[Person]
    #: Whether its enrollments say from when to when.
    dated: bool


class Timetable:
    """Makes the classes of one school, numbered in the order in which they are made."""

    def __init__(self, district: District, site: Site, teachers: list[Person]) -> None:
        """Start an empty timetable."""
        self.site = site
        self.courses: list[Course] = []
        self.sections: list[Section] = []
        self._size = district.class_size
        self._shares = tuple(_shares(district.classes_per_student))
        self._teachers = teachers
        self._random = district.random("classes", site.id)
        self._groups = 0

    def fill(self, students: list[Person]) -> None:
        """Give every student of the school about as many classes as asked for."""
        for grade in self.site.level.grades:
            peers = [student for student in students if student.grade == grade]
            if peers:
                self._fill_grade(grade, peers)

    def _fill_grade(self, grade: str, peers: list[Person]) -> None:
        groups = list(self._split(peers))
        for slot, share in enumerate(self._shares):
            course = self._course(slot, grade)
            takers = peers
            if share < 1:
                takers = [student for student in peers if self._random.random() < share]
            if not takers:
                continue
            self.courses.append(course)
            together = self.site.level.grouped and share == 1
            for number, members in enumerate(groups if together else self._mixed(takers)):
                self._open(course, grade, slot, members, self._teacher(slot, number))
        self._groups += len(groups)

    def _course(self, slot: int, grade: str) -> Course:
        subject = self.site.level.subjects[slot]
        elective = self._shares[slot] < 1
        title = f"{subject.name} {int(grade)}" if grade.isdigit() else f"{subject.name} K"
        code = f"{subject.name[:3].upper()}{grade}"
        grades = self.site.level.grades if elective else (grade,)
        return Course(f"{self.site.id}-{code}-{slot}", code, title, grades, subject)

    def _mixed(self, students: list[Person]) -> Iterator[list[Person]]:
        shuffled = students.copy()
        self._random.shuffle(shuffled)
        return self._split(shuffled)

    def _split(self, students: list[Person]) -> Iterator[list[Person]]:
        """Cut a list of students into classes of about the size asked for."""
        count = max(1, round(len(students) / self._size))
        weights = [self._random.uniform(0.85, 1.15) for _ in range(count)]
        scale = len(students) / sum(weights)
        start = end = 0.0
        for weight in weights:
            end += weight * scale
            if members := students[round(start) : round(end)]:
                yield members
            start = end

    def _teacher(self, slot: int, number: int) -> Person:
        if self.site.level.grouped and slot < OWN_SUBJECTS:
            return self._teachers[(self._groups + number) % len(self._teachers)]
        specialists = self._teachers[slot :: len(self._shares)] or self._teachers
        return specialists[len(self.sections) % len(specialists)]

    def _open(
        self, course: Course, grade: str, slot: int, members: list[Person], teacher: Person
    ) -> None:
        number = len(self.sections) + 1
        self.sections.append(open_section(self.site, number, course, grade, slot, self._random))
        section = self.sections[-1]
        section.teachers.append(teacher)
        section.students.extend(members)
        if self._random.random() * 100 < CO_TAUGHT:
            second = self._random.choice(self._teachers)
            if second is not teacher:
                section.teachers.append(second)


def open_section(
    site: Site, number: int, course: Course, grade: str, slot: int, random: Random
) -> Section:
    """A class without anyone in it; its number counts from 1 in its school."""
    homeroom = course.subject.name == "Homeroom"
    period = str(1 + (slot + number) % 7)
    return Section(
        id=f"{site.id}_{number:04}",
        title=f"{course.title} - {number:03}",
        course=course,
        grade=grade,
        slot=slot,
        homeroom=homeroom,
        terms=random.choice(site.level.terms),
        periods="1,2" if period == "1" and not homeroom else period,
        location=f"Room {100 + number % 60}",
        teachers=[],
        students=[],
        dated=random.random() * 100 < DATED,
    )


def _shares(classes_per_student: float) -> Iterator[float]:
    """How much of a grade takes each subject: some classes for all, the last two by choice."""
    common = max(0, int(classes_per_student) - 1)
    for _ in range(common):
        yield 1.0
    for _ in range(2):
        yield (classes_per_student - common) / 2
