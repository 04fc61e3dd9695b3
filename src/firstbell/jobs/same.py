"""A delivery that is byte for byte the one before: known before the engine runs.

Its sync has the same findings, and changes nothing.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from firstbell.engine.compare import Changes
from firstbell.feed.package import Limits
from firstbell.reports.nightly import Computed, Deltas, Order, Same, compute
from firstbell.reports.summary import NAME, write_summary

#: What a sync came to, kept beside its feed and reports.
COMPUTED = "computed.json"

_KEPT = ("feed", "reports", "findings.parquet")
_COMPUTED = TypeAdapter(Computed)


def compute_once(order: Order, limits: Limits, opened: Callable[[Deltas], None]) -> Computed:
    """Computes a sync, unless it is the same as an earlier one whose outcome is still there.

    What it came to is kept beside its feed and reports, for a sync that is the same.

    Args:
        order: the sync.
        limits: what the delivery may cost.
        opened: as for `compute`.

    Raises:
        Refused: the delivery cannot be used as a whole.
    """
    answer = compute(order, limits, opened)
    if isinstance(answer, Same):
        try:
            answer = _take_over(answer.folder, order)
        except ValidationError:  # what was kept is damaged
            answer = compute(replace(order, earlier=None), limits, opened)
    assert isinstance(answer, Computed)  # noqa: S101 - only an earlier sync makes it the same
    return _kept(answer, order)


def _kept(computed: Computed, order: Order) -> Computed:
    (order.out / COMPUTED).write_bytes(_COMPUTED.dump_json(computed))
    return computed


def _take_over(earlier: Path, order: Order) -> Computed:
    """Fills the folder of a sync with the files of an earlier one; they take no more room."""
    computed = _COMPUTED.validate_json((earlier / COMPUTED).read_bytes())
    for name in _KEPT:
        _link(earlier / name, order.out / name)
    summary = replace(
        computed.summary,
        sync=order.sync,
        as_of=order.policy.as_of,
        changes={table: Changes() for table in computed.summary.changes or {}},
    )
    (order.out / "reports" / NAME).unlink()
    write_summary(summary, order.out / "reports")
    return replace(computed, summary=summary)


def _link(there: Path, here: Path) -> None:
    if there.is_dir():
        shutil.copytree(there, here, copy_function=os.link)
    else:
        os.link(there, here)
