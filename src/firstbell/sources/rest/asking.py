"""One question to an API: asked again while it may yet be answered, and its answer put on disk."""

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx2
from authlib.integrations.base_client import OAuthError
from tenacity import RetryCallState, Retrying, retry_if_exception_type
from tenacity.wait import wait_exponential_jitter

from firstbell.feed.refusal import Reason, Refused
from firstbell.sources.rest.profile import Profile

#: How often a question is asked, and how many seconds are waited at most in between. An API that
#: wants to be left alone for longer is: the district's night tries again later.
_MOST_TRIES, _LONGEST = 6, 300.0
#: Bytes of an answer: a page of 10,000 users is some 10 MB.
_LARGEST = 32 << 20
#: Clocks that far apart are why a signature is refused.
_APART = timedelta(minutes=4)
_TOO_MUCH = frozenset((413, 500, 504))
_BUSY = 429
_BACKOFF = wait_exponential_jitter(multiplier=0.5)


class TooMuch(Exception):
    """The API cannot answer with so many records at once."""


class _NotYet(Exception):
    """It may be answered a little later."""

    def __init__(self, refused: Refused, after: float | None = None) -> None:
        """What is said when it never is, and how many seconds it asks to wait."""
        super().__init__()
        self.refused, self.after = refused, after


@dataclass(frozen=True, slots=True)
class Answer:
    """What came, beside the body."""

    #: How many records there are in all; None: it does not say.
    total: int | None
    #: What the API's clock said.
    at: datetime
    #: Where it says that the next page is, if it does.
    next: str | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A request, whatever came of it."""

    collection: str
    #: Whether it was made before.
    again: bool
    #: Bytes as they came over the line.
    size: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Api:
    """An API that is open to us."""

    client: httpx2.Client
    profile: Profile
    #: Waits some seconds; tests do not.
    sleep: Callable[[float], None]
    #: How often it is asked the same.
    tries: int = _MOST_TRIES
    #: How many seconds it is let wait when it asks for that.
    longest: float = _LONGEST
    #: Is told of every request.
    observe: Callable[[Attempt], None] = lambda attempt: None

    def refusal(self, reason: Reason, collection: str, **more: str) -> Refused:
        """What is said when a collection cannot be read from it."""
        return Refused(reason, source=self.profile.source, collection=collection, **more)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for."""

    collection: str
    query: Mapping[str, str | int]
    #: A page that the API has named itself, or a single record; it is asked for without a query.
    link: str | None = None


def ask(api: Api, question: Question, into: Path, *, may_shrink: bool) -> Answer:
    """Asks for some records of a collection.

    Args:
        api: whom.
        question: what for.
        into: the file that the answer is written to.
        may_shrink: whether to ask for fewer records instead of the same again.

    Raises:
        TooMuch: it cannot answer with so many at once; if `may_shrink`.
        Refused: it does not answer.
    """
    retrying = Retrying(
        retry=retry_if_exception_type(_NotYet),
        stop=lambda state: state.attempt_number == api.tries or _wants_too_long(api, state),
        wait=_wait,
        sleep=api.sleep,
        reraise=True,
    )
    try:
        for attempt in retrying:
            with attempt:
                again = attempt.retry_state.attempt_number > 1
                return _ask(api, question, into, again=again, may_shrink=may_shrink)
    except _NotYet as not_yet:
        raise not_yet.refused from None
    raise AssertionError  # the last attempt returns or raises


def count(api: Api, collection: str, into: Path, **more: str) -> Answer:
    """Asks for a single record of a collection: the answer tells how many there are, and the time.

    Args:
        api: whom.
        collection: its name.
        into: the file that the answer is written to.
        **more: of the query, such as a filter.

    Raises:
        Refused: it does not answer.
    """
    query: dict[str, str | int] = {"limit": 1, "offset": 0, **more}
    return ask(api, Question(collection, query), into, may_shrink=False)


def _wanted(state: RetryCallState) -> float | None:
    """The seconds that the API asks to wait."""
    error = state.outcome.exception() if state.outcome else None
    return error.after if isinstance(error, _NotYet) else None


def _wants_too_long(api: Api, state: RetryCallState) -> bool:
    return (_wanted(state) or 0) > api.longest


def _wait(state: RetryCallState) -> float:
    after = _wanted(state)
    return _BACKOFF(state) if after is None else after


def _ask(api: Api, question: Question, into: Path, *, again: bool, may_shrink: bool) -> Answer:
    collection, begun, size = question.collection, time.monotonic(), 0
    try:
        with _streamed(api, question) as response:
            try:
                _check(api, response, collection, may_shrink=may_shrink)
                _write(api, response, collection, into, may_shrink=may_shrink)
            finally:
                size = response.num_bytes_downloaded
            return Answer(_total_of(response), _clock_of(response), _next_of(response))
    except (httpx2.TransportError, httpx2.DecodingError) as error:
        if may_shrink and isinstance(error, httpx2.TimeoutException):
            raise TooMuch from None
        raise _NotYet(api.refusal(Reason.API_UNREACHABLE, collection)) from None
    except OAuthError:
        raise api.refusal(Reason.API_WRONG_KEY, collection) from None
    finally:
        api.observe(Attempt(collection, again, size, time.monotonic() - begun))


def _streamed(api: Api, question: Question) -> AbstractContextManager[httpx2.Response]:
    if question.link is not None:
        return api.client.stream("GET", question.link)
    return api.client.stream("GET", question.collection, params=dict(question.query))


def _check(api: Api, response: httpx2.Response, collection: str, *, may_shrink: bool) -> None:
    status = response.status_code
    if status == httpx2.codes.OK:
        return
    if status in _TOO_MUCH and may_shrink:
        raise TooMuch
    fails = api.refusal(Reason.API_FAILS, collection, status=str(status))
    if status == _BUSY or response.is_server_error:
        raise _NotYet(fails, _after(response))
    if status == httpx2.codes.UNAUTHORIZED:
        off = abs(_clock_of(response) - datetime.now(UTC))
        if off > _APART:
            minutes = f"{off.total_seconds() / 60:,.0f} minutes"
            raise api.refusal(Reason.API_WRONG_CLOCK, collection, off=minutes)
        raise api.refusal(Reason.API_WRONG_KEY, collection)
    if status == httpx2.codes.FORBIDDEN:
        raise api.refusal(Reason.API_FORBIDDEN, collection)
    if status == httpx2.codes.NOT_FOUND:
        raise api.refusal(Reason.API_NOT_THERE, collection)
    raise api.refusal(Reason.API_REDIRECTS, collection) if response.is_redirect else fails


def _write(
    api: Api, response: httpx2.Response, collection: str, into: Path, *, may_shrink: bool
) -> None:
    size = 0
    with into.open("wb") as file:
        for block in response.iter_bytes():
            size += file.write(block)
            if size > _LARGEST:
                raise TooMuch if may_shrink else api.refusal(Reason.API_UNREADABLE, collection)


def _total_of(response: httpx2.Response) -> int | None:
    said = response.headers.get("x-total-count", "")
    return int(said) if said.isdecimal() else None


def _next_of(response: httpx2.Response) -> str | None:
    said = response.links.get("next", {}).get("url")
    return None if said is None else str(response.url.join(said))


def _clock_of(response: httpx2.Response) -> datetime:
    with suppress(KeyError, ValueError):
        return parsedate_to_datetime(response.headers["date"]).astimezone(UTC)
    return datetime.now(UTC)


def _after(response: httpx2.Response) -> float | None:
    """The seconds of `Retry-After`, which may be a moment; None when it says none."""
    said = response.headers.get("retry-after", "")
    if said.isdecimal():
        return float(said)
    with suppress(ValueError, OverflowError):
        then = parsedate_to_datetime(said).astimezone(UTC)
        return max(0.0, (then - datetime.now(UTC)).total_seconds())
    return None
