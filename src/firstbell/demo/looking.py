"""Looks at the demo's pages as its people do: signs in, reads, downloads."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from http import HTTPStatus
from http.client import HTTPResponse
from http.cookiejar import CookieJar
from time import monotonic, sleep
from urllib.error import URLError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, build_opener

from firstbell.demo.login import Login

_PATIENCE, _PAUSE = 60.0, 0.1
_REPORT = re.compile(r'href="([^"]+/sync-reports/[0-9]+/[a-z_]+\.csv)"')


class NotSeen(Exception):
    """A page is not as it should be; the text says which."""


def wait_for(address: str) -> None:
    """Waits until the pages answer; raises NotSeen when they do not."""
    patient_until = monotonic() + _PATIENCE
    while monotonic() < patient_until:
        try:
            with build_opener().open(address, timeout=_PATIENCE):
                return
        except (URLError, ConnectionError):
            sleep(_PAUSE)
    raise NotSeen(f"{address} does not answer")


def look(address: str, login: Login) -> None:
    """Signs somebody in, opens each of the person's districts and downloads a report of each.

    Raises:
        NotSeen: Something of it did not work.
    """
    browser = _Browser(address)
    browser.sign_in(login)
    for district in login.districts:
        page = browser.get(f"/districts/{district}/sync-reports/").decode()
        found = _REPORT.search(page)
        if "Sync Reports" not in page or found is None:
            raise NotSeen(f"the page of {district} lists no reports for {login.email}")
        if not browser.get(found[1]).startswith(b"\xef\xbb\xbf"):
            raise NotSeen(f"{found[1]} is no report")


class _Browser:
    """A browser that keeps its cookies."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._open: Callable[..., HTTPResponse] = build_opener(
            HTTPCookieProcessor(CookieJar())
        ).open

    def get(self, path: str) -> bytes:
        with self._open(urljoin(self._address, path)) as answer:
            if answer.status != HTTPStatus.OK:
                raise NotSeen(f"{path} answers {answer.status}")
            return answer.read()

    def sign_in(self, login: Login) -> None:
        form = _Form(self.get("/sign-in/").decode())
        filled = {**form.hidden, "login": login.email, "password": login.password}
        with self._open(urljoin(self._address, "/sign-in/"), urlencode(filled).encode()) as answer:
            if answer.url.startswith(urljoin(self._address, "/sign-in/")):
                raise NotSeen(f"{login.email} cannot sign in")


class _Form(HTMLParser):
    """The hidden fields of a page's forms."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("type") == "hidden":
            self.hidden[given["name"] or ""] = given.get("value") or ""
