"""A district's roster from an API, as the files of a delivery: the same that a folder would bring."""

import csv
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from firstbell.feed.database import open_database
from firstbell.feed.manifest import FROM_API, Mode
from firstbell.feed.package import Limits
from firstbell.feed.refusal import Reason
from firstbell.oneroster.dictionary import FEED_TABLES, Version
from firstbell.sources.rest.asking import Answer, Api, count
from firstbell.sources.rest.collection import Pulled, pull
from firstbell.sources.rest.page import Room

#: How often it is looked whether something has changed since it was read.
_MOST_ROUNDS = 2
#: What every roster has some of.
_NEEDED = ("orgs", "users")
#: Memory for what is read; beyond it DuckDB spills to disk.
_MEMORY = "256MB"


def pull_roster(api: Api, version: Version, into: Path) -> None:
    """Writes a roster as it is now, as CSV files of OneRoster with a manifest.

    Args:
        api: whose roster.
        version: of the standard that it speaks.
        into: an existing, empty folder.

    Raises:
        Refused: the API does not answer as it should, its roster changes all the time, or it shares
            no orgs or users.
    """
    with new_room(version) as room:
        read = {name: _read(api, name, room) for name in FEED_TABLES}
        _settle(api, read, room)
        for name in _NEEDED:
            if not read[name].pulled.number:
                raise api.refusal(Reason.API_SHARES_NONE, name)
        for file in room.files.iterdir():
            shutil.move(file, into)
    write_manifest(version, api.profile.source, into)


@contextmanager
def new_room(version: Version) -> Iterator[Room]:
    """Where answers are read, and become CSV files; it is gone behind the block."""
    with TemporaryDirectory(prefix="firstbell-pull-") as folder:
        work = Path(folder)
        files = work / "files"
        files.mkdir()
        with open_database(work, Limits(memory=_MEMORY), threads=1) as database:
            yield Room(database, work, files, version)


@dataclass(frozen=True, slots=True)
class _Read:
    """A collection that was read, and what tells whether it has changed since."""

    pulled: Pulled
    #: What the API's clock said before.
    since: datetime
    #: How many records said even then that they were changed later; None: it is not asked.
    later: int | None


def _read(api: Api, name: str, room: Room) -> _Read:
    since = _counted(api, name, room).at
    later = _changed_after(api, name, since, room)
    return _Read(pull(api, name, room), since, later)


def _settle(api: Api, read: dict[str, _Read], room: Room) -> None:
    """Reads again what has changed since it was read, until nothing has: then it is of one moment."""
    for _ in range(_MOST_ROUNDS):
        if not (changed := _changed(api, read, room)):
            return
        read.update({name: _read(api, name, room) for name in changed})
    if changed := _changed(api, read, room):
        raise api.refusal(Reason.API_RESTLESS, changed[0])


def _changed(api: Api, read: dict[str, _Read], room: Room) -> list[str]:
    return [name for name, one in read.items() if _has_changed(api, name, one, room)]


def _has_changed(api: Api, name: str, one: _Read, room: Room) -> bool:
    if _counted(api, name, room).total != one.pulled.total:
        return True
    return _changed_after(api, name, one.since, room) != one.later


def _changed_after(api: Api, name: str, since: datetime, room: Room) -> int | None:
    """How many records say that they were changed after a moment; None: it does not say."""
    if not api.profile.filters:
        return None
    moment = f"{since:%Y-%m-%dT%H:%M:%S}.000Z"
    return _counted(api, name, room, filter=f"dateLastModified>'{moment}'").total


def _counted(api: Api, name: str, room: Room, **more: str) -> Answer:
    return count(api, name, room.folder / "counted.json", **more)


def write_manifest(
    version: Version, source: str, into: Path, changes: Collection[str] = ()
) -> None:
    """Says what a delivery is, in a file beside those of its tables.

    Args:
        version: of the standard.
        source: what the API is called.
        into: the folder.
        changes: the tables of which it has changes (delta), and none of others; none: it is all
            there is of every table.
    """
    modes = dict.fromkeys(FEED_TABLES, Mode.ABSENT if changes else Mode.BULK)
    if version is Version.V1_2:
        modes["roles"] = modes["users"]
    said = {
        "manifest.version": "1.0",
        "oneroster.version": version,
        **{f"file.{name}": mode for name, mode in modes.items()},
        **{f"file.{name}": Mode.DELTA for name in changes},
        "source.systemName": source,
        FROM_API: "true",
    }
    with (into / "manifest.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("propertyName", "value"), *said.items()])
