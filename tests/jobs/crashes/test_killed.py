"""A sync that is killed at any moment and run again comes to what it would have come to undisturbed.

Readers see the roster of the night before or tonight's, never a mixture; no process is left over.
"""

import os
import signal
import time
from collections.abc import Callable
from random import Random

import pytest

from firstbell.store.embedded import embedded_server
from tests.jobs.crashes.conftest import Before, Clone, Doomed, Nights
from tests.jobs.crashes.processes import Process
from tests.jobs.crashes.world import Roster, World

pytestmark = pytest.mark.slow

Kill = Callable[[Process], None]

#: Who is killed.
KILLS: dict[str, Kill] = {
    "all": Process.kill_all,
    "group": Process.kill_group,
    "parent": Process.kill_parent,
    "child": Process.kill_child,
}
#: After what the process has said; each moment of what follows is as likely.
MOMENTS = ("begins", "applies", "applied")


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("night", [0, 1])
def test_a_sync_killed_and_run_again_comes_to_the_same(
    nights: Nights, clone: Clone, night: int, moment: str
) -> None:
    random = Random(f"{night} {moment}")
    who = random.choice(("all", "group", "parent")) if moment != "begins" else list(KILLS)[night]
    _kill(nights[night], clone(nights[night]), KILLS[who], moment, random.random())


def test_a_delivery_whose_process_is_killed_fails_and_can_be_sent_again(
    nights: Nights, clone: Clone
) -> None:
    _kill(nights[1], clone(nights[1]), Process.kill_child, "begins", 0.6)


@pytest.mark.soak
@pytest.mark.parametrize("number", range(200))
def test_a_sync_killed_at_any_moment_comes_to_the_same(
    nights: Nights, clone: Clone, number: int
) -> None:
    random = Random()
    before, who = nights[number % 2], list(KILLS)[number // 2 % 4]
    _kill(before, clone(before), KILLS[who], random.choice(MOMENTS), random.random())


@pytest.mark.parametrize("moment", ["begins", "applies"])
def test_a_sync_whose_database_is_killed_comes_to_the_same(
    doomed: Doomed, clone_doomed: Clone, moment: str
) -> None:
    _kill_database(doomed, clone_doomed, doomed.nights[1], moment, Random(moment).random())


@pytest.mark.soak
@pytest.mark.parametrize("number", range(50))
def test_a_sync_whose_database_is_killed_at_any_moment_comes_to_the_same(
    doomed: Doomed, clone_doomed: Clone, number: int
) -> None:
    random = Random()
    before = doomed.nights[number % 2]
    _kill_database(doomed, clone_doomed, before, random.choice(MOMENTS), random.random())


def _kill(before: Before, world: World, kill: Kill, moment: str, share: float) -> None:
    with world.read_all_the_time() as seen:
        with world.syncing(before.sync, before.delivery) as process:
            process.wait_for(moment)
            time.sleep(share * before.pace[moment])
            kill(process)
            process.end()
            process.assert_nobody_is_left()
        world.again(before.sync, before.night, before.delivery)
    _assert_undisturbed(before, world, seen)


def _kill_database(doomed: Doomed, clone: Clone, before: Before, moment: str, share: float) -> None:
    world = clone(before)
    with world.read_all_the_time() as seen:
        with world.syncing(before.sync, before.delivery) as process:
            process.wait_for(moment)
            time.sleep(share * before.pace[moment])
            os.kill(doomed.postmaster, signal.SIGKILL)
            process.end()
            process.assert_nobody_is_left()
        with embedded_server(doomed.data_dir):
            world.again(before.sync, before.night, before.delivery)
    _assert_undisturbed(before, world, seen)


def _assert_undisturbed(before: Before, world: World, seen: set[Roster]) -> None:
    assert {roster for _, roster in seen} <= {before.roster[1], before.roster_after[1]}
    assert len({sync for sync, _ in seen}) == len({roster for _, roster in seen})
    assert world.left_over() == []
    assert world.seen() == before.after
