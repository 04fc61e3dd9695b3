"""People's names, drawn from the lists of the `faker` package."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from faker.providers.person import en_IN, en_US, es_MX, vi_VN

#: Where the people of a district have their names from, and how many of a hundred.
ORIGINS = (
    (62, en_US.Provider),
    (26, es_MX.Provider),
    (8, en_IN.Provider),
    (4, vi_VN.Provider),
)


@dataclass(frozen=True, slots=True)
class Name:
    """One person's name; the middle name may be empty."""

    given: str
    middle: str
    family: str


class Pool:
    """Names to draw from, common ones more often."""

    def __init__(self, lists: Iterable[tuple[float, Iterable[str]]]) -> None:
        """Join lists of names, each with the weight it has as a whole."""
        weights: dict[str, float] = {}
        for share, names in lists:
            spread = _spread(names)
            for name, weight in spread.items():
                weights[name] = weights.get(name, 0.0) + share * weight
        self.names = list(weights)
        self._cumulated = list(accumulate(weights.values()))

    def draw(self, random: Random, count: int) -> list[str]:
        """That many names, in random order, repeats included."""
        return random.choices(self.names, cum_weights=self._cumulated, k=count)


def _spread(names: Iterable[str]) -> dict[str, float]:
    weights = dict(names) if isinstance(names, Mapping) else dict.fromkeys(names, 1.0)
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


GIVEN = Pool(
    (share, names)
    for share, provider in ORIGINS
    for names in (provider.first_names_female, provider.first_names_male)
)
FAMILY = Pool((share, provider.last_names) for share, provider in ORIGINS)

#: How many of a hundred people have a middle name.
WITH_MIDDLE_NAME = 45


def draw(random: Random, count: int) -> list[Name]:
    """The names of that many people, independent of each other."""
    given = GIVEN.draw(random, count)
    middle = GIVEN.draw(random, count)
    family = FAMILY.draw(random, count)
    return [
        Name(given[n], middle[n] if random.random() * 100 < WITH_MIDDLE_NAME else "", family[n])
        for n in range(count)
    ]


def plain(name: str) -> str:
    """A name as it goes into an account: lower-case ASCII letters.

    >>> plain("Núñez-O'Brien")
    'nunezobrien'
    """
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return "".join(filter(str.isalpha, letters)).lower()
