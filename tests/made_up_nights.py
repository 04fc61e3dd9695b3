"""Made-up nights: a district, and what it delivers night after night, for property tests.

Most nights are small: some rows changed, dropped, added, broken, some tables as changes only or not
at all. Now and then something big happens, so that the guard has work. All randomness comes from
the `Random` given.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from firstbell.oneroster.dictionary import Field, Version, tables
from tests.made_up import AS_OF, _bytes, _cell, _other_columns, _row
from tests.made_up_district import IDS, SCHOOLS, Rows, district, person

_LENIENT = ("academicSessions", "courses")
_JUMPS = (date(2026, 11, 25), date(2027, 6, 12))
_BIG = 0.25


@dataclass(frozen=True)
class MadeUpNight:
    """What is delivered on one night, and by what it is judged."""

    files: dict[str, bytes]
    onboarded: frozenset[str] | None
    never: frozenset[str]
    as_of: date
    #: Whether somebody applies it anyway, should the guard hold or refuse it.
    apply_anyway: bool


@dataclass
class _District:
    """What the district knows, which is more than what it delivers."""

    version: Version
    rows: Rows
    at_first: Rows
    #: It is read from an API, on most nights.
    from_api: bool = False
    as_of: date = AS_OF
    onboarded: set[str] | None = None
    never: set[str] = field(default_factory=set)
    #: The rows as they were when they were last delivered, by table.
    delivered: Rows = field(default_factory=dict)


def make_up_nights(random: Random) -> list[MadeUpNight]:
    """Two to six nights of a district."""
    version = random.choice((Version.V1_1, Version.V1_1, Version.V1_2))
    rows = district(random, version)
    from_api = random.random() < 0.3
    if from_api and random.random() < 0.7:
        del rows["orgs"]["D1"]
    one = _District(version, rows, deepcopy(rows), from_api)
    if random.random() < 0.3:
        one.onboarded = set(SCHOOLS) - set(random.sample(SCHOOLS, random.choice((0, 0, 1))))
    nights = [_night(random, one)]
    for _ in range(random.randint(1, 5)):
        _live(random, one)
        nights.append(_night(random, one))
    return nights


def _live(random: Random, one: _District) -> None:
    """Let a day pass, or more."""
    one.as_of += timedelta(days=1)
    if random.random() < 0.06:
        one.as_of = max(one.as_of, random.choice(_JUMPS))
    if random.random() < 0.2:
        one.rows = deepcopy(one.at_first)
    for _ in range(random.choice((0, 0, 1, 2, 4, 8))):
        _change(random, one)
    if random.random() < _BIG:
        random.choice(_BIG_THINGS)(random, one)
    if random.random() < 0.12:
        _decide_about_a_school(random, one)


def _decide_about_a_school(random: Random, one: _District) -> None:
    """A specialist onboards a school, resets it, or marks it "never"."""
    school = random.choice(SCHOOLS)
    if one.onboarded is None:
        one.onboarded = set(SCHOOLS)
    one.onboarded.discard(school)
    one.never.discard(school)
    match random.choice(("onboard", "reset", "never")):
        case "onboard":
            one.onboarded.add(school)
        case "never":
            one.never.add(school)


def _change(random: Random, one: _District) -> None:
    """One small thing that happens in a table."""
    table = random.choice(list(one.rows))
    rows = one.rows[table]
    if not rows:
        return
    sourced_id = random.choice(list(rows))
    columns = tables(one.version)[table].fields
    match random.randrange(6):
        case 0:
            del rows[sourced_id]
        case 1:
            rows[sourced_id] = {
                **rows[sourced_id],
                "status": random.choice(("tobedeleted", "inactive")),
            }
        case 2:
            new = random.choice((*IDS[table], "new1", "new2"))
            cells = _row(random, tables(one.version)[table], new, one.version, 0.0)
            rows[new] = dict(zip([column.name for column in columns], cells, strict=True))
        case 3:
            other = one.at_first[table].get(sourced_id, rows[sourced_id])
            rows[sourced_id] = dict(other)
        case _:
            column: Field = random.choice(columns[3:])
            cell = _cell(random, tables(one.version)[table], column, sourced_id, one.version)
            rows[sourced_id] = {**rows[sourced_id], column.name: cell}


def _lose_many(random: Random, one: _District) -> None:
    """Many rows of a table are gone."""
    rows = one.rows[random.choice(("users", "enrollments", "classes"))]
    for sourced_id in random.sample(list(rows), len(rows) * random.randint(1, 9) // 10):
        del rows[sourced_id]


def _number_anew(random: Random, one: _District) -> None:
    """Many rows of a table get other sourcedIds."""
    rows = one.rows[random.choice(("users", "enrollments"))]
    for sourced_id in random.sample(list(rows), len(rows) * random.randint(2, 9) // 10):
        new = f"n{sourced_id}"
        rows[new] = {**rows.pop(sourced_id), "sourcedId": new}


def _mix_up_people(random: Random, one: _District) -> None:
    """Many sourcedIds now belong to other people."""
    rows = one.rows["users"]
    for sourced_id in random.sample(list(rows), len(rows) * random.randint(2, 9) // 10):
        rows[sourced_id] = {**rows[sourced_id], "givenName": "New", "familyName": "Person"}


def _lose_everything(random: Random, one: _District) -> None:
    """A table is empty."""
    one.rows[random.choice(("users", "enrollments", "classes", "courses"))].clear()


def _lose_a_school(random: Random, one: _District) -> None:
    """A school is gone, with nothing else changed; or closed, or it breaks."""
    school = random.choice(SCHOOLS)
    if school in one.rows["orgs"]:
        match random.randrange(3):
            case 0:
                del one.rows["orgs"][school]
            case 1:
                one.rows["orgs"][school]["status"] = "tobedeleted"
            case _:
                one.rows["orgs"][school]["name"] = ""


def _grow(random: Random, one: _District) -> None:
    """Many new students come."""
    for n in range(random.randint(20, 80)):
        person(one.rows, f"g{n}", "student", random.choice(SCHOOLS), one.version)


_BIG_THINGS: tuple[Callable[[Random, _District], None], ...] = (
    *(_lose_many, _lose_many, _lose_many, _number_anew, _number_anew),
    *(_mix_up_people, _lose_everything, _lose_a_school, _lose_a_school, _grow),
)


def _night(random: Random, one: _District) -> MadeUpNight:
    """What is delivered of the district tonight."""
    files: dict[str, bytes] = {}
    properties = [("propertyName", "value"), ("oneroster.version", one.version.value)]
    first = not one.delivered
    dirt = random.choice((0.0,) * (9 if first else 3) + (0.02, 0.05, 0.15))
    plain = random.random() < (0.95 if first else 0.4)
    for table in one.rows:
        mode = "bulk" if plain else _mode(random, table in one.delivered)
        if mode == "absent" or (mode == "missing" and table in _LENIENT):
            if mode == "absent":
                properties.append((f"file.{table}", "absent"))
            continue
        files[f"{table}.csv"] = _file(random, one, table, mode, dirt)
        one.delivered[table] = deepcopy(one.rows[table])
        if mode != "bulk" or random.random() < 0.5:
            properties.append((f"file.{table}", mode))
    if random.random() < (0.9 if one.from_api else 0.02):
        properties.append(("firstbell.api", "true"))
    said = len(properties) > 2
    if said or random.random() < 0.5:
        files["manifest.csv"] = "".join(f"{a},{b}\n" for a, b in properties).encode()
    if not first and random.random() < 0.03:
        files.pop(random.choice(list(files)))
    return MadeUpNight(
        files,
        None if one.onboarded is None else frozenset(one.onboarded),
        frozenset(one.never),
        one.as_of,
        apply_anyway=random.random() < 0.4,
    )


def _mode(random: Random, delivered_before: bool) -> str:
    """How a table comes: mostly in full."""
    if not delivered_before:
        odd = ("full", "delta", "absent", "missing")
        return "bulk" if random.random() < 0.9 else random.choice(odd)
    return random.choice(("bulk",) * 6 + ("delta", "delta", "delta", "absent", "missing", "full"))


def _file(random: Random, one: _District, table: str, mode: str, dirt: float) -> bytes:
    """A table as a file, with tonight's defects."""
    columns = [column.name for column in tables(one.version)[table].fields]
    chosen = _changes(random, one, table) if mode == "delta" else list(one.rows[table].values())
    rows = [[cells.get(column, "") for column in columns] for cells in chosen]
    for cells in rows:
        if random.random() < dirt / 2:
            at = random.randrange(len(columns))
            column = tables(one.version)[table].fields[at]
            cells[at] = random.choice(
                ("", "\0", "x", _cell(random, tables(one.version)[table], column, "", one.version))
            )
    while rows and random.random() < dirt:
        rows.append(list(random.choice(rows)))
        if random.random() < 0.5:
            rows[-1][random.randrange(len(columns))] = "changed"
    if random.random() < 0.3:
        random.shuffle(rows)
    if rows and random.random() < dirt / 2:
        columns, rows = _other_columns(random, columns, rows)
    if mode == "delta" and random.random() < 0.04:
        columns[0] = "sourcedid" if random.random() < 0.3 else "nothing"
    if table == "roles" and mode == "delta" and random.random() < 0.5:
        columns, rows = columns[1:], [cells[1:] for cells in rows]
    return _bytes(random, columns, rows, dirt)


def _changes(random: Random, one: _District, table: str) -> list[dict[str, str]]:
    """The rows of a delta: what changed, what is gone, and now and then what did not change."""
    before, now = one.delivered.get(table, {}), one.rows[table]
    changes = []
    for sourced_id, cells in now.items():
        if before.get(sourced_id) != cells or random.random() < 0.1:
            changes.append(cells)
    for sourced_id, cells in before.items():
        if sourced_id not in now and random.random() < 0.9:
            changes.append({**cells, "status": "tobedeleted"})
    return changes
