"""A small district before its first night and before its second, and what each comes to undisturbed."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import count
from os import getpid
from pathlib import Path
from time import monotonic

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from firstbell.generate import District, generate, generate_next
from firstbell.oneroster.dictionary import Version
from firstbell.store.cluster import SUPERUSER
from firstbell.store.embedded import embedded_server
from firstbell.store.migrating import migrate
from tests.jobs.crashes.world import Roster, World
from tests.servers import new_folder

_NUMBERS = count()


@dataclass(frozen=True)
class Before:
    """A district before a night."""

    #: Nobody is connected to its database: others are made from it.
    world: World
    night: int
    #: The sync that waits.
    sync: int
    delivery: Path
    #: What a reader sees before the night, and after it when nothing disturbs it.
    roster: Roster
    roster_after: Roster
    #: All that is to be seen after it.
    after: dict[str, object]
    #: Seconds from each thing that its process says to the next.
    pace: dict[str, float]


Nights = tuple[Before, Before]


@dataclass(frozen=True)
class Doomed:
    """A server that tests kill, and the nights on it."""

    data_dir: Path
    server: str
    nights: Nights

    @property
    def postmaster(self) -> int:
        return int((self.data_dir / "pg" / "postmaster.pid").read_text().split()[0])


#: Makes a world of a test's own out of one before a night.
Clone = Callable[[Before], World]


@pytest.fixture(scope="session")
def nights(server: str, migrated: str) -> Iterator[Nights]:
    """The first load, and a night on which something changed."""
    with new_folder() as folder, ExitStack() as stack:
        yield _nights(stack, server, migrated, folder)


@pytest.fixture
def clone(server: str, reachable_path: Path) -> Iterator[Clone]:
    """Makes worlds of the test's own."""
    with ExitStack() as stack:
        yield lambda before: _clone(stack, server, before.world, reachable_path / _name())


@pytest.fixture(scope="session")
def doomed() -> Iterator[Doomed]:
    """A server of the tests' own."""
    with new_folder() as folder, embedded_server(folder / "data") as found, ExitStack() as stack:
        server = make_conninfo(found, user=SUPERUSER, dbname="postgres")
        migrated = stack.enter_context(_database(server, "template1"))
        migrate(make_conninfo(server, dbname=migrated))
        yield Doomed(folder / "data", server, _nights(stack, server, migrated, folder))


@pytest.fixture
def clone_doomed(doomed: Doomed, reachable_path: Path) -> Iterator[Clone]:
    """Makes worlds of the test's own on the server that it kills.

    PostgreSQL has not logged what the sequences of a database made from another one count next, until
    a checkpoint: after a kill they would count it again.
    """

    def made(before: Before) -> World:
        world = _clone(stack, doomed.server, before.world, reachable_path / _name())
        with psycopg.connect(doomed.server, autocommit=True) as admin:
            admin.execute("CHECKPOINT")
        return world

    with ExitStack() as stack:
        yield made


def _nights(stack: ExitStack, server: str, like: str, folder: Path) -> Nights:
    deliveries = folder / "first", folder / "second"
    generate(District(2, 300, errors=0.04, seed=7, version=Version.V1_1), deliveries[0])
    generate_next(*deliveries)
    new = World(_new(stack, server, like), folder / "new")
    new.data_dir.mkdir()
    new.add_district()
    first = _before(stack, server, new, 0, deliveries[0])
    second = _before(stack, server, first.world, 1, deliveries[1])
    return replace(first, world=new), replace(second, world=first.world)


def _before(stack: ExitStack, server: str, world: World, night: int, delivery: Path) -> Before:
    """Runs a night undisturbed. Its world is then the one after it; the one before has its sync."""
    sync, roster = world.queue(night), world.roster()
    after = _clone(stack, server, world, world.data_dir.with_name(f"after {night}"))
    pace = _pace(after, sync, delivery)
    seen = _clone(stack, server, after, world.data_dir.with_name(f"seen {night}")).seen()
    return Before(after, night, sync, delivery, roster, after.roster(), seen, pace)


def _pace(world: World, sync: int, delivery: Path) -> dict[str, float]:
    """Runs a sync in a process of its own, and measures its parts."""
    pace, before, since = {}, "", 0.0
    with world.syncing(sync, delivery) as process:
        for line in ("begins", "applies", "applied"):
            process.wait_for(line)
            pace[before], before, since = monotonic() - since, line, monotonic()
        code, out, err = process.end()
    assert (code, err) == (0, "")
    assert out.startswith("Completed")
    return {"begins": pace["begins"], "applies": pace["applies"], "applied": monotonic() - since}


def _name() -> str:
    return f"firstbell_crash_{getpid()}_{next(_NUMBERS)}"


def _clone(stack: ExitStack, server: str, world: World, data_dir: Path) -> World:
    database = _new(stack, server, str(conninfo_to_dict(world.database)["dbname"]))
    shutil.copytree(world.data_dir, data_dir)
    return World(database, data_dir)


def _new(stack: ExitStack, server: str, like: str) -> str:
    return make_conninfo(server, dbname=stack.enter_context(_database(server, like)))


@contextmanager
def _database(server: str, like: str) -> Iterator[str]:
    """As in `tests.servers`, but for a server that may have been killed in between."""
    name = _name()
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {like}".encode())
    try:
        yield name
    finally:
        with (
            suppress(psycopg.OperationalError),
            psycopg.connect(server, autocommit=True) as admin,
        ):
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
