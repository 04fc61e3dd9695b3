"""No name, email, phone, identifier or username is said by a sync, and no password kept anywhere.

Each such cell of the district is a text of its own, which is then looked for. Ids may be said.
"""

import csv
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import duckdb
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from firstbell.feed.database import text
from firstbell.generate import District, generate
from firstbell.jobs.child import Broken
from firstbell.oneroster.dictionary import Version
from firstbell.store.cluster import SUPERUSER
from firstbell.store.embedded import embedded_server
from tests.jobs.crashes.processes import Process, eventually

pytestmark = pytest.mark.slow

_PERSONAL = (
    *("givenName", "familyName", "middleName", "email", "phone", "sms", "identifier", "username"),
    *("userIds", "name", "preferredGivenName", "preferredMiddleName", "preferredFamilyName"),
)
_SECRET = re.compile(rb"zq\d{6}zq|pw\d{6}pw")
_PASSWORD = re.compile(rb"pw\d{6}pw")


#: Queues a sync, and says when it has ended.
_QUEUE = """
import sys
import time
from pathlib import Path
from firstbell.store.database import open_store

with open_store(Path(sys.argv[1])):
    from firstbell.jobs.tasks import queue_sync
    from firstbell.store.models import District, Trigger

    district = District.objects.get(slug="north")
    sync = queue_sync(district=district, trigger=Trigger.UPLOAD, delivery=Path(sys.argv[2]))
    while sync.completed_at is None:
        time.sleep(0.05)
        sync.refresh_from_db()
    print("ended", flush=True)
"""


@dataclass
class Household:
    """A data folder of the embedded database, and all that its commands have said."""

    folder: Path
    said: dict[str, str] = field(default_factory=dict)

    @property
    def data_dir(self) -> Path:
        return self.folder / "data"

    def start(self, *arguments: str | Path) -> Process:
        rooms = self.folder / "rooms"
        rooms.mkdir(exist_ok=True)
        command = ["-m", "firstbell", *map(str, arguments), "--data-dir", str(self.data_dir)]
        return Process(command, TMPDIR=str(rooms))

    def firstbell(self, *arguments: str | Path) -> int:
        return self.ended(self.start(*arguments), " ".join(map(str, arguments)))

    def ended(self, process: Process, what: str) -> int:
        """Waits for the end of a command; its exit code."""
        code, out, err = process.end()
        process.close()
        self.said[f"{len(self.said)} {what}, to standard output"] = out
        self.said[f"{len(self.said)} {what}, to standard error"] = err
        return code


@pytest.fixture
def household(reachable_path: Path) -> Iterator[Household]:
    """It keeps its server, so that each command need not start it."""
    (reachable_path / "data").mkdir(mode=0o711)
    with embedded_server(reachable_path / "data"):
        yield Household(reachable_path)


def test_nobody_is_named_and_no_password_is_kept(household: Household) -> None:
    delivery = household.folder / "delivery"
    _deliver(delivery)
    assert household.firstbell("district", "add", "North", "--onboard-all") == 0
    assert household.firstbell("sync", "north", "--from", delivery) == 1
    assert household.firstbell("sync", "north", "--from", delivery, "--json") == 1
    _crash(household, delivery, Process.kill_child)
    _crash(household, delivery, Process.kill_all)
    _run_by_a_worker(household, delivery)
    _break_a_constraint(household, delivery)
    (delivery / "classes.csv").rename(delivery / "classes.txt")
    assert household.firstbell("sync", "north", "--from", delivery) == 2
    (delivery / "classes.txt").rename(delivery / "classes.csv")
    _lose_most_people(delivery)
    assert household.firstbell("sync", "north", "--from", delivery) in (1, 2)
    assert household.firstbell("hold", "show", "north") == 0
    assert household.firstbell("district", "show", "north") == 0
    assert household.firstbell("roster", "export", "north", "--out", household.folder / "out") == 0

    for what, said in household.said.items():
        assert not _SECRET.findall(said.encode()), f"{what}: {said}"
    assert not _SECRET.findall((household.data_dir / "pg" / "server.log").read_bytes())
    assert list((household.folder / "rooms").iterdir()) == []
    assert not _SECRET.findall(_reasons(household))
    _assert_no_password_is_kept(household)


def _deliver(folder: Path) -> None:
    """A district with a secret in each personal cell, also of rows that are broken in some way."""
    generate(District(2, 120, errors=0, seed=3, version=Version.V1_1), folder)
    numbers = count(100_000)
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        if not rows or "sourcedId" not in rows[0]:
            continue
        columns = list(rows[0])
        if path.name == "users.csv" and "password" not in columns:
            columns.insert(1, "password")
        for row in rows:
            for column in set(columns) & set(_PERSONAL):
                secret = f"zq{next(numbers)}zq"
                row[column] = f"{secret}@zq.example" if column == "email" else secret
            if "password" in columns:
                row["password"] = f"pw{next(numbers)}pw"
        lines = [
            ",".join(columns),
            *(",".join(map(_cell, row.values())) for row in _in(rows, columns)),
        ]
        if path.name == "users.csv":
            _damage(lines, columns)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")


def _in(rows: list[dict[str, str]], columns: list[str]) -> list[dict[str, str]]:
    return [{column: row[column] for column in columns} for row in rows]


def _cell(value: str) -> str:
    return f'"{value}"' if "," in value else value


def _damage(lines: list[str], columns: list[str]) -> None:
    """Breaks some rows of users.csv, each in another way."""
    role, email = columns.index("role"), columns.index("email")
    damages = (
        lambda line: f"{line},more",
        lambda line: line.rpartition(",")[0],
        lambda line: f"{line},",
        lambda line: line.replace("pw", '"pw', 1),
        lambda line: line.replace("zq", '"zq', 1),
        lambda line: line.replace("zq", "zq\0", 1),
        lambda line: line.replace(",", "\n", 1),
        lambda line: _without(line, role),
        lambda line: _without(line, email),
        lambda line: line.replace("@zq.example", " at zq"),
    )
    for place in range(3, len(lines), 5):
        lines[place] = damages[place // 5 % len(damages)](lines[place])
    lines.append(lines[1].replace("zq", "zq9", 1))
    lines.append(lines[2])


def _without(line: str, column: int) -> str:
    cells = line.split(",")
    cells[column] = "nothing"
    return ",".join(cells)


def _crash(household: Household, delivery: Path, kill: Callable[[Process], None]) -> None:
    """Kills a sync that has copied the passwords and reads them."""
    with (delivery / "orgs.csv").open("ab") as file:
        file.write(b"\n")  # another delivery than the one before
    process = household.start("sync", "north", "--from", delivery)
    assert eventually(lambda: any((household.folder / "rooms").rglob("enrollments.csv")))
    kill(process)
    household.ended(process, "crash")


def _run_by_a_worker(household: Household, delivery: Path) -> None:
    """What a worker says of a sync that it runs, and of one that is refused."""
    worker = household.start("worker")
    for path in (delivery, delivery / "users.csv"):
        with closing(Process(["-c", _QUEUE, str(household.data_dir), str(path)])) as queued:
            queued.wait_for("ended")
    worker.process.terminate()
    assert household.ended(worker, "worker") == 0


def _break_a_constraint(household: Household, delivery: Path) -> None:
    """The database refuses a row, and would tell what is in it."""
    with embedded_server(household.data_dir) as server, _connected(server) as admin:
        admin.execute(
            "ALTER TABLE users ADD CONSTRAINT small CHECK (length(given_name) < 5) NOT VALID"
        )
        users = delivery / "users.csv"
        whole = users.read_bytes()
        users.write_bytes(whole.replace(b"zq1002", b"zq2002"))
        assert household.firstbell("sync", "north", "--from", delivery) == 2
        assert "on our side (IntegrityError)" in list(household.said.values())[-1]
        users.write_bytes(whole)
        admin.execute("ALTER TABLE users DROP CONSTRAINT small")


def _lose_most_people(delivery: Path) -> None:
    users = delivery / "users.csv"
    users.write_bytes(b"\n".join(users.read_bytes().split(b"\n")[:20]) + b"\n")


def _connected(server: str) -> "psycopg.Connection[tuple[object, ...]]":
    dsn = make_conninfo(server, user=SUPERUSER, dbname="firstbell")
    return psycopg.connect(dsn, autocommit=True)


def _reasons(household: Household) -> bytes:
    with embedded_server(household.data_dir) as server, _connected(server) as admin:
        found = admin.execute("SELECT to_jsonb(s)::text FROM syncs AS s ORDER BY id").fetchall()
        reasons = admin.execute("SELECT reason FROM syncs WHERE reason IS NOT NULL").fetchall()
    assert len(reasons) >= 3
    return str(found).encode()


def _assert_no_password_is_kept(household: Household) -> None:
    with embedded_server(household.data_dir) as server, _connected(server) as admin:
        admin.execute("CHECKPOINT")
        seen = 0
        for path in household.data_dir.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                seen += bool(_SECRET.search(content))
                assert not _PASSWORD.search(content), path
        assert seen > 10  # it finds what is there
    for path in household.data_dir.rglob("*.parquet"):
        assert not _PASSWORD.search(_unpacked(path)), path
    shutil.rmtree(household.folder / "out")


def _unpacked(parquet: Path) -> bytes:
    with closing(duckdb.connect()) as database:
        rows = database.execute(f"SELECT t::VARCHAR FROM {text(str(parquet))} AS t").fetchall()
    return "\n".join(row for (row,) in rows).encode()


def test_a_fault_of_ours_is_logged_by_its_place_and_not_by_what_it_says(
    caplog: pytest.LogCaptureFixture,
) -> None:
    cell = "Ann Bell"
    try:
        int(cell)
    except ValueError as error:
        said = str(Broken.because_of(error))
    assert said == "something went wrong on our side (ValueError)"
    assert "int(cell)" in caplog.text
    assert cell not in caplog.text
