"""Which columns hold passwords, whose values are never stored, logged or shown."""

import re

_SECRET = re.compile("password|passwd|pwd")


def is_secret(head: str) -> bool:
    """Whether a column is named as one of passwords, whose cells are never stored or shown."""
    return _SECRET.search(re.sub("[^a-z]", "", head.lower())) is not None
