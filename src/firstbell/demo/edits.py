"""What goes wrong in a made-up delivery, as changes of its rows."""

from collections.abc import Callable, Collection, Iterable
from itertools import pairwise
from zlib import crc32

Row = dict[str, str]
#: The rows of each file, by its name without `.csv`.
Tables = dict[str, list[Row]]
Edit = Callable[[Tables], None]
Which = Callable[[Row], bool]

#: Which column of a file says to which school a row belongs.
_SCHOOLS = {"orgs": "sourcedId", "courses": "orgSourcedId", "classes": "schoolSourcedId"}


def put(table: str, column: str, value: str, which: Which, number: int) -> Edit:
    """Lets that many rows have a value; they are the same ones every night, while they are there."""

    def edit(tables: Tables) -> None:
        for row in _some(filter(which, tables[table]), number, f"{column}{value}"):
            row[column] = value

    return edit


def share_email(which: Which, number: int) -> Edit:
    """Lets that many users have the address of the user before them."""

    def edit(tables: Tables) -> None:
        users = [row for row in tables["users"] if which(row)]
        chosen = {row["sourcedId"] for row in _some(users[1:], number, "shared")}
        for before, row in pairwise(users):
            if row["sourcedId"] in chosen:
                row["email"] = before["email"]

    return edit


def without_teachers(school: str, number: int) -> Edit:
    """Takes the teachers of that many classes of a school away."""

    def edit(tables: Tables) -> None:
        classes = (row for row in tables["classes"] if row["schoolSourcedId"] == school)
        chosen = {row["sourcedId"] for row in _some(classes, number, "teachers")}
        tables["enrollments"] = [
            row
            for row in tables["enrollments"]
            if row["role"] != "teacher" or row["classSourcedId"] not in chosen
        ]

    return edit


def taken_over(school: str, number: int, teacher: str) -> Edit:
    """Gives that many classes of a school to a new teacher, who has no address yet.

    The student system makes new classes for it, with new enrollments.

    Args:
        school: its sourcedId.
        number: of classes.
        teacher: the sourcedId of the new one.
    """

    def edit(tables: Tables) -> None:
        classes = _some(filter(of("schoolSourcedId", school), tables["classes"]), number, teacher)
        colleague = next(
            row for row in tables["users"] if row["role"] == "teacher" and at_home_in(school)(row)
        )
        tables["users"].append(
            {**colleague, "sourcedId": teacher, "username": teacher.lower(), "email": ""}
        )
        for its in classes:
            old, its["sourcedId"] = its["sourcedId"], f"{its['sourcedId']}-{teacher}"
            for row in filter(of("classSourcedId", old), tables["enrollments"]):
                row["classSourcedId"] = its["sourcedId"]
                row["sourcedId"] = f"{row['sourcedId']}-{teacher}"
                if row["role"] == "teacher":
                    row["userSourcedId"] = teacher

    return edit


def without_users(which: Which, number: int) -> Edit:
    """Takes that many users out, and leaves their enrollments in."""

    def edit(tables: Tables) -> None:
        gone = {row["sourcedId"] for row in _some(filter(which, tables["users"]), number, "gone")}
        tables["users"] = [row for row in tables["users"] if row["sourcedId"] not in gone]

    return edit


def without(table: str, which: Which) -> Edit:
    """Leaves rows out of a file."""

    def edit(tables: Tables) -> None:
        tables[table] = [row for row in tables[table] if not which(row)]

    return edit


def without_classes(which: Which) -> Edit:
    """Leaves classes out, and their enrollments."""

    def edit(tables: Tables) -> None:
        without("classes", which)(tables)
        _drop_dangling(tables)

    return edit


def without_column(table: str, column: str) -> Edit:
    """Leaves a column out of a file."""

    def edit(tables: Tables) -> None:
        for row in tables[table]:
            del row[column]

    return edit


def numbered_anew(prefix: str) -> Edit:
    """Gives every user another sourcedId, as a student system does when it is set up anew."""

    def edit(tables: Tables) -> None:
        for row in tables["users"]:
            row["sourcedId"] = prefix + row["sourcedId"]
        for row in tables["enrollments"]:
            row["userSourcedId"] = prefix + row["userSourcedId"]

    return edit


def without_school(school: str) -> Edit:
    """Takes a school out, with its people and classes."""

    def edit(tables: Tables) -> None:
        for table, column in _SCHOOLS.items():
            without(table, of(column, school))(tables)
        without("academicSessions", lambda row: row["sourcedId"].startswith(school))(tables)
        without("users", at_home_in(school))(tables)
        for row in tables["users"]:
            orgs = row["orgSourcedIds"].split(",")
            row["orgSourcedIds"] = ",".join(org for org in orgs if org != school)
        _drop_dangling(tables)

    return edit


def only_grades(school: str, grades: Collection[str]) -> Edit:
    """Leaves a school its staff, and the students and classes of some grades."""

    def edit(tables: Tables) -> None:
        students, home = of("role", "student"), at_home_in(school)
        without("users", lambda row: students(row) and home(row) and row["grades"] not in grades)(
            tables
        )
        its = of("schoolSourcedId", school)
        without("classes", lambda row: its(row) and row["grades"] not in grades)(tables)
        _drop_dangling(tables)

    return edit


def of(column: str, value: str) -> Which:
    """Rows with a value in a column."""
    return lambda row: row[column] == value


def at_home_in(school: str) -> Which:
    """Users whose first organisation is a school."""
    return lambda row: row["orgSourcedIds"].partition(",")[0] == school


def _drop_dangling(tables: Tables) -> None:
    """Takes out the enrollments whose user or class is not there."""
    users = {row["sourcedId"] for row in tables["users"]}
    classes = {row["sourcedId"] for row in tables["classes"]}
    tables["enrollments"] = [
        row
        for row in tables["enrollments"]
        if row["userSourcedId"] in users and row["classSourcedId"] in classes
    ]


def _some(rows: Iterable[Row], number: int, what: str) -> list[Row]:
    return sorted(rows, key=lambda row: crc32(f"{what}/{row['sourcedId']}".encode()))[:number]
