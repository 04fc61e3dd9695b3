"""The addresses of all pages, from the URLconf: a new page is among them by itself."""

from collections.abc import Iterator, Mapping, Sequence, Set

from django.urls import URLPattern, URLResolver, get_resolver, reverse


def _named(
    among: Sequence[URLPattern | URLResolver], outer: Set[str] = frozenset()
) -> Iterator[tuple[str, Set[str]]]:
    for one in among:
        values = outer | set(one.pattern.regex.groupindex)
        if isinstance(one, URLResolver):
            yield from _named(one.url_patterns, values)
        elif one.name:
            yield one.name, values


#: By the name of each page: the values that its address has.
PAGES: Mapping[str, Set[str]] = dict(sorted(_named(get_resolver().url_patterns)))


def addresses_of(name: str, values: Mapping[str, Sequence[object]]) -> list[str]:
    """The addresses of a page, one for each value of the one that has several.

    Args:
        name: of the page.
        values: by name, what may stand in an address.
    """
    unknown = PAGES[name] - values.keys()
    assert not unknown, f"say in test_every_page.py what {sorted(unknown)} of “{name}” may be"
    most = max((len(values[one]) for one in PAGES[name]), default=1)
    return [
        reverse(
            name, kwargs={one: values[one][min(n, len(values[one]) - 1)] for one in PAGES[name]}
        )
        for n in range(most)
    ]
