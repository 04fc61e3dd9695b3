"""The server as a function: from a request to an answer, whatever carries them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from threading import Lock
from urllib.parse import unquote

from simulator.answers import Answer, Asked, refusal
from simulator.faults import Fault, Moment
from simulator.gate import Account, Gate
from simulator.objects import BASES, COLLECTIONS
from simulator.pages import (
    Invalid,
    asked_fields,
    asked_page,
    body_of,
    links,
    next_by_token,
    single,
    token_of,
)
from simulator.roster import PARTS, Roster

#: The collection that requests of tokens count for.
TOKEN = "token"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Manners:
    """How a server behaves when nothing is wrong."""

    #: Records of a page when no limit is asked for, and the most of any page.
    page: int = 100
    most: int = 10_000
    #: Which headers tell what there is beside the page.
    total: bool = True
    count: bool = False
    link: bool = True
    #: Whether pages are named by tokens, in links only, and an offset says nothing.
    tokens: bool = False
    gzip: bool = True
    #: How much its clock is ahead.
    clock: timedelta = timedelta()
    lifetime: timedelta = timedelta(hours=1)
    #: The day whose classes it tells; it tells all of them without.
    classes_of: date | None = None


def classlink(day: date) -> Manners:
    """As ClassLink's Roster Server behaves on a day."""
    return Manners(link=False, count=True, classes_of=day)


@dataclass(frozen=True, slots=True)
class _Place:
    collection: str
    #: The sourcedId of the one object that is asked for.
    id: str | None
    proxied: bool


class Simulator:
    """A server of one district."""

    def __init__(
        self, url: str, roster: Roster, manners: Manners, account: Account, faults: Iterable[Fault]
    ) -> None:
        """`url` is where it is reached, without a slash at its end."""
        if manners.classes_of:
            roster = roster.current_on(manners.classes_of)
        self.url = url
        self.manners = manners
        self.account = account
        #: All that the district ever was; the last one is what it is.
        self.states = [roster]
        #: All requests with the status of their answers, in order.
        self.log: list[tuple[Asked, int]] = []
        self.faults = list(faults)
        self.gate = Gate(account, roster.version, manners.lifetime)
        self._seen: Counter[int] = Counter()
        self._lock = Lock()

    @property
    def roster(self) -> Roster:
        """What the district is now."""
        return self.states[-1]

    @property
    def base(self) -> str:
        """The URL that collections are below."""
        return self.url + BASES[self.roster.version]

    @property
    def proxy(self) -> str:
        """The same behind the proxy, for the bearer."""
        return f"{self.url}/{self.account.application}{BASES[self.roster.version]}"

    @property
    def token_url(self) -> str:
        """Where tokens are issued."""
        return f"{self.url}/{TOKEN}"

    @property
    def now(self) -> datetime:
        """The time by its clock."""
        return datetime.now(UTC) + self.manners.clock

    def requests(self, collection: str) -> list[Asked]:
        """Those of a collection, or of one object of it."""
        return [
            asked
            for asked, _ in self.log
            if (place := self._place(asked.path)) and place.collection == collection
        ]

    def become(self, roster: Roster) -> None:
        """The district is another one from now on, as on another night."""
        with self._lock:
            self.states.append(roster)

    def answer(self, asked: Asked) -> Answer:
        """What is answered; nothing else is answered meanwhile."""
        with self._lock:
            answer = self._answer(asked)
            self.log.append((asked, answer.status))
            return answer

    def _answer(self, asked: Asked) -> Answer:
        place = self._place(asked.path)
        if place is None:
            return refusal(self.roster.version, 404)
        if place.collection != TOKEN:
            status = self.gate.status(asked, self.now, place.proxied)
            if status != 200:
                return refusal(self.roster.version, status)
        showing = self._showing(place.collection)
        for fault, number in showing:
            instead = fault.instead(self._moment(asked, place, number))
            if instead is not None:
                return instead
        answer = self._told(asked, place, showing)
        for fault, _ in showing:
            answer = fault.answer(answer)
        return answer

    def _told(self, asked: Asked, place: _Place, showing: list[tuple[Fault, int]]) -> Answer:
        if place.collection == TOKEN:
            return self.gate.token(asked, self.now)
        for fault, number in showing:
            changed = fault.district(self._moment(asked, place, number))
            if changed is not self.roster:
                self.states.append(changed)
        try:
            fields, warning = asked_fields(self.roster.version, place.collection, asked.query)
            if place.id is None:
                return self._page(asked, place, showing, fields, warning)
        except Invalid as invalid:
            return refusal(self.roster.version, 400, str(invalid))
        body = single(self.roster, place.collection, place.id, fields)
        return Answer(200, body) if body else refusal(self.roster.version, 404)

    def _page(
        self,
        asked: Asked,
        place: _Place,
        showing: list[tuple[Fault, int]],
        fields: list[str],
        warning: bytes,
    ) -> Answer:
        manners = self.manners
        query = token_of(asked.query) if manners.tokens else asked.query
        page = asked_page(self.roster, place.collection, query, manners.page, manners.most)
        for fault, number in showing:
            page = fault.page(page, self._moment(asked, place, number))
        headers = {}
        if manners.total:
            headers["X-Total-Count"] = str(page.total)
        if manners.count:
            headers["x-count"] = str(len(page.shown))
        link = next_by_token if manners.tokens else links
        if manners.link and (told := link(page, asked, self.url)):
            headers["Link"] = told
        return Answer(200, body_of(page, place.collection, fields, warning), headers)

    def _showing(self, collection: str) -> list[tuple[Fault, int]]:
        """The faults that show at this request, and the so-manieth that it is for each."""
        showing = []
        for index, fault in enumerate(self.faults):
            wanted = fault.when.collection
            if wanted == collection or (not wanted and collection != TOKEN):
                self._seen[index] += 1
                if 0 <= self._seen[index] - fault.when.nth < fault.when.times:
                    showing.append((fault, self._seen[index]))
        return showing

    def _moment(self, asked: Asked, place: _Place, number: int) -> Moment:
        return Moment(asked, place.collection, self.roster, self.now, number, self.gate)

    def _place(self, path: str) -> _Place | None:
        if path == f"/{TOKEN}":
            return _Place(TOKEN, None, proxied=False)
        application = f"/{self.account.application}"
        proxied = path.startswith(f"{application}/")
        base = BASES[self.roster.version]
        below = path.removeprefix(application) if proxied else path
        if not below.startswith(f"{base}/"):
            return None
        return _place_of(below.removeprefix(f"{base}/"), proxied)


def _place_of(path: str, proxied: bool) -> _Place | None:
    name, _, id = path.partition("/")
    if (name not in COLLECTIONS and name not in PARTS) or "/" in id:
        return None
    return _Place(name, unquote(id) if id else None, proxied)
