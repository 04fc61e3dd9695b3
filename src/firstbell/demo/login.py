"""What the people of the demo sign in with."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Login:
    """What a person signs in with."""

    #: What the person is to the districts.
    title: str
    #: The ids of the districts that the person sees.
    districts: Collection[str]
    email: str = ""
    password: str = ""
    #: From which an app makes codes; empty when none is asked for.
    secret: str = ""
    #: Codes that do instead, each once.
    codes: Sequence[str] = ()
