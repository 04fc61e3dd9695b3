"""What a kind of defect is, and which rows may have one."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from firstbell.generate.damage import Case, Change, Rewrite
from firstbell.oneroster.dictionary import Version


class Fate(Enum):
    """What a defect does to its record; in `roles`, to its user."""

    #: An error that the district must fix.
    FAILS = "fails"
    #: A warning, and the record comes in.
    WARNED = "warned"
    #: Out of scope, or removed by the SIS.
    LEFT_OUT = "left out"
    #: Nothing: untidy, but read without a word.
    UNHARMED = "unharmed"


#: Fates in which a record does not come in.
LOST = (Fate.FAILS, Fate.LEFT_OUT)

#: A sourcedId that no record has.
NOWHERE = "nowhere-9999"
#: Grades that are no CEDS codes, however they are padded.
BAD_GRADES = ("12th", "US", "grade 3", "99")

#: Which rows can have a defect.
Suits = Callable[[Case], bool]


def anyone(case: Case) -> bool:
    """Every row can have the defect."""
    return True


@dataclass(frozen=True, slots=True)
class Defect:
    """One kind of defect in one table."""

    table: str
    #: Begins with the column, where it is about one.
    name: str
    fate: Fate
    change: Change | None = None
    rewrite: Rewrite | None = None
    suits: Suits = anyone
    only: Version | None = None
    #: Rows that are in the file instead of one.
    rows: int = 1


def kinds_of(
    table: str,
    fate: Fate,
    changes: Mapping[str, Change],
    suits: Suits = anyone,
    only: Version | None = None,
) -> Iterator[Defect]:
    """Kinds of one table and fate, by name, that change cells."""
    for name, change in changes.items():
        yield Defect(table, name, fate, change, suits=suits, only=only)


def holds(column: str, *values: str) -> Suits:
    """Rows with one of the values in a column; without values, with any."""

    def suits(case: Case) -> bool:
        cell = case.cells.get(column)
        return cell in values if values else bool(cell)

    return suits


def student(case: Case) -> bool:
    """Rows of users who are students."""
    return case.cells["sourcedId"].isdigit()


def staff(case: Case) -> bool:
    """Rows of users who are not students."""
    return not student(case)


def after_student(case: Case) -> bool:
    """Students behind a student."""
    return student(case) and case.previous.get("sourcedId", "").isdigit()


def after_staff(case: Case) -> bool:
    """Staff behind staff."""
    return staff(case) and not case.previous.get("sourcedId", "0").isdigit()


def lone_teacher(case: Case) -> bool:
    """The enrollment of a class's only teacher."""
    cells = case.cells
    return cells["role"] == "teacher" and cells["classSourcedId"] not in case.world.co_taught


def co_teacher(case: Case) -> bool:
    """The enrollment of a teacher who is not the primary one."""
    return case.cells["role"] == "teacher" and case.cells["primary"] == "false"


def several_schools(case: Case) -> bool:
    """Enrollments of students in a district that has another school."""
    return case.cells["role"] == "student" and len(case.world.schools) > 1


def losable_org(case: Case) -> bool:
    """Departments, and a few schools: never so many that the district is empty."""
    kind = case.cells["type"]
    return kind == "department" or (kind == "school" and case.world.losable > 0)
