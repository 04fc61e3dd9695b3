"""What a key lets us see of an API, before anything is read."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from firstbell.feed.refusal import Reason
from firstbell.sources.kind import Shared
from firstbell.sources.rest.asking import Api, Question, ask, count

#: What is counted, and how many schools are named.
_COUNTED = ("schools", "users", "classes", "enrollments")
_NAMED = 3


def shared(api: Api) -> Shared:
    """Looks what there is; raises Refused when the API does not let us."""
    with TemporaryDirectory(prefix="firstbell-trial-") as folder:
        answer = Path(folder) / "answer.json"
        numbers = {name: count(api, name, answer).total for name in _COUNTED}
        first = Question("schools", {"limit": _NAMED, "offset": 0})
        ask(api, first, answer, may_shrink=False)
        return Shared(numbers, _names(api, answer))


def _names(api: Api, answer: Path) -> list[str]:
    try:
        found: Any = json.loads(answer.read_bytes())
        return [str(one["name"]) for one in found["orgs"][:_NAMED]]
    except (ValueError, LookupError, TypeError):
        raise api.refusal(Reason.API_UNREADABLE, "schools") from None
