"""What a sync would come to; nothing is applied."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

from django.utils import timezone

from firstbell.feed.package import Limits
from firstbell.feed.refusal import Refused
from firstbell.jobs.child import Broken, Died, compute_apart
from firstbell.jobs.ordering import order_of, unread_in
from firstbell.jobs.ran import TRY_AGAIN, Ran, failed_of, ran_of, refused_of
from firstbell.jobs.room import own_room, temporary_folder
from firstbell.reports.order import Computed
from firstbell.sources.source import Source, taken_apart
from firstbell.store.artefacts import roster_held
from firstbell.store.models import District
from firstbell.store.policies import guard_of, today_in


@contextmanager
def preview_sync(
    district: District,
    delivery: Path | Source | None,
    as_of: date | None,
    *,
    onboarding: frozenset[str] = frozenset(),
    read_from: Mapping[str, str] | None = None,
) -> Iterator[Ran]:
    """What a sync would come to; nothing is applied, and its reports are gone with the block.

    Args:
        district: whose.
        delivery: as for `run_sync`.
        as_of: the day to judge by; None: today there.
        onboarding: schools that count as onboarded beside those that are.
        read_from: the source that it is read from; None: none that is known.
    """
    day = as_of or today_in(district, timezone.now())
    with ExitStack() as stack:
        try:
            room = stack.enter_context(own_room(temporary_folder()))
            computed = compute_preview(district, delivery, day, room, onboarding, read_from)
        except Refused as refused:
            yield refused_of(None, day, refused)
        except (Died, Broken) as error:
            yield failed_of(None, day, str(error), TRY_AGAIN)
        else:
            yield ran_of(computed, room)


def compute_preview(
    district: District,
    delivery: Path | Source | None,
    day: date,
    out: Path,
    onboarding: frozenset[str] = frozenset(),
    read_from: Mapping[str, str] | None = None,
) -> Computed:
    """What a sync would come to, were it run just now.

    Args:
        district: whose.
        delivery: as for `run_sync`.
        day: to judge by.
        out: an empty folder of ours for what comes of it.
        onboarding: schools that count as onboarded beside those that are.
        read_from: the source that it is read from; None: none that is known.

    Raises:
        Refused: The delivery cannot be used as a whole.
        Died: The process that computed it did.
        Broken: It met a fault of ours.
    """
    with roster_held(district) as applied:
        path, source = taken_apart(delivery)
        order = order_of(district, path, day, guard_of(district), out, applied, read_from)
        policy = order.policy.with_onboarded(onboarding)
        order = replace(order, unread=unread_in(district, day), policy=policy)
        return compute_apart(order, Limits(), source=source)
