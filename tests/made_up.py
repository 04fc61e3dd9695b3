"""Made-up districts: small deliveries with random defects of every kind, for property tests.

All randomness comes from the `Random` given, so that hypothesis can drive and shrink it.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random

from firstbell.oneroster.dictionary import Field, Kind, Table, Version, tables

AS_OF = date(2026, 11, 24)

_IDS = {
    "orgs": ("S1", "S2", "S3", "D1", "X1"),
    "academicSessions": ("T1", "T2", "T3", "Y1"),
    "courses": ("M1", "M2"),
    "users": ("U1", "U2", "U3", "U4", "U5", "U6", "U7"),
    "classes": ("C1", "C2", "C3"),
    "enrollments": tuple(f"E{n}" for n in range(1, 13)),
    "roles": tuple(f"R{n}" for n in range(1, 12)),
}
_NEEDED = ("orgs", "users", "classes", "enrollments")
_DATES = ("2026-08-17", "2026-11-23", "2026-11-24", "2027-06-11", "2026-08-17T00:00:00Z")
_BAD_DATES = ("2026-02-30", "8/17/2026", "0000-01-01", "20260817", "2026-8-17", "2026-11-24x")
_STRANGE = ("", " ", "x", "\0", "a\0b", "ext:other", "EXT:Other", "ä€", "=1+1", 'a "b" c', "a,b")
_ROLES = ("student", "student", "teacher", "teacher", "administrator", "Teacher", "parent", "aide")
_ROLES_1_2 = (*_ROLES, "principal", "districtAdministrator", "counselor", "ext:coach")
_EMAILS = ("", "a@b.example", "A@b.example", "c@d.example", "e@f.example", "bad", "g@h", "x@y.z,w")
_GRADES = ("", "09", "9", "K", "kg", "09,10", "99", "Other", "other, 09", "0")


@dataclass(frozen=True)
class MadeUp:
    """A delivery, and what it is judged by."""

    files: dict[str, bytes]
    onboarded: frozenset[str] | None
    never: frozenset[str]
    as_of: date = field(default=AS_OF)


def make_up(random: Random) -> MadeUp:
    """A district with defects."""
    version = random.choice((Version.V1_1, Version.V1_1, Version.V1_2))
    dirt = random.choice((0.0, 0.02, 0.1, 0.3))
    files: dict[str, bytes] = {}
    for name, table in tables(version).items():
        if name not in _IDS or (name not in (*_NEEDED, "roles") and random.random() < 0.15):
            continue
        files[f"{name}.csv"] = _file(random, table, version, dirt)
    if random.random() < 0.5:
        files["manifest.csv"] = _manifest(random, version)
    if random.random() < 0.05:
        files["lunch.csv"] = b"sourcedId\n1\n"
    schools = frozenset(random.sample(_IDS["orgs"], 3))
    return MadeUp(
        files=files,
        onboarded=schools if random.random() < 0.4 else None,
        never=frozenset({"S2"}) if random.random() < 0.15 else frozenset(),
    )


def _manifest(random: Random, version: Version) -> bytes:
    stated = random.choice((version, version, "1.0" if version is Version.V1_1 else "1.2"))
    rows = [("propertyName", "value"), ("oneroster.version", stated)]
    if random.random() < 0.2:
        rows.append(("file.orgs", random.choice(("bulk", "absent", "full"))))
    if random.random() < 0.5:
        rows.append(("firstbell.api", "true"))
    return "".join(f"{name},{value}\n" for name, value in rows).encode()


def _file(random: Random, table: Table, version: Version, dirt: float) -> bytes:
    ids = _IDS[table.name]
    count = random.randint(max(1, len(ids) // 2), len(ids))
    rows = [_row(random, table, sourced_id, version, dirt) for sourced_id in ids[:count]]
    while random.random() < dirt:
        rows.append(list(random.choice(rows)))
        if random.random() < 0.5:
            rows[-1][random.randrange(len(rows[-1]))] = "changed"
    columns = [field.name for field in table.fields]
    if random.random() < dirt:
        columns, rows = _other_columns(random, columns, rows)
    return _bytes(random, columns, rows, dirt)


def _other_columns(
    random: Random, columns: list[str], rows: list[list[str]]
) -> tuple[list[str], list[list[str]]]:
    """The columns in another order, one left out, one more, or a blank one at the end."""
    what = random.randrange(4)
    if what == 0:
        order = random.sample(range(len(columns)), len(columns))
        return [columns[at] for at in order], [[row[at] for at in order] for row in rows]
    if what == 1:
        gone = random.randrange(1, len(columns))
        return _without(columns, gone), [_without(row, gone) for row in rows]
    more = random.choice(("color", "metadata.x", "Password", "", columns[0].upper()))
    return [*columns, more], [[*row, random.choice(("", "v"))] for row in rows]


def _without(cells: Sequence[str], at: int) -> list[str]:
    return [*cells[:at], *cells[at + 1 :]]


def _row(random: Random, table: Table, sourced_id: str, version: Version, dirt: float) -> list[str]:
    cells = []
    for column in table.fields:
        cell = _cell(random, table, column, sourced_id, version)
        if random.random() < dirt / 4:
            cell = random.choice(_STRANGE)
        if random.random() < dirt / 4:
            cell = random.choice((f" {cell} ", f"\t{cell}", f"{cell}\u00a0", cell.upper()))
        cells.append(cell)
    return cells


def _cell(random: Random, table: Table, column: Field, sourced_id: str, version: Version) -> str:
    own = _own_cell(random, table, column, sourced_id, version)
    if own is not None:
        return own
    match column.kind:
        case Kind.REFERENCE:
            return random.choice((*_IDS.get(column.target, ("?",)), *("nobody", "")[:1]))
        case Kind.REFERENCES:
            some = random.sample(_IDS[column.target], random.choice((1, 1, 1, 2, 3)))
            some += ["nobody"] * (random.random() < 0.1)
            return random.choice((",", ", ", ",,")).join(some)
        case Kind.VOCABULARY:
            return random.choice((*column.vocabulary, column.vocabulary[0].upper()))
        case Kind.BOOLEAN:
            return random.choice(("true", "false", "TRUE", "yes", ""))
        case Kind.DATE:
            return random.choice(_DATES if random.random() < 0.9 else (*_BAD_DATES, ""))
        case Kind.YEAR:
            return random.choice(("2027", "2027", "27"))
        case Kind.GRADES:
            return random.choice(_GRADES)
        case _:
            return random.choice(("a", "b", "c", "d"))


def _own_cell(
    random: Random, table: Table, column: Field, sourced_id: str, version: Version
) -> str | None:
    """The cells that need more care, so that most records come in."""
    match table.name, column.name:
        case _, "sourcedId":
            return sourced_id
        case _, "status":
            return random.choice(("",) * 12 + ("active", "tobedeleted", "Inactive"))
        case _, "dateLastModified":
            return ""
        case "orgs", "type":
            return "district" if sourced_id == "D1" else random.choice(("school",) * 5 + ("local",))
        case "orgs", "parentSourcedId":
            return random.choice(("", "D1", "D1", "nobody"))
        case ("users", "orgSourcedIds") | ("roles", "orgSourcedId") if random.random() < 0.2:
            return "D1"
        case "academicSessions", "endDate":
            return random.choice(("2027-06-11", "2027-06-11", "2026-11-24", "2026-11-23"))
        case "academicSessions", "parentSourcedId":
            return random.choice(("", "Y1"))
        case "users", "enabledUser":
            return random.choice(("true",) * 9 + ("false",))
        case "users", "email":
            return random.choice(_EMAILS)
        case "users", "username":
            return random.choice((sourced_id, sourced_id, "same", "SAME"))
        case "users", "password":
            return random.choice(("",) * 20 + ("secret",))
        case "users" | "roles" | "enrollments", "role":
            return random.choice(_ROLES_1_2 if version is Version.V1_2 else _ROLES)
        case "roles", "roleType":
            return random.choice(("primary", "primary", "Primary", "secondary"))
        case "classes" | "enrollments", "schoolSourcedId":
            return random.choice(("S1", "S1", "S1", "S2", "S3", "D1"))
        case "enrollments", "primary":
            return random.choice(("", "true", "false"))
        case (("enrollments" | "roles"), ("endDate" | "beginDate")):
            return random.choice(("", "", *_DATES))
    return None


def _bytes(random: Random, columns: list[str], rows: list[list[str]], dirt: float) -> bytes:
    """A table as the bytes of a file, with the blemishes that files have."""
    end = random.choice(("\n", "\r\n", "\r\n", "\r")) if random.random() < 0.5 else "\n"
    quoting = random.choice((csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    lines = [_line(cells, quoting) for cells in (columns, *rows)]
    for at in range(1, len(lines)):
        if random.random() < dirt / 3:
            lines[at] = _blemished(random, lines[at])
    ends = [end if random.random() > dirt / 10 else "\r\n" for _ in lines]
    text = "".join(map("".join, zip(lines, ends, strict=True)))
    if random.random() < 0.2:
        text = text.rstrip("\r\n")
    encoding = random.choice(("utf-8",) * 8 + ("utf-8-sig", "utf-16", "cp1252"))
    return text.encode(encoding, "replace")


def _line(cells: Sequence[str], quoting: int) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="", quoting=quoting).writerow(cells)  # type: ignore[arg-type]
    return text.getvalue()


def _blemished(random: Random, line: str) -> str:
    cells = line.split(",")
    at = random.randrange(len(cells))
    match random.randrange(9):
        case 0:
            return ",".join(_without(cells, at))
        case 1:
            return line + random.choice((",", ",,", ",x", ", ,"))
        case 2:
            return line + "\n"
        case 3:
            return line + "\n" + "," * random.randrange(30)
        case 4:
            cells[at] = '"' + cells[at]
        case 5:
            cells[at] = '"' + cells[at] + '"x'
        case 6:
            cells[at] = '"' + cells[at].replace('"', "") + '\n more"'
        case 7:
            cells[at] = cells[at] + '"'
        case _:
            cells[at] = ' "' + cells[at] + '"'
    return ",".join(cells)
