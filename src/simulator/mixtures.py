"""Faults in random mixtures: the same seed gives the same ones."""

from collections.abc import Callable
from random import Random

from simulator.faults import (
    ALWAYS,
    Changed,
    Cut,
    Deleted,
    ExpiredToken,
    Fault,
    Html,
    IgnoredSort,
    Inserted,
    Refused,
    RepeatedPage,
    Slow,
    TooLarge,
    Truncated,
    When,
    WrongTotal,
)
from simulator.objects import COLLECTIONS

#: Faults that last come seldom: no pull survives most of them.
_LASTING = 0.1

_KINDS: tuple[Callable[[Random, When], Fault], ...] = (
    lambda random, when: Refused(429, 0, as_date=random.random() < 0.5, when=when),
    lambda random, when: Refused(random.choice((500, 503)), when=when),
    lambda random, when: TooLarge(random.choice((5, 50, 500)), when=_lasting(when)),
    lambda random, when: Html(random.choice((200, 502)), when=when),
    lambda random, when: ExpiredToken(when=when),
    lambda random, when: Inserted(random.random(), when=when),
    lambda random, when: Deleted(random.random(), when=when),
    lambda random, when: Changed(random.random(), when=when),
    lambda random, when: WrongTotal(random.choice((-7, -1, 1, 7)), when=when),
    lambda random, when: WrongTotal(random.choice((-7, 7)), when=_lasting(when)),
    lambda random, when: RepeatedPage(when=when),
    lambda random, when: IgnoredSort(when=when),
    lambda random, when: Slow(0.02, when=when),
    lambda random, when: Cut(random.random(), when=when),
    lambda random, when: Truncated(random.random(), when=when),
)


def random_faults(seed: int) -> tuple[Fault, ...]:
    """One to four faults of any kinds; what is slow is slow for 20 ms, and no wait is asked for."""
    random = Random(seed)
    return tuple(_random_fault(random) for _ in range(random.randint(1, 4)))


def _random_fault(random: Random) -> Fault:
    collection = random.choice((*COLLECTIONS, ""))
    times = ALWAYS if random.random() < _LASTING else random.choice((1, 1, 1, 2))
    when = When(collection, nth=random.randint(1, 4), times=times)
    return random.choice(_KINDS)(random, when)


def _lasting(when: When) -> When:
    return When(when.collection, when.nth, ALWAYS)
