"""A small district, its database and its storage folder, and all that is to be seen of them."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from hashlib import md5
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any
from unittest.mock import patch

import psycopg
from django.conf import settings

from firstbell.jobs.ran import Ran
from firstbell.jobs.run import run_sync
from firstbell.reports.export import export_roster
from firstbell.store.actions import district_add
from firstbell.store.artefacts import applied_folder
from firstbell.store.attempts import Overtaken
from firstbell.store.columns import ROSTER_TABLES
from firstbell.store.connecting import Role, connected
from firstbell.store.models import District, Sync, Trigger
from tests.jobs.crashes.processes import Process, syncing

#: A day of the generated school year.
DAYS = (date(2026, 11, 24), date(2026, 11, 25))

#: In a sync's folder, what it writes for its own commit; a kill right behind that leaves it.
_NOT_READ = {"applied", "changes"}

#: What differs between two runs that come to the same.
_TIMES = {"id", "queued_at", "started_at", "completed_at", "attempts", "created_at", "at"}

#: The sync that was applied last, and a checksum over the whole roster.
Roster = tuple[int | None, str]

Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class World:
    """A database and a storage folder that belong together, with one district."""

    #: A connection string, as the database's owner.
    database: str
    data_dir: Path

    @property
    def storage(self) -> Path:
        return self.data_dir / "storage"

    @property
    def rooms(self) -> Path:
        """The temporary folder of its processes."""
        return self.data_dir / "rooms"

    def left_over(self) -> list[Path]:
        """What its processes have left there, but for the addresses of sockets."""
        return [path for path in self.rooms.iterdir() if not path.name.startswith("pymp-")]

    def syncing(
        self, sync: int, delivery: Path, *, patience: int = 60, room: int | None = None
    ) -> AbstractContextManager[Process]:
        """A process that runs a sync of this world."""
        self.rooms.mkdir(exist_ok=True)
        return syncing(
            sync,
            delivery,
            self.data_dir,
            patience=patience,
            room=room,
            TMPDIR=str(self.rooms),
            FIRSTBELL_STORAGE=str(self.storage),
            DATABASE_URL=self.database,
        )

    def run(self, sync: int, delivery: Path | None) -> Ran | None:
        """Runs a sync here, or runs it again as a retry does; None when it has ended already."""
        self.rooms.mkdir(exist_ok=True)
        with self.models(), patch.object(tempfile, "tempdir", str(self.rooms)):
            try:
                return run_sync(Sync.objects.get(pk=sync), delivery)
            except Overtaken:
                return None

    def again(self, sync: int, night: int, delivery: Path) -> None:
        """Runs a sync again, or where it has failed a new one."""
        self.run(self.queue(night) if self.status(sync) == "Failed" else sync, delivery)

    def status(self, sync: int) -> str:
        with self.models():
            return str(Sync.objects.get(pk=sync).status)

    @contextmanager
    def models(self) -> Iterator[None]:
        """Lets Django's models in this process use it."""
        kept = settings.FIRSTBELL_STORAGE
        settings.FIRSTBELL_STORAGE = self.storage
        try:
            with connected(self.database, Role.WORKER):
                yield
        finally:
            settings.FIRSTBELL_STORAGE = kept

    def add_district(self) -> None:
        with self.models():
            district_add(name="North", slug="north", timezone="UTC", onboard_all=True, who="test")

    def queue(self, night: int) -> int:
        """A sync of the district that waits; its id."""
        with self.models():
            district = District.objects.get()
            return Sync.objects.create(
                district=district, trigger=Trigger.NIGHTLY, as_of=DAYS[night]
            ).pk

    def rows(self) -> Rows:
        """All that the database says, in the same words whatever ids its syncs have."""
        with psycopg.connect(self.database) as connection:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            connection.execute("SET ROLE firstbell_worker")
            tables = (
                *ROSTER_TABLES.values(),
                "changes",
                "problems",
                "syncs",
                "districts",
                "schools",
            )
            rows = {table: _rows(connection, table) for table in tables}
        return _with_names(rows)

    def roster(self) -> Roster:
        """What a reader sees now."""
        with psycopg.connect(self.database) as connection:
            return roster_of(connection)

    @contextmanager
    def read_all_the_time(self) -> Iterator[set[Roster]]:
        """All that a reader sees while the block runs."""
        seen, ends = set[Roster](), Event()
        reader = Thread(target=self._read, args=(seen, ends))
        reader.start()
        try:
            yield seen
        finally:
            ends.set()
            reader.join()

    def _read(self, seen: set[Roster], ends: Event) -> None:
        while not ends.is_set():
            with suppress(psycopg.OperationalError), psycopg.connect(self.database) as connection:
                while not ends.wait(0.01):
                    seen.add(roster_of(connection))

    def export(self) -> dict[str, bytes]:
        """The files of `firstbell roster export`."""
        with self.models(), TemporaryDirectory() as out:
            folder = applied_folder(District.objects.get())
            return {path.name: path.read_bytes() for path in export_roster(folder, Path(out))}

    def seen(self) -> dict[str, object]:
        """All that is to be seen: rows, export from cache and from the database, storage."""
        found = {"rows": self.rows(), "export": self.export(), "storage": self._stored()}
        shutil.rmtree(self.storage / "districts" / "1" / "applied", ignore_errors=True)
        return {**found, "export from the database": self.export()}

    def stored(self) -> dict[str, bytes]:
        """All files in storage."""
        files = (path for path in sorted(self.storage.rglob("*")) if path.is_file())
        return {str(path.relative_to(self.storage)): path.read_bytes() for path in files}

    def _stored(self) -> dict[str, bytes | None]:
        """The files in storage that belong to syncs, by what they are; the content of reports."""
        with self.models():
            ids = Sync.objects.exclude(status="Failed").order_by("pk").values_list("pk", flat=True)
            numbers = {str(pk): f"sync {n}" for n, pk in enumerate(ids, start=1)}
        stored: dict[str, bytes | None] = {}
        for path in sorted(self.storage.rglob("*")):
            place = path.relative_to(self.storage).parts
            if path.is_file() and place[2] == "syncs" and place[5] not in _NOT_READ:
                name = "/".join((numbers.get(place[3], "?"), *place[5:]))
                is_report = place[5] == "reports" and path.suffix == ".csv"
                stored[name] = path.read_bytes() if is_report else None
        return stored


def roster_of(connection: "psycopg.Connection[Any]") -> Roster:
    """What the web sees in one transaction, statement after statement."""
    roster = md5(usedforsecurity=False)
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        connection.execute("SET LOCAL ROLE firstbell_web")
        connection.execute("SELECT set_config('firstbell.district', '1', true)")
        found = connection.execute("SELECT applied_sync_id FROM districts").fetchone()
        for table in ROSTER_TABLES.values():
            rows = connection.execute(
                "SELECT md5(coalesce(string_agg((to_jsonb(t) - 'created_by')::text, '|'"
                f" ORDER BY sourced_id), '')) FROM {table} AS t"
                " WHERE deactivated_at IS NULL".encode()
            )
            roster.update(str(rows.fetchone()).encode())
    assert found is not None
    return found[0], roster.hexdigest()


def _rows(connection: "psycopg.Connection[Any]", table: str) -> list[dict[str, Any]]:
    found = connection.execute(f"SELECT to_jsonb(t) FROM {table} AS t".encode()).fetchall()
    return [row for (row,) in found]


def _with_names(rows: Rows) -> Rows:
    """Rows in which syncs are counted, failed ones and times left out."""
    ended = [row for row in rows["syncs"] if row["status"] != "Failed"]
    rows["syncs"] = ended
    names = {row["id"]: f"sync {n}" for n, row in enumerate(sorted(ended, key=_id), start=1)}
    told = {}
    for table, those in rows.items():
        told[table] = sorted((_named(row, table, names) for row in those), key=json.dumps)
    return told


def _named(row: dict[str, Any], table: str, names: dict[int, str]) -> dict[str, Any]:
    named = {}
    for column, value in sorted(row.items()):
        if column in _TIMES and not (column == "id" and table == "districts"):
            continue
        if column == "deactivated_at":
            named[column] = value is not None
        elif column == "created_by" or column.endswith(("sync_id", "last_feed_id", "of_id")):
            named[column] = names.get(value, value)
        else:
            named[column] = value
    return named


def _id(row: dict[str, Any]) -> int:
    return int(row["id"])
