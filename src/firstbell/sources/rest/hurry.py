"""Questions that end within seconds, whatever the other side does: somebody waits for the answer."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx2

#: Seconds for all that is asked together, and for one step of it.
_ALL, _STEP = 15.0, 5.0


#: What is called with each request and answer of a client.
Hooks = Mapping[str, list[Callable[..., Any]]]


def hurry() -> Hooks:
    """What lets a client hurry, as its `event_hooks`; the seconds run from now on."""
    end = time.monotonic() + _ALL

    def begin(request: httpx2.Request) -> None:
        step = min(_STEP, _left(end))
        request.extensions["timeout"] = dict.fromkeys(("connect", "read", "write", "pool"), step)

    def go_on(answer: httpx2.Response) -> None:
        assert isinstance(answer.stream, httpx2.SyncByteStream)  # noqa: S101 - no asyncio here
        answer.stream = _Hurried(answer.stream, end)

    return {"request": [begin], "response": [go_on]}


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise httpx2.ReadTimeout("it takes too long")
    return left


class _Hurried(httpx2.SyncByteStream):
    """The body of an answer, which may come drop by drop."""

    def __init__(self, stream: httpx2.SyncByteStream, end: float) -> None:
        self._stream, self._end = stream, end

    def __iter__(self) -> Iterator[bytes]:
        for block in self._stream:
            _left(self._end)
            yield block

    def close(self) -> None:
        self._stream.close()
