"""The schools of a district: what kind each is, how many people it has, and their numbers."""

from dataclasses import dataclass
from itertools import cycle, islice, pairwise

from firstbell.generate import names
from firstbell.generate.district import District


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that is taught, with its SCED code."""

    name: str
    code: str


@dataclass(frozen=True, slots=True)
class Level:
    """A kind of school."""

    title: str
    grades: tuple[str, ...]
    #: Size beside an elementary school.
    weight: float
    #: What a student takes, the first of them in full, the last ones by choice.
    subjects: tuple[Subject, ...]
    #: Whether a group of students goes through the day together, with one teacher.
    grouped: bool
    #: Suffixes of the sessions that a class of this level may run in, one choice each.
    terms: tuple[tuple[str, ...], ...]


YOUNG = (
    Subject("Homeroom", "23013"),
    Subject("Reading", "51027"),
    Subject("Mathematics", "52031"),
    Subject("Science", "53231"),
    Subject("Social Studies", "54431"),
    Subject("Physical Education", "58031"),
    Subject("Music", "55101"),
    Subject("Art", "55180"),
    Subject("Technology", "60001"),
    Subject("Spanish", "56101"),
    Subject("Library", "73060"),
)
OLDER = (
    Subject("English", "01001"),
    Subject("Mathematics", "02051"),
    Subject("Science", "03001"),
    Subject("Social Studies", "04001"),
    Subject("Physical Education", "08001"),
    Subject("Spanish", "06101"),
    Subject("Art", "05154"),
    Subject("Band", "05102"),
    Subject("Computer Science", "10012"),
    Subject("Health", "08051"),
    Subject("Drama", "05052"),
)
YEAR, HALVES, FALL = ("YR",), ("S1", "S2"), ("S1",)

ELEMENTARY = Level(
    "Elementary School", ("KG", "01", "02", "03", "04", "05"), 1.0, YOUNG, True, (YEAR,)
)
MIDDLE = Level("Middle School", ("06", "07", "08"), 1.3, OLDER, False, (YEAR, HALVES))
HIGH = Level("High School", ("09", "10", "11", "12"), 2.2, OLDER, False, (YEAR, HALVES, FALL))
ALL_GRADES = Level(
    "School", ELEMENTARY.grades + MIDDLE.grades + HIGH.grades, 1.0, OLDER, False, (YEAR, HALVES)
)
#: The kinds of schools in the order in which a district has them, again and again.
MIX = (
    *(ELEMENTARY, ELEMENTARY, MIDDLE, ELEMENTARY, HIGH),
    *(ELEMENTARY, ELEMENTARY, MIDDLE, ELEMENTARY, HIGH),
)


@dataclass(frozen=True, slots=True)
class Site:
    """One school as planned: numbers count from 0 through the whole district."""

    number: int
    id: str
    name: str
    level: Level
    students: int
    first_student: int
    staff: int
    first_staff: int


def plan(district: District) -> tuple[Site, ...]:
    """The schools of a district; their students add up to the number asked for."""
    random = district.random("sites")
    levels = list(islice(cycle(MIX), district.schools)) if district.schools > 1 else [ALL_GRADES]
    sizes = _share_out(
        district.students, [level.weight * random.uniform(0.7, 1.3) for level in levels]
    )
    sites = []
    first_student = first_staff = 0
    for number, (level, size) in enumerate(zip(levels, sizes, strict=True)):
        staff = max(3, round(size * district.staff_share / (1 - district.staff_share)))
        name = f"{names.FAMILY.draw(random, 1)[0]} {level.title}"
        sites.append(
            Site(number, f"{101 + number:04}", name, level, size, first_student, staff, first_staff)
        )
        first_student += size
        first_staff += staff
    return tuple(sites)


def _share_out(total: int, weights: list[float]) -> list[int]:
    """Share a total out by weight, at least one each, without losing any."""
    spare = total - len(weights)
    scale = spare / sum(weights)
    edges = [0.0]
    for weight in weights:
        edges.append(edges[-1] + weight * scale)
    edges[-1] = spare
    return [1 + round(end) - round(start) for start, end in pairwise(edges)]
