"""The two districts of the demo, and what happens to them in sixty nights."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from firstbell.demo.edits import (
    Edit,
    numbered_anew,
    of,
    only_grades,
    put,
    share_email,
    taken_over,
    without,
    without_classes,
    without_column,
    without_school,
    without_teachers,
    without_users,
)
from firstbell.generate import District
from firstbell.oneroster.dictionary import Version


@dataclass(frozen=True)
class Event:
    """Something about the deliveries, from one night to another, both included.

    Nights are counted back: 0 is the last one.
    """

    edit: Edit
    first: int
    last: int = 0

    def is_on(self, ago: int) -> bool:
        """Whether it is so that many nights ago."""
        return self.last <= ago <= self.first


@dataclass(frozen=True)
class Decision:
    """What somebody decides in the morning on what was held that night."""

    apply: bool
    reason: str


@dataclass(frozen=True)
class Story:
    """One district."""

    slug: str
    name: str
    #: The domain of its addresses.
    domain: str
    timezone: str
    schools: int
    students: int
    seed: int
    #: The sourcedIds of its onboarded schools.
    onboarded: Sequence[str]
    #: Who decides.
    administrator: str
    events: Sequence[Event]
    #: By night.
    decisions: Mapping[int, Decision] = field(default_factory=dict)
    #: Weekdays, from 0 for Monday, for whose first bells the student system exports anew.
    exports_on: Collection[int] = (1, 2, 3, 4, 5)
    #: Nights in which nothing changes, beside those.
    holidays: Collection[int] = ()
    #: Whether ClassLink shares its roster, where that can be shown; else its files are read.
    is_shared: bool = False

    def generated(self, school_year: int) -> District:
        """The district as it is generated, without errors."""
        return District(
            schools=self.schools,
            students=self.students,
            errors=0.0,
            seed=self.seed,
            version=Version.V1_1,
            school_year=school_year,
        )

    def is_quiet(self, day: date, ago: int) -> bool:
        """Whether the export of a night is the one of the night before, as far as no event is on."""
        return day.weekday() not in self.exports_on or ago in self.holidays

    def edits(self, ago: int) -> list[Edit]:
        """What is done to the delivery of a night."""
        return [event.edit for event in self.events if event.is_on(ago)]


_teachers, _students = of("role", "teacher"), of("role", "student")
#: A school that opens while we watch, and takes its first pupils.
_NEW, _FIRST_GRADES = "0104", ("KG", "01")

MAPLE = Story(
    slug="maple",
    name="Maple County Schools",
    domain="maple.example",
    timezone="America/New_York",
    schools=5,
    students=420,
    seed=7,
    onboarded=("0101", "0102", "0103", "0105"),
    administrator="Dana Ortiz",
    events=(
        # The first weeks: what the first export had wrong is found, and corrected one by one.
        Event(put("users", "username", "", _students, 14), 59, 55),
        Event(put("users", "username", "", _students, 5), 54, 50),
        Event(put("users", "email", "", _teachers, 2), 59, 46),
        Event(without_teachers("0103", 2), 52, 47),
        Event(put("users", "grades", "12th", _students, 9), 59, 36),
        Event(share_email(_students, 6), 59, 26),
        Event(without_users(_students, 1), 44, 40),
        # Teachers whose addresses are lost with an update of the student system.
        Event(put("users", "email", "", _teachers, 7), 31, 28),
        Event(put("users", "email", "", _teachers, 4), 27, 25),
        # Somebody changes the template of the export, and loses a column.
        Event(without_column("users", "username"), 22, 22),
        # One night the export leaves a school's enrollments out.
        Event(without("enrollments", of("schoolSourcedId", "0103")), 17, 17),
        Event(without_school(_NEW), 59, 15),
        Event(only_grades(_NEW, _FIRST_GRADES), 14),
        # What there is to fix this morning.
        Event(put("users", "grades", "K2", _students, 7), 12),
        Event(put("users", "email", "", _teachers, 4), 9),
        Event(without_users(_students, 3), 6),
        Event(put("users", "enabledUser", "", _students, 6), 5, 1),
        Event(put("users", "familyName", "", _students, 5), 4),
        Event(taken_over("0102", 2, "T2044"), 3),
        Event(without_teachers("0105", 2), 0),
    ),
    decisions={
        17: Decision(apply=False, reason="The export left the middle school out. It is sent again.")
    },
    holidays=range(33, 44),
)

_ELECTIVES = ("Music", "Art", "Drama", "Band")

CEDAR = Story(
    slug="cedar",
    name="Cedar Valley Unified",
    domain="cedar.example",
    timezone="America/Los_Angeles",
    schools=3,
    students=260,
    seed=11,
    onboarded=("0101", "0102", "0103"),
    administrator="Luis Romero",
    events=(
        Event(put("users", "email", "no at sign.example", _teachers, 1), 59, 53),
        Event(put("users", "username", "", _students, 3), 59, 56),
        Event(share_email(_students, 4), 59, 10),
        Event(without_teachers("0102", 1), 41, 38),
        # The student system is set up anew, and numbers everybody anew, until it is put right.
        Event(numbered_anew("N"), 33, 32),
        # Electives end early this year: a large change that is meant.
        Event(without_classes(lambda row: row["subjects"] in _ELECTIVES), 19),
        Event(without_users(_students, 1), 12, 9),
        Event(put("users", "email", "", _teachers, 1), 5),
        # This morning a school's enrollments are not there.
        Event(without("enrollments", of("schoolSourcedId", "0103")), 0),
    ),
    decisions={
        33: Decision(apply=False, reason="The student system was set up anew with other ids."),
        19: Decision(apply=True, reason="Electives end early this year; the removal is right."),
    },
    exports_on=(1, 3, 5),
    holidays=range(45, 50),
    is_shared=True,
)

STORIES = (MAPLE, CEDAR)
