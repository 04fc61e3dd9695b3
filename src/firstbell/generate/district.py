"""What a generated district is asked to be: its parameters, and the randomness they fix."""

from dataclasses import dataclass
from datetime import date
from random import Random

from firstbell.oneroster.dictionary import Version

#: sourcedId of the one organisation of type district.
DISTRICT_ID = "0001"


@dataclass(frozen=True, slots=True)
class District:
    """The parameters of a generated district. The same ones give the same bytes."""

    schools: int
    students: int
    #: Share of all records that carry a planted defect, 0 to 1.
    errors: float
    seed: int
    version: Version
    #: The year in which the school year ends: 2027 runs from August 2026 to June 2027.
    school_year: int = 2027
    #: Students in a class, on average, where a grade of a school has that many.
    class_size: float = 24.0
    #: Classes of a student, on average.
    classes_per_student: float = 6.0
    #: Staff among all users, 0 to 1.
    staff_share: float = 0.06

    def __post_init__(self) -> None:
        """Raise ValueError when no district can be like this."""
        if self.schools < 1:
            raise ValueError("a district needs at least one school")
        if self.students < self.schools:
            raise ValueError("a district needs at least one student a school")
        if not 0 <= self.errors <= 1:
            raise ValueError("the share of errors must be between 0 and 1")
        if not 0 <= self.staff_share < 1:
            raise ValueError("the share of staff must be at least 0 and below 1")
        if self.class_size < 1 or not 2 <= self.classes_per_student <= 9:
            raise ValueError("class size must be at least 1, and classes a student from 2 to 9")

    def random(self, *purpose: object) -> Random:
        """A source of randomness of its own for each purpose: none disturbs another."""
        return Random("/".join(map(str, (self.seed, *purpose))))  # str seeds are stable

    @property
    def first_day(self) -> date:
        """The first day of the school year."""
        return date(self.school_year - 1, 8, 17)
