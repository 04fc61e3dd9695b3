"""All records of a collection, page after page, as they were at one moment or not at all.

Pages are counted by offset, and each begins with the last record of the one before: if that is
another one, records have moved, and the collection is read from its beginning again. It ends with a
page that brings nothing new; what the API counts must then be what came. Where an API names its next
page by something else than an offset, that is followed to its end. While a page is read, the next
ones come.
"""

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import duckdb
import httpx2

from firstbell.feed.refusal import Reason, is_out_of_room
from firstbell.sources.rest.asking import Answer, Api, Question, TooMuch, ask
from firstbell.sources.rest.page import Page, Room, begin, keep, read, told_twice
from firstbell.sources.rest.profile import Profile

#: How often a collection is read from its beginning.
_MOST_TRIES = 3
#: How many pages are on their way while one is read.
_AHEAD = 2
#: How often an answer that is no page is asked for again.
_MOST_UNREADABLE = 3


class _Moved(Exception):
    """Records have moved while they were read."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """A collection that was read."""

    number: int
    #: How many the API says there are; None: it does not say.
    total: int | None


@dataclass(frozen=True, slots=True)
class _Asked:
    """Where a page begins, and how many records it may have."""

    limit: int
    offset: int = 0
    #: What the API calls the page, when that is not its offset.
    link: str | None = None


@dataclass(frozen=True, slots=True)
class _Came:
    """An answer, in its file."""

    asked: _Asked
    answer: Answer
    file: Path

    def is_all(self, page: Page) -> bool:
        """Whether a page that begins where the collection does holds all of it."""
        is_short = page.number < self.asked.limit or page.number == self.answer.total
        return is_short and self.answer.next is None

    @property
    def names_pages(self) -> bool:
        """Whether the API calls its pages by something else than an offset."""
        link = self.answer.next
        return bool(self.asked.link or (link and "offset" not in parse_qs(urlsplit(link).query)))

    def following(self, number: int) -> _Asked | None:
        """The page after it, when it holds so many records; None: it says that there is none."""
        if self.names_pages:
            link = self.answer.next
            return replace(self.asked, link=link) if link else None
        return _behind(self.asked, number)


def _behind(asked: _Asked, number: int) -> _Asked:
    """The page that begins with the last record of one that holds so many."""
    return replace(asked, offset=max(0, asked.offset + number - 1))


def pull(api: Api, name: str, room: Room) -> Pulled:
    """Reads a collection into its CSV files.

    Args:
        api: whose.
        name: of the collection, which is its member of the answers, too.
        room: where.

    Raises:
        Refused: the API does not answer, or records move each time.
    """
    before: str | None = None
    for _ in range(_MOST_TRIES):
        begin(room, name)
        try:
            pulled = _pulled(api, name, room)
        except _Moved:
            continue
        twice = told_twice(room)
        if twice in ("", before):  # a record that is there twice whenever one looks is the API's
            return pulled
        before = twice
    raise api.refusal(Reason.API_RESTLESS, name)


def _pulled(api: Api, name: str, room: Room) -> Pulled:
    number, before = 0, Page(0, None, None)
    begun: Answer | None = None
    beginning: Page | None = None
    links: set[str] = set()
    asked: _Asked | None = _Asked(api.profile.most)
    with ThreadPoolExecutor(1) as executor:
        line = _Line(api, name, room.folder, executor)
        while asked:
            came, page = _page(line, asked, room)
            begun, beginning, link = begun or came.answer, beginning or page, came.asked.link
            if came.answer.total != begun.total or link in links:
                raise _Moved
            overlap = number > 0 and link is None
            if overlap and page.first != before.last:
                if page == beginning and came.is_all(page):
                    break  # it knows no offsets
                raise _Moved
            keep(room, name, but=int(overlap))
            new = page.number - overlap
            number += new
            if number > (begun.total or number) or (new and overlap and page == before):
                raise _Moved
            if link:
                links.add(link)
            before = page
            asked = _after(came, page, api.profile) if new or link else None
    if begun is None or begun.total not in (None, number):
        raise _Moved
    return Pulled(number, begun.total)


def _after(came: _Came, page: Page, profile: Profile) -> _Asked | None:
    """What is asked for after a page; None when it was the last."""
    following = came.following(page.number)
    if following is None or following.link:
        return following
    if page.number < came.asked.limit and following.offset + 1 < (came.answer.total or 0):
        # It gives no more at once.
        return replace(following, limit=max(page.number, profile.fewest))
    return following


def _is_there(asked: _Asked, answer: Answer) -> bool:
    """Whether there may be something new on a page."""
    return answer.total is None or asked.offset + 1 < answer.total


class _Line:
    """The way that answers come: while one is read, the next ones are on their way."""

    def __init__(self, api: Api, name: str, folder: Path, executor: ThreadPoolExecutor) -> None:
        """A line for a collection, whose answers are put into a few files of a folder in turn."""
        self.api, self.name = api, name
        self._executor = executor
        self._files = cycle([folder / f"{number}.json" for number in range(_AHEAD + 1)])
        self._coming: deque[tuple[_Asked, Future[_Came]]] = deque()

    def come(self, asked: _Asked) -> _Came:
        """The answer to what is asked; the one before it is lost."""
        if not self._coming or self._coming[0][0] != asked:
            self._clear()
            self._send(asked)
        came = self._coming.popleft()[1].result()
        self._send_ahead(came)
        return came

    def _send_ahead(self, came: _Came) -> None:
        """Asks for the pages behind one before it is read, as if all pages were full."""
        if came.names_pages:
            if following := came.following(came.asked.limit):
                self._send(following)
            return
        last = self._coming[-1][0] if self._coming else came.asked
        while len(self._coming) < _AHEAD:
            last = _behind(last, last.limit)
            if not _is_there(last, came.answer):
                break
            self._send(last)

    def _send(self, asked: _Asked) -> None:
        coming = self._executor.submit(_come, self.api, self.name, asked, next(self._files))
        self._coming.append((asked, coming))

    def _clear(self) -> None:
        for _, coming in self._coming:
            coming.cancel()
        self._coming.clear()


def _come(api: Api, name: str, asked: _Asked, file: Path) -> _Came:
    """Asks for a page, for a smaller one when that is too much."""
    query: dict[str, str | int] = {"offset": asked.offset}
    if api.profile.sorts:
        query |= {"sort": "sourcedId", "orderBy": "asc"}
    while True:
        fewest = min(asked.limit, api.profile.fewest)
        question = Question(name, {"limit": asked.limit, **query}, asked.link)
        may_shrink = asked.limit > fewest and asked.link is None
        try:
            came = _Came(asked, ask(api, question, file, may_shrink=may_shrink), file)
        except TooMuch:
            asked = replace(asked, limit=max(fewest, asked.limit // 2))
            continue
        if came.names_pages and came.answer.next and _is_elsewhere(api, came.answer.next):
            raise api.refusal(Reason.API_REDIRECTS, name)
        return came


def _is_elsewhere(api: Api, link: str) -> bool:
    """Whether a page is on another host, which gets no credentials."""
    there, here = httpx2.URL(link), api.client.base_url
    return (there.scheme, there.netloc) != (here.scheme, here.netloc)


def _page(line: _Line, asked: _Asked, room: Room) -> tuple[_Came, Page]:
    for _ in range(_MOST_UNREADABLE):
        came = line.come(asked)
        try:
            return came, read(room, line.name, came.file)
        except duckdb.Error as error:
            if is_out_of_room(error):
                raise
    raise line.api.refusal(Reason.API_UNREADABLE, line.name)
