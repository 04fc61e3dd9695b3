"""What a server has to tell: a district's records, each encoded once."""

import csv
import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import cast

from firstbell.oneroster.dictionary import Version
from simulator.objects import COLLECTIONS, Cells, Object, Objects

#: Records as JSON, in the order of their sourcedIds.
Records = list[bytes]

#: Collections that are a part of another one: which one, and what stands in their records.
PARTS = {
    "schools": ("orgs", b'"type":"school"'),
    "students": ("users", b'"role":"student"'),
    "teachers": ("users", b'"role":"teacher"'),
    "terms": ("academicSessions", b'"type":"term"'),
    "gradingPeriods": ("academicSessions", b'"type":"gradingPeriod"'),
}

#: When records were changed last whose row does not tell it.
LOADED = "2026-08-17T04:30:00.000Z"

_CHANGED = re.compile(rb'"dateLastModified":"([^"]*)"')
_START = len(b'{"sourcedId":"')
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True)
class Roster:
    """A district at one moment. Two are equal when all their records are."""

    version: Version
    #: By the collections' names.
    collections: Mapping[str, Records]
    _kept: dict[tuple[str, ...], Records] = field(default_factory=dict, compare=False, repr=False)
    #: When the records of each collection were changed last, as they say it, and which those are.
    _by_moment: dict[str, list[tuple[str, int]]] = field(
        default_factory=dict, compare=False, repr=False
    )

    @classmethod
    def read(cls, folder: Path) -> "Roster":
        """Read a folder of CSVs; with roles.csv it is of version 1.2.

        Rows that no server could tell, unreadable or too narrow, are left out.
        """
        version = Version.V1_2 if (folder / "roles.csv").exists() else Version.V1_1
        roles: dict[str, list[Cells]] = {}
        for row in _rows(folder / "roles.csv"):
            if row["status"] != "tobedeleted":
                roles.setdefault(row["userSourcedId"], []).append(row)
        make = Objects(version, LOADED, roles).make
        read = {
            name: [encoded(make(name, row)) for row in _rows(folder / f"{name}.csv")]
            for name in COLLECTIONS
        }
        for records in read.values():
            records.sort(key=id_of)
        return cls(version, read)

    def records(self, name: str) -> Records:
        """The records of a collection or a part of one; raises KeyError when there is none."""
        if name not in PARTS:
            return self.collections[name]
        whole, mark = PARTS[name]
        return self.kept(
            (name,), lambda: [record for record in self.collections[whole] if mark in record]
        )

    def kept(self, key: tuple[str, ...], make: Callable[[], Records]) -> Records:
        """Records picked out of this roster, which is done once for each key."""
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]

    def changed_after(self, name: str, moment: str) -> Records:
        """The records of a collection that were changed last after a moment."""
        if name not in self._by_moment:
            found = enumerate(map(_moment_of, self.records(name)))
            self._by_moment[name] = sorted((at, place) for place, at in found)
        index, records = self._by_moment[name], self.records(name)
        first = bisect_right(index, moment, key=lambda one: one[0])
        return [records[place] for place in sorted(place for _, place in index[first:])]

    def objects(self, name: str) -> list[Object]:
        """The same, decoded."""
        return [decoded(record) for record in self.records(name)]

    def find(self, name: str, id: str) -> bytes | None:
        """The record of that sourcedId."""
        records = self.records(name)
        place = bisect_left(records, id, key=id_of)
        found = place < len(records) and id_of(records[place]) == id
        return records[place] if found else None

    def put(self, name: str, record: Object) -> "Roster":
        """The roster with a record, in place of the one of that sourcedId if there is one."""
        records = self.without(name, str(record["sourcedId"])).collections[name].copy()
        records.insert(bisect_left(records, str(record["sourcedId"]), key=id_of), encoded(record))
        return self.having(name, records)

    def without(self, name: str, id: str) -> "Roster":
        """The roster without a record."""
        records = self.collections[name]
        first = last = bisect_left(records, id, key=id_of)
        while last < len(records) and id_of(records[last]) == id:
            last += 1
        return self.having(name, records[:first] + records[last:]) if last > first else self

    def current_on(self, day: date) -> "Roster":
        """The roster with only those classes that have a term on that day."""
        sessions = self.objects("academicSessions")
        terms = {
            session["sourcedId"]
            for session in sessions
            if str(session["startDate"]) <= day.isoformat() <= str(session["endDate"])
        }
        current = [
            record
            for record, known in zip(self.records("classes"), self.objects("classes"), strict=True)
            if any(term["sourcedId"] in terms for term in cast("list[Object]", known["terms"]))
        ]
        return self.having("classes", current)

    def having(self, name: str, records: Records) -> "Roster":
        """The roster with these records in a collection."""
        return Roster(self.version, {**self.collections, name: records})


def encoded(record: Object) -> bytes:
    """A record as JSON."""
    return _encode(record).encode()


def decoded(record: bytes) -> Object:
    """A record from JSON."""
    return cast("Object", json.loads(record))


def id_of(record: bytes) -> str:
    """The sourcedId of a record, which stands first in it."""
    id = record[_START : record.index(b'"', _START)]
    return str(decoded(record)["sourcedId"]) if b"\\" in id else id.decode()


def _moment_of(record: bytes) -> str:
    found = _CHANGED.search(record)
    return found[1].decode() if found else ""


def _rows(file: Path) -> Iterator[Cells]:
    with suppress(FileNotFoundError), file.open(encoding="utf-8-sig", newline="") as lines:
        header = next(csv.reader(lines))
        for line in lines:
            row = _row(line)
            if len(row) >= len(header):
                yield Cells(zip(header, row, strict=False))


def _row(line: str) -> list[str]:
    """The cells of a line; none if it is not a row by itself, for a server would not have it."""
    try:
        (row,) = csv.reader([line], strict=True)
    except csv.Error:
        return []
    return row
