"""Pages of a collection: which records are asked for, and how they are told."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import and_, eq, ge, gt, le, lt, ne, or_
from urllib.parse import quote, urlencode

from firstbell.oneroster.dictionary import Version
from simulator.answers import Asked, info
from simulator.objects import COLLECTIONS, Object, members
from simulator.roster import PARTS, Records, Roster, decoded, encoded

_CLAUSE = r"([A-Za-z][\w.]*)(!=|>=|<=|=|>|<|~)'((?:[^']|'')*)'"
_FILTER = re.compile(rf"{_CLAUSE}(?: (AND|OR) {_CLAUSE})?")
#: What clients ask for after each pull; an index answers that, as it would in a real server.
_CHANGED_AFTER = re.compile(r"dateLastModified>'([^']*)'")
_TOKEN = "pageToken"  # noqa: S105
_ORDERS: Mapping[str, Callable[[str, str], bool]] = {
    "=": eq,
    "!=": ne,
    ">": gt,
    ">=": ge,
    "<": lt,
    "<=": le,
}
Test = Callable[[Object], bool]


class Invalid(Exception):
    """What is asked cannot be; its text is the code that says so."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some records of a collection, before they are told."""

    #: All that are asked for, those of other pages too.
    records: Records
    offset: int
    limit: int
    #: How many the server says there are.
    total: int

    @property
    def shown(self) -> Records:
        """Those of this page."""
        return self.records[self.offset : self.offset + self.limit]


def whole(name: str) -> str:
    """The collection that a collection is, or is a part of."""
    return PARTS[name][0] if name in PARTS else name


def asked_page(
    roster: Roster, name: str, query: Mapping[str, str], default: int, most: int
) -> Page:
    """The page that a query asks for; raises Invalid."""
    limit, offset = _number(query, "limit", default, 1), _number(query, "offset", 0, 0)
    sought = tuple(query.get(part, "") for part in ("filter", "sort", "orderBy"))
    records = roster.kept((name, *sought), lambda: _selected(roster, name, *sought))
    return Page(records, offset, min(limit, most), len(records))


def _selected(roster: Roster, name: str, condition: str, sort: str, order: str) -> Records:
    known = members(roster.version, whole(name))
    records = roster.records(name)
    if after := _CHANGED_AFTER.fullmatch(condition):
        records = roster.changed_after(name, after[1])
    elif condition:
        test = _test(condition, known)
        records = [record for record in records if test(decoded(record))]
    if sort in known and sort != "sourcedId":
        records = sorted(records, key=lambda record: str(decoded(record).get(sort, "")))
    return records[::-1] if sort in known and order == "desc" else records


def body_of(page: Page, name: str, fields: list[str], warning: bytes = b"") -> bytes:
    """The page as JSON."""
    records = page.shown
    if fields:
        records = [_only(record, fields) for record in records]
    return b'{"%s":[%s]%s}' % (whole(name).encode(), b",".join(records), warning)


def single(roster: Roster, name: str, id: str, fields: list[str]) -> bytes | None:
    """One object as JSON."""
    record = roster.find(name, id)
    if record is None:
        return None
    told = _only(record, fields) if fields else record
    return b'{"%s":%s}' % (COLLECTIONS[whole(name)].encode(), told)


def asked_fields(version: Version, name: str, query: Mapping[str, str]) -> tuple[list[str], bytes]:
    """The members that are asked for, all when none are named, and a warning about unknown ones."""
    if "fields" not in query:
        return [], b""
    asked = [field.strip() for field in query["fields"].split(",") if field.strip()]
    known = [field for field in asked if field in members(version, whole(name))]
    if not asked:
        raise Invalid("invalid_blank_selection_field")
    if known == asked:
        return known, b""
    if version is Version.V1_2:
        raise Invalid("invalid_selection_field")
    warning: Object = {"statusInfoSet": [info("invalid_selection_field", "success", "warning")]}
    return known, b"," + encoded(warning)[1:-1]


def token_of(query: Mapping[str, str]) -> dict[str, str]:
    """The query of a page that is named by a token: any offset that it has says nothing."""
    offset = query.get(_TOKEN, "0")[::-1]
    return {**query, "offset": offset}


def next_by_token(page: Page, asked: Asked, url: str) -> str:
    """The Link header of a page where pages are named by tokens; empty for the last one."""
    then = page.offset + page.limit
    if then >= page.total:
        return ""
    query = {"limit": str(page.limit), _TOKEN: str(then)[::-1]}
    return f'<{url}{asked.path}?{urlencode(query)}>; rel="next"'


def links(page: Page, asked: Asked, url: str) -> str:
    """The Link header of a page."""

    def link(relation: str, offset: int) -> str:
        query = asked.query | {"limit": str(page.limit), "offset": str(offset)}
        return f'<{url}{asked.path}?{urlencode(query, quote_via=quote)}>; rel="{relation}"'

    last = max(0, (page.total - 1) // page.limit * page.limit)
    found = [link("last", last), link("first", 0)]
    if page.offset + page.limit < page.total:
        found.insert(0, link("next", page.offset + page.limit))
    if page.offset:
        found.append(link("prev", max(0, page.offset - page.limit)))
    return ", ".join(found)


def _only(record: bytes, fields: list[str]) -> bytes:
    known = decoded(record)
    return encoded({name: known[name] for name in fields if name in known})


def _number(query: Mapping[str, str], name: str, default: int, least: int) -> int:
    try:
        number = int(query.get(name, default))
    except ValueError:
        raise Invalid("") from None
    if number < least:
        raise Invalid("")
    return number


def _test(text: str, known: frozenset[str]) -> Test:
    found = _FILTER.fullmatch(text)
    if not found:
        raise Invalid("invalid_filter_field")
    parts = found.groups()
    first = _clause(known, *parts[:3])
    if not parts[3]:
        return first
    second = _clause(known, *parts[4:])
    join = and_ if parts[3] == "AND" else or_
    return lambda record: join(first(record), second(record))


def _clause(known: frozenset[str], field: str, sign: str, quoted: str) -> Test:
    name, _, inner = field.partition(".")
    if name not in known:
        raise Invalid("invalid_filter_field")
    value = quoted.replace("''", "'")

    def test(record: Object) -> bool:
        held = _values(record.get(name), inner)
        if sign == "~":
            return any(value.lower() in text.lower() for text in held)
        if len(held) > 1 and sign in ("=", "!="):
            return (set(value.split(",")) <= set(held)) is (sign == "=")
        return any(_ORDERS[sign](text, value) for text in held)

    return test


def _values(member: object, inner: str) -> list[str]:
    if isinstance(member, list):
        return [value for part in member for value in _values(part, inner)]
    if isinstance(member, dict):
        return _values(member.get(inner), "")
    return [] if member is None else [str(member)]
