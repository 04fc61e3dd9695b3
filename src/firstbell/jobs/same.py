"""A delivery that is byte for byte the one before: known before the engine runs.

Its sync has the same findings, and changes nothing.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from firstbell.engine.compare import Changes
from firstbell.feed.package import Limits
from firstbell.reports.causes import unchanged
from firstbell.reports.nightly import compute
from firstbell.reports.order import Computed, Deltas, Order, Step, keep, kept
from firstbell.reports.summary import NAME, write_summary

_KEPT = ("feed", "reports", "findings.parquet")


def compute_once(
    order: Order,
    limits: Limits,
    opened: Callable[[Deltas], None],
    begins: Callable[[Step], None],
) -> Computed:
    """Computes a sync, unless it is the same as an earlier one whose outcome is still there.

    What it came to is kept beside its feed and reports, for a sync that is the same.

    Args:
        order: the sync.
        limits: what the delivery may cost.
        opened: as for `compute`.
        begins: as for `compute`.

    Raises:
        Refused: the delivery cannot be used as a whole.
    """
    answer = compute(order, limits, opened, begins)
    if answer is None and order.before:
        if computed := kept(order.before):
            answer = _take_over(computed, order.before, order)
        else:
            answer = compute(replace(order, same_as=None), limits, opened, begins)
    assert answer  # noqa: S101 - only the sync before makes it the same
    keep(answer, order.out)
    return answer


def _take_over(computed: Computed, earlier: Path, order: Order) -> Computed:
    """Fills the folder of a sync with the files of an earlier one; they take no more room."""
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
    return replace(computed, summary=summary, causes=unchanged(computed.causes))


def _link(there: Path, here: Path) -> None:
    if there.is_dir():
        shutil.copytree(there, here, copy_function=os.link)
    else:
        os.link(there, here)
