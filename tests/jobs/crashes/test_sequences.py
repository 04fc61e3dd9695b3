"""Any sequence of nights, decisions and crashes leaves the roster that the naive reading says."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from copy import deepcopy
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from firstbell.jobs import run
from firstbell.jobs.run import run_sync
from firstbell.oneroster.dictionary import Version
from firstbell.reports.export import export_roster
from firstbell.store import apply as applying
from firstbell.store.artefacts import applied_folder
from firstbell.store.attempts import Overtaken
from firstbell.store.holds import hold_apply, hold_dismiss
from firstbell.store.models import District, School, SchoolState, Sync, Trigger
from firstbell.store.syncs import sync_create
from tests import made_up_nights
from tests.jobs.conftest import added
from tests.made_up_district import district
from tests.made_up_nights import MadeUpNight
from tests.naive import nights as naive

_NUMBERS = count(1)


class _Crash(BaseException):
    """The process is gone: nothing catches it, and nothing is done after it."""


def _crashing(module: object, name: str, *, done: bool) -> AbstractContextManager[object]:
    """A crash at a call of a function: before it does anything, or when it has done its work."""
    function: Callable[..., Any] = getattr(module, name)

    def crashes(*arguments: Any, **named: Any) -> None:
        if done:
            function(*arguments, **named)
        raise _Crash

    return patch.object(module, name, crashes)


#: Where a process may be when it is killed.
_CRASHES: dict[str, Callable[[], AbstractContextManager[object]]] = {
    "when the delivery is opened": lambda: _crashing(run, "_opened", done=True),
    "when all is computed": lambda: _crashing(run, "apply", done=False),
    "in the transaction": lambda: _crashing(applying, "end_sync", done=True),
    "behind the commit": lambda: _crashing(run, "apply", done=True),
}


class _Nights(RuleBasedStateMachine):
    """One district in PostgreSQL, and the same one in the naive reading."""

    def __init__(self) -> None:
        super().__init__()
        self._ours = added(f"District {next(_NUMBERS)}")
        self._naive = naive.District()
        self._folder = TemporaryDirectory()
        self._held = False

    @initialize(seed=st.integers(0, 2**32), version=st.sampled_from(Version))
    def first_night(self, seed: int, version: Version) -> None:
        """The first load."""
        random = Random(seed)
        rows = district(random, version)
        self._made_up = made_up_nights._District(version, rows, deepcopy(rows))
        self._deliver(made_up_nights._night(random, self._made_up), None)

    @rule(seed=st.integers(0, 2**32), crash=st.sampled_from([None, *_CRASHES]))
    def night(self, seed: int, crash: str | None) -> None:
        """A day passes, and something is delivered; its sync may be killed, and is run again."""
        random = Random(seed)
        made_up_nights._live(random, self._made_up)
        self._deliver(made_up_nights._night(random, self._made_up), crash)

    @precondition(lambda self: self._held)
    @rule(crash=st.sampled_from([None, *_CRASHES]))
    def apply_anyway(self, crash: str | None) -> None:
        """Somebody lets in what the guard held back."""
        sync = hold_apply(district=self._ours.slug, reason="it is right", who="test")
        self._run(sync, None, crash)
        self._compare(sync, self._naive.apply_anyway(self._made_up.as_of))

    @precondition(lambda self: self._held)
    @rule()
    def dismiss(self) -> None:
        """Somebody leaves it as it is."""
        hold_dismiss(district=self._ours.slug, reason="it is wrong", who="test")
        self._held = False

    def teardown(self) -> None:
        """Nothing stays on the disk."""
        self._folder.cleanup()

    def _deliver(self, made_up: MadeUpNight, crash: str | None) -> None:
        self._decide(made_up)
        delivery = Path(self._folder.name) / f"night {next(_NUMBERS)}"
        delivery.mkdir()
        for name, content in made_up.files.items():
            (delivery / name).write_bytes(content)
        sync = sync_create(
            district=self._ours,
            trigger=Trigger.NIGHTLY,
            delivery=delivery,
            as_of=made_up.as_of,
        )
        self._run(sync, delivery, crash)
        self._compare(sync, self._naive.night(made_up.files, made_up.as_of))

    def _decide(self, made_up: MadeUpNight) -> None:
        """What specialists have decided about schools."""
        onboarded = made_up.onboarded
        self._naive.onboarded = None if onboarded is None else set(onboarded)
        self._naive.never = set(made_up.never)
        states = dict.fromkeys(onboarded or (), SchoolState.ONBOARDED)
        states |= dict.fromkeys(made_up.never, SchoolState.NEVER)
        with transaction.atomic():
            District.objects.filter(pk=self._ours.pk).update(onboard_all=onboarded is None)
            School.objects.filter(district=self._ours).delete()
            for school, state in states.items():
                School.objects.create(district=self._ours, sourced_id=school, state=state)

    def _run(self, sync: Sync, delivery: Path | None, crash: str | None) -> None:
        if crash is not None:
            try:
                with _CRASHES[crash]():
                    run_sync(sync, delivery)
            except _Crash:
                pass
        try:
            run_sync(Sync.objects.get(pk=sync.pk), delivery)
        except Overtaken:  # it had ended
            assert crash is not None

    def _compare(self, sync: Sync, theirs: naive.Night) -> None:
        sync.refresh_from_db()
        assert sync.status == theirs.status, (sync.reason, theirs.reason)
        assert bool(sync.hold_decision) == bool(theirs.held_removals or theirs.refused_for)
        self._held = bool(sync.hold_decision)
        if theirs.status != "Failed":
            assert sync.changes == theirs.changes
        folder = applied_folder(self._ours)
        with TemporaryDirectory() as out:
            ours = {path.name: path.read_bytes() for path in export_roster(folder, Path(out))}
        expected = self._naive.export()
        for name, content in ours.items():
            assert name == "manifest.csv" or content == expected[name], name


@pytest.mark.usefixtures("store")
@pytest.mark.slow
def test_any_sequence_leaves_the_roster_that_the_naive_reading_says() -> None:
    few = settings(max_examples=6, stateful_step_count=6)
    run_state_machine_as_test(_Nights, settings=few)


@pytest.mark.usefixtures("store")
@pytest.mark.soak
def test_many_sequences_leave_the_roster_that_the_naive_reading_says() -> None:
    many = settings(max_examples=300, stateful_step_count=12, derandomize=False)
    run_state_machine_as_test(_Nights, settings=many)
