"""What the people of the demo sign in with."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Login:
    """What a person signs in with."""

    #: What the person is to the districts.
    title: str
    email: str
    password: str
    #: The ids of the districts that the person sees.
    districts: Collection[str]
    #: How to come by the second factor, in one line; empty when none is asked for.
    second_factor: str
