"""A single record from an API, as a delivery of changes (delta)."""

import csv
import json
import shutil
from collections.abc import Collection
from pathlib import Path
from urllib.parse import quote

import duckdb

from firstbell.feed.refusal import Reason, Refused
from firstbell.oneroster.dictionary import Version
from firstbell.sources.rest.asking import Api, Question, ask
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
    with new_room(version) as room:
        answer = room.folder / "answer.json"
        _ask(api, name, sourced_id, answer)
        try:
            _put_into_a_list(name, answer)
            begin(room, name)
            page = read(room, name, answer)
        except (ValueError, LookupError, TypeError, RecursionError, duckdb.Error):
            raise _unreadable(api, name) from None
        if (page.first or "").strip() != sourced_id:
            raise _unreadable(api, name)
        keep(room, name, but=0)
        tables = _tidied(room, name, sourced_id)
        for table in tables:
            shutil.move(room.files / f"{table}.csv", into)
    write_manifest(version, api.profile.source, into, tables)


def _ask(api: Api, name: str, sourced_id: str, answer: Path) -> None:
    question = Question(name, {}, link=f"{name}/{quote(sourced_id, safe='')}")
    try:
        ask(api, question, answer, may_shrink=False)
    except Refused as refused:
        if refused.reason is not Reason.API_NOT_THERE:
            raise
        # Where the whole collection is not there, the address is wrong, and not the record gone.
        ask(api, Question(name, {"limit": 1, "offset": 0}), answer, may_shrink=False)
        raise Gone from None


def _put_into_a_list(name: str, answer: Path) -> None:
    """Makes an answer a page with one record, which is read as all pages are."""
    record = json.loads(answer.read_bytes())[_SINGLE[name]]
    answer.write_text(json.dumps({name: [record]}), encoding="ascii")


def _tidied(room: Room, name: str, sourced_id: str) -> Collection[str]:
    """The tables of the delivery. Roles take the place of all that their user had."""
    roles = room.files / "roles.csv"
    if name != "users" or not roles.exists():
        return [name]
    with roles.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = ["status", "userSourcedId", "roleType", "role", "beginDate", "endDate"]
    none = {"userSourcedId": sourced_id}  # a row that says nothing, in the place of others
    with roles.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*columns, "orgSourcedId"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows or [none])
    return [name, "roles"]


def _unreadable(api: Api, name: str) -> Refused:
    return Refused(Reason.API_UNREADABLE, source=api.profile.source, collection=name)
