"""A process that was stopped while another finished its sync, and goes on, writes nothing."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from unittest.mock import patch

import pytest

from firstbell.jobs import child
from firstbell.store import alone
from tests.jobs.crashes.conftest import Before, Clone, Nights
from tests.jobs.crashes.processes import Process
from tests.jobs.crashes.world import World

pytestmark = pytest.mark.slow

_PATIENCE = 2
#: How a process ends whose sync is not its own any more.
_ENDS = ("django.db.utils.OperationalError", "firstbell.store.attempts.Overtaken")


@pytest.mark.parametrize(("night", "moment"), [(0, "begins"), (1, "applies"), (0, "copies")])
def test_who_was_stopped_while_another_finished_the_sync_writes_nothing(
    nights: Nights, clone: Clone, night: int, moment: str
) -> None:
    share = Random(moment).random()
    _stop(nights[night], clone(nights[night]), moment, share, with_child=False)


@pytest.mark.soak
@pytest.mark.parametrize("number", range(50))
def test_who_was_stopped_at_any_moment_writes_nothing(
    nights: Nights, clone: Clone, number: int
) -> None:
    random = Random()
    before = nights[number % 2]
    moment = random.choice(("begins", "applies", "copies"))
    _stop(before, clone(before), moment, random.random(), with_child=number // 2 % 2 == 1)


def _stop(before: Before, world: World, moment: str, share: float, *, with_child: bool) -> None:
    with world.syncing(before.sync, before.delivery, patience=_PATIENCE) as process:
        process.wait_for(moment)
        time.sleep(share * before.pace.get(moment, 0.5))
        stopped = process.all() if with_child else [process.pid]
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        with _impatient():
            world.run(before.sync, before.delivery)
        _go_on(world, process)
    assert world.seen() == before.after


@contextmanager
def _impatient() -> Iterator[None]:
    """Lets this process, too, wait for a moment only for one that is silent."""
    with patch.object(alone, "_PATIENCE", _PATIENCE), patch.object(child, "_PAUSE", 0.5):
        yield


def _go_on(world: World, process: Process) -> None:
    """Lets it go on, and sees that it says so and changes nothing."""
    rows, stored = world.rows(), world.stored()
    for pid in process.all():
        os.kill(pid, signal.SIGCONT)
    code, _, err = process.end()
    process.assert_nobody_is_left()
    assert world.rows() == rows
    if code != 0:  # otherwise it had committed before it was stopped, and has now tidied up
        assert any(line.startswith(_ENDS) for line in err.splitlines()), err
        assert world.stored() == stored
