"""What goes wrong, on demand: each fault is one kind of thing that servers of districts do.

A fault has a say in four places: it may answer in place of the server, change the district just
before a page is made, change the page, and change the answer.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from random import Random

from simulator.answers import Answer, Asked, refusal
from simulator.gate import Gate
from simulator.objects import Object
from simulator.pages import Page, whole
from simulator.roster import Roster, decoded

#: So often as good as always.
ALWAYS = 1_000_000
#: What a change of a record changes, by collection.
_CHANGED = {
    "academicSessions": "title",
    "orgs": "name",
    "courses": "title",
    "classes": "title",
    "users": "givenName",
    "enrollments": "endDate",
}
_HTML = b"<!doctype html><html><head><title>Sorry</title></head><body>Maintenance</body></html>"


@dataclass(frozen=True, slots=True)
class When:
    """At which requests a fault shows."""

    #: Requests of this collection count, or `token`; of any collection if it is empty.
    collection: str = ""
    #: From the so-manieth on.
    nth: int = 1
    times: int = 1


@dataclass(frozen=True, slots=True)
class Moment:
    """Where the server stands when a fault shows."""

    asked: Asked
    collection: str
    roster: Roster
    now: datetime
    #: The so-manieth request among those that count for the fault.
    number: int
    gate: Gate


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Nothing goes wrong: what the kinds of faults do not say themselves."""

    when: When = When()

    def instead(self, moment: Moment) -> Answer | None:
        """An answer in place of the server's."""
        return None

    def district(self, moment: Moment) -> Roster:
        """What the district is from this request on."""
        return moment.roster

    def page(self, page: Page, moment: Moment) -> Page:
        """The page that is told."""
        return page

    def answer(self, answer: Answer) -> Answer:
        """The answer that is sent."""
        return answer


@dataclass(frozen=True)
class Refused(Fault):
    """A status such as 403, 429, 500 or 503, with `Retry-After` where it has seconds."""

    status: int
    seconds: int | None = None
    as_date: bool = False

    def instead(self, moment: Moment) -> Answer:
        """The refusal in the words of the version."""
        headers = {}
        if self.seconds is not None:
            then = moment.now + timedelta(seconds=self.seconds)
            after = format_datetime(then, usegmt=True) if self.as_date else str(self.seconds)
            headers = {"Retry-After": after}
        return refusal(moment.roster.version, self.status, headers=headers)


@dataclass(frozen=True)
class TooLarge(Fault):
    """413 for a limit above `most`."""

    most: int

    def instead(self, moment: Moment) -> Answer | None:
        """The refusal, if the limit is above."""
        limit = moment.asked.query.get("limit", "0")
        if limit.isdecimal() and int(limit) > self.most:
            return refusal(moment.roster.version, 413)
        return None


@dataclass(frozen=True)
class Html(Fault):
    """A page for people, with status 200 or 502."""

    status: int = 200

    def instead(self, moment: Moment) -> Answer:
        """The page."""
        return Answer(self.status, _HTML, kind="text/html; charset=utf-8")


@dataclass(frozen=True)
class Redirect(Fault):
    """To the same path of another host."""

    to: str

    def instead(self, moment: Moment) -> Answer:
        """The redirect."""
        return Answer(302, b"", {"Location": self.to + moment.asked.target})


@dataclass(frozen=True)
class ExpiredToken(Fault):
    """All tokens that were issued expire before their time, that of this request too."""

    def instead(self, moment: Moment) -> Answer | None:
        """401 for a request with such a token."""
        had_one = moment.gate.knows_token(moment.asked)
        moment.gate.expire()
        return refusal(moment.roster.version, 401) if had_one else None


@dataclass(frozen=True)
class Inserted(Fault):
    """Before the page is made, a record comes in at a place, 0 the first and 1 the last."""

    place: float = 0

    def district(self, moment: Moment) -> Roster:
        """With a copy of the record at that place, under another sourcedId."""
        record = _at(moment, self.place)
        if record is None:
            return moment.roster
        id = f"{record['sourcedId']}-{moment.number}"
        record |= {"sourcedId": id, "dateLastModified": _told(moment.now)}
        record |= {name: id for name in ("username", "email", "identifier") if record.get(name)}
        return moment.roster.put(whole(moment.collection), record)


@dataclass(frozen=True)
class Deleted(Fault):
    """Before the page is made, the record at a place is taken out."""

    place: float = 0

    def district(self, moment: Moment) -> Roster:
        """Without it."""
        record = _at(moment, self.place)
        if record is None:
            return moment.roster
        return moment.roster.without(whole(moment.collection), str(record["sourcedId"]))


@dataclass(frozen=True)
class Changed(Fault):
    """Before the page is made, the record at a place is changed."""

    place: float = 0

    def district(self, moment: Moment) -> Roster:
        """With the changed one."""
        record, name = _at(moment, self.place), whole(moment.collection)
        if record is None:
            return moment.roster
        changed = f"2027-05-{moment.number % 28 + 1:02}"
        if name != "enrollments":
            changed = f"{record.get(_CHANGED[name], '')} {moment.number}"
        record |= {_CHANGED[name]: changed, "dateLastModified": _told(moment.now)}
        return moment.roster.put(name, record)


@dataclass(frozen=True)
class WrongTotal(Fault):
    """The total is said to be so much more, or less; from a later request on, it changes."""

    by: int

    def page(self, page: Page, moment: Moment) -> Page:
        """With the wrong total."""
        return replace(page, total=max(0, page.total + self.by))


@dataclass(frozen=True)
class RepeatedPage(Fault):
    """The offset is ignored: the first page comes again."""

    def page(self, page: Page, moment: Moment) -> Page:
        """The first one."""
        return replace(page, offset=0)


@dataclass(frozen=True)
class IgnoredSort(Fault):
    """Records come in another order at each request."""

    def page(self, page: Page, moment: Moment) -> Page:
        """A page of the shuffled records."""
        records = page.records.copy()
        Random(moment.number).shuffle(records)
        return replace(page, records=records)


@dataclass(frozen=True)
class Slow(Fault):
    """It takes so many seconds until an answer begins."""

    seconds: float

    def answer(self, answer: Answer) -> Answer:
        """The same, later."""
        return replace(answer, pause=self.seconds)


@dataclass(frozen=True)
class Cut(Fault):
    """The connection ends in the middle of the body."""

    at: float = 0.5

    def answer(self, answer: Answer) -> Answer:
        """The same, cut."""
        return replace(answer, cut_at=self.at)


@dataclass(frozen=True)
class Truncated(Fault):
    """The JSON ends in its middle, and the length of the body is right."""

    at: float = 0.5

    def answer(self, answer: Answer) -> Answer:
        """The shorter one."""
        return replace(answer, body=answer.body[: int(len(answer.body) * self.at)])


def _at(moment: Moment, place: float) -> Object | None:
    records = moment.roster.records(moment.collection)
    return decoded(records[round(place * (len(records) - 1))]) if records else None


def _told(now: datetime) -> str:
    return now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
