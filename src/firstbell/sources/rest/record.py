"""A single record from an API, and what it hangs on, as a delivery of changes (delta).

Who has mended a parent that was missing asks for the record that named it, and who has given a class
a teacher asks for the class: so parents and teachers come along, as far as the API tells them.
"""

import csv
import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urlencode

import duckdb

from firstbell.feed.refusal import Reason, Refused, is_out_of_room
from firstbell.oneroster.dictionary import Version
from firstbell.sources.rest.asking import Api, Question, ask, count
from firstbell.sources.rest.page import Room, begin, keep, read
from firstbell.sources.rest.pull import new_room, write_manifest
from firstbell.sources.source import Gone

#: The member that an answer with a single record has, by collection.
_SINGLE = {
    "orgs": "org",
    "academicSessions": "academicSession",
    "courses": "course",
    "users": "user",
    "classes": "class",
    "enrollments": "enrollment",
}
#: The parents that a record fails for want of: file and column, and the collection of the parent.
_PARENTS = {
    "users": [("users", "orgSourcedIds", "orgs"), ("roles", "orgSourcedId", "orgs")],
    "classes": [("classes", "schoolSourcedId", "orgs")],
    "enrollments": [
        ("enrollments", "userSourcedId", "users"),
        ("enrollments", "classSourcedId", "classes"),
        ("enrollments", "schoolSourcedId", "orgs"),
    ],
}
_MOST_PARENTS = 6
#: How many enrollments of a class are asked for.
_MOST_ENROLLMENTS = 1000


def pull_record(api: Api, version: Version, name: str, sourced_id: str, into: Path) -> None:
    """Writes one record as it is now, as CSV files of OneRoster with a manifest.

    Args:
        api: whose.
        version: of the standard that it speaks.
        name: of the record's collection, which is its table, too.
        sourced_id: which one.
        into: an existing, empty folder.

    Raises:
        Gone: the API does not have it, or does not show it to us.
        Refused: the API does not answer as it should.
    """
    if sourced_id in (".", ".."):  # no address can have it
        raise Gone
    with new_room(version) as room:
        _bring_or_ask_why(api, room, name, sourced_id)
        parents = list(dict.fromkeys(_parents(room, name)))
        for collection, parent in parents[:_MOST_PARENTS]:
            with suppress(Gone):
                _bring(api, room, collection, parent)
        if name == "classes":
            schools = [parent for collection, parent in parents if collection == "orgs"]
            _bring_enrollments(api, room, schools[:1], sourced_id)
            for teacher in _teachers(room):
                with suppress(Gone):
                    _bring(api, room, "users", teacher)
        _tidy_roles(room)
        for file in room.files.iterdir():
            shutil.move(file, into)
    tables = sorted(file.stem for file in into.iterdir())
    write_manifest(version, api.profile.source, into, tables)


def _bring_or_ask_why(api: Api, room: Room, name: str, sourced_id: str) -> None:
    """Where the whole collection is not there, the address is wrong, and not the record gone."""
    try:
        _bring(api, room, name, sourced_id)
    except Gone:
        count(api, name, room.folder / "answer.json")
        raise


def _bring(api: Api, room: Room, name: str, sourced_id: str) -> None:
    """Appends a record to the files of its collection; raises Gone when there is none."""
    answer = room.folder / "answer.json"
    try:
        ask(api, Question(name, {}, link=f"{name}/{_part(sourced_id)}"), answer, may_shrink=False)
    except Refused as refused:
        if refused.reason is Reason.API_NOT_THERE:
            raise Gone from None
        raise
    try:
        record = json.loads(answer.read_bytes())[_SINGLE[name]]
        answer.write_text(json.dumps({name: [record]}), encoding="ascii")
        _begin(room, name)
        page = read(room, name, answer)
    except (ValueError, LookupError, TypeError, RecursionError, duckdb.Error) as error:
        if is_out_of_room(error):
            raise
        raise api.refusal(Reason.API_UNREADABLE, name) from None
    if (page.first or "").strip() != sourced_id:
        raise api.refusal(Reason.API_UNREADABLE, name)
    keep(room, name, but=0)


def _bring_enrollments(api: Api, room: Room, schools: Iterable[str], of_class: str) -> None:
    """Appends the enrollments of a class, if the API knows one of the two ways to ask for them."""
    name, answer = "enrollments", room.folder / "answer.json"
    for link in _ways(schools, of_class):
        try:
            ask(api, Question(name, {}, link=link), answer, may_shrink=False)
        except Refused as refused:
            if refused.reason in (Reason.API_NOT_THERE, Reason.API_FAILS):
                continue  # it does not know that way
            raise
        _begin(room, name)
        with suppress(duckdb.Error):
            read(room, name, answer)
            others = 'DELETE FROM page WHERE "classSourcedId" IS DISTINCT FROM ?'
            room.database.execute(others, [of_class])
            keep(room, name, but=0)
            return


def _ways(schools: Iterable[str], of_class: str) -> Iterator[str]:
    for school in schools:
        place = f"schools/{_part(school)}/classes/{_part(of_class)}/enrollments"
        yield f"{place}?{urlencode({'limit': _MOST_ENROLLMENTS})}"
    value = of_class.replace("'", "''")
    asked = {"limit": _MOST_ENROLLMENTS, "filter": f"class.sourcedId='{value}'"}
    yield f"enrollments?{urlencode(asked, quote_via=quote)}"


def _begin(room: Room, name: str) -> None:
    if not (room.files / f"{name}.csv").exists():
        begin(room, name)


def _parents(room: Room, name: str) -> Iterator[tuple[str, str]]:
    """The parents that the record in the files names: collection and sourcedId."""
    for file, column, collection in _PARENTS.get(name, ()):
        for row in _rows(room.files / f"{file}.csv"):
            for one in row.get(column, "").split(","):
                if parent := one.strip():
                    yield collection, parent


def _teachers(room: Room) -> Iterable[str]:
    """The teachers of the class whose enrollments are in the files."""
    rows = _rows(room.files / "enrollments.csv")
    users = (row["userSourcedId"].strip() for row in rows if row["role"].lower() == "teacher")
    return list(dict.fromkeys(filter(None, users)))[:_MOST_PARENTS]


def _tidy_roles(room: Room) -> None:
    """Lets roles take the place of all that their users had: they have no ids of their own.

    A user without roles has a row that says nothing.
    """
    path = room.files / "roles.csv"
    roles = list(_rows(path))
    if not path.exists():
        return
    columns = ["status", "userSourcedId", "roleType", "role", "beginDate", "endDate"]
    known = {row["userSourcedId"] for row in roles}
    users = [row["sourcedId"] for row in _rows(room.files / "users.csv")]
    none = [{"userSourcedId": one} for one in users if one not in known]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*columns, "orgSourcedId"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows([*roles, *none])


def _rows(path: Path) -> Iterator[dict[str, str]]:
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


def _part(text: str) -> str:
    """A part of a path, whatever is in it."""
    return quote(text, safe="")
