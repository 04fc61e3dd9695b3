"""Ways to damage one row: its cells before it is written, or its text after."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

#: The cells of a row by column, in the standard's order.
Cells = dict[str, str]


@dataclass(slots=True)
class Surroundings:
    """What a defect may need to know about the district beyond its own row."""

    district: str
    schools: tuple[str, ...]
    school_year: int
    seed: int
    #: Schools that defects may still take out of the district.
    losable: int
    #: Classes with more than one teacher, of the school that is being written.
    co_taught: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Case:
    """One row about to be damaged."""

    cells: Cells
    #: The last undamaged row before it in its file; empty for the first.
    previous: Cells
    world: Surroundings
    random: Random


Change = Callable[[Case], None]
Rewrite = Callable[[str, Case], str]


def line(cells: Cells) -> str:
    """A row as text with its line end."""
    text = io.StringIO()
    csv.writer(text).writerow(cells.values())
    return text.getvalue()


def filled(case: Case) -> list[str]:
    """The columns that hold something."""
    return [column for column, cell in case.cells.items() if cell]


# Changes of cells


def put(column: str, *values: str) -> Change:
    """Put one of the values into a column."""

    def change(case: Case) -> None:
        case.cells[column] = case.random.choice(values)

    return change


def append(column: str, text: str) -> Change:
    """Add text at the end of a cell."""

    def change(case: Case) -> None:
        case.cells[column] += text

    return change


def infix(column: str, text: str) -> Change:
    """Put text after the first character of a cell."""

    def change(case: Case) -> None:
        cell = case.cells[column]
        case.cells[column] = cell[:1] + text + cell[1:]

    return change


def upper(column: str) -> Change:
    """Write a cell in capitals, as spreadsheets do with booleans."""

    def change(case: Case) -> None:
        case.cells[column] = case.cells[column].upper()

    return change


def from_previous(*columns: str) -> Change:
    """Take cells over from the row before."""

    def change(case: Case) -> None:
        case.cells.update({column: case.previous[column] for column in columns})

    return change


def surround(*blanks: str) -> Change:
    """Put blank characters around two of the filled cells."""

    def change(case: Case) -> None:
        columns = filled(case)
        for column in case.random.sample(columns, min(2, len(columns))):
            case.cells[column] = case.random.choice(blanks) + case.cells[column] + blanks[0]

    return change


def other_school(column: str) -> Change:
    """Name another school of the district."""

    def change(case: Case) -> None:
        others = [school for school in case.world.schools[:9] if school != case.cells[column]]
        case.cells[column] = case.random.choice(others)

    return change


def the_district(column: str) -> Change:
    """Name the district where a school belongs."""

    def change(case: Case) -> None:
        case.cells[column] = case.world.district

    return change


def day(column: str, month: int, number: int, form: str = "{}-{:02}-{:02}") -> Change:
    """Put a day of the school year, August to July, into a column."""

    def change(case: Case) -> None:
        year = case.world.school_year - (month >= 8)
        case.cells[column] = form.format(year, month, number)

    return change


def first_quarter(case: Case) -> None:
    """Let a class run in the first quarter only, which ends in October."""
    term = f"{case.cells['schoolSourcedId']}_{case.world.school_year}_Q1"
    case.cells["termSourcedIds"] = term


def all_of(*changes: Change) -> Change:
    """Make several changes, in order."""

    def change(case: Case) -> None:
        for one in changes:
            one(case)

    return change


# Rewrites of text


def repeat(change: Change | None = None) -> Rewrite:
    """Write the row twice, the second time changed."""

    def rewrite(text: str, case: Case) -> str:
        second = Case(case.cells.copy(), case.previous, case.world, case.random)
        if change:
            change(second)
        return text + line(second.cells)

    return rewrite


def raw(form: str, column: str = "") -> Rewrite:
    """Write one cell (any filled one, if none is named) as it is, in place of `{}` in the form."""

    def rewrite(text: str, case: Case) -> str:
        spoilt = column or case.random.choice(filled(case))
        parts = [
            form.format(cell) if column == spoilt else line({column: cell, "": ""})[:-3]
            for column, cell in case.cells.items()
        ]
        return ",".join(parts) + "\r\n"

    return rewrite


def narrow(text: str, case: Case) -> str:
    """Leave out the last cells."""
    kept = list(case.cells.items())[: -case.random.randint(1, 3)]
    return line(dict(kept))


def widen(*surplus: str) -> Rewrite:
    """Add cells at the end."""

    def rewrite(text: str, case: Case) -> str:
        return text.removesuffix("\r\n") + "," + ",".join(surplus) + "\r\n"

    return rewrite


def end(terminator: str) -> Rewrite:
    """End the line in another way."""

    def rewrite(text: str, case: Case) -> str:
        return text.removesuffix("\r\n") + terminator

    return rewrite


def followed_by_blank(text: str, case: Case) -> str:
    """Put a blank row behind the row."""
    return text + case.random.choice(("\r\n", "," * (len(case.cells) - 1) + "\r\n"))


def quoted(text: str, case: Case) -> str:
    """Quote every cell."""
    return ",".join(f'"{cell}"' for cell in case.cells.values()) + "\r\n"


def omitted(text: str, case: Case) -> str:
    """Leave the row out."""
    return ""
