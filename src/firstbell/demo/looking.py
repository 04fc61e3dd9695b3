"""Looks at the demo's pages as its people do: signs in, reads, downloads."""

import re
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from time import monotonic, sleep
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, build_opener

from firstbell.demo.login import Login

_PATIENCE, _PAUSE = 60.0, 0.1
#: Of a page, and of a file: with what spreadsheets know UTF-8 by.
_REPORT, _REPORT_BEGINS = (
    re.compile(r'href="([^"]+/sync-reports/[0-9]+/[a-z_]+\.csv)"'),
    b"\xef\xbb\xbf",
)


class NotSeen(Exception):
    """A page is not as it should be; the text says which."""


def wait_for(address: str) -> None:
    """Waits until the pages answer; raises NotSeen when they do not."""
    patient_until = monotonic() + _PATIENCE
    while monotonic() < patient_until:
        try:
            with build_opener().open(address, timeout=_PATIENCE):
                return
        except OSError:
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
        browser.go(f"/districts/{district}/sync-reports/")
        if browser.at.endswith("/open/"):
            browser.submit(reason="To see that the demo works")
        found = _REPORT.search(browser.page.decode())
        if not browser.at.endswith(f"/{district}/sync-reports/") or found is None:
            raise NotSeen(f"the page of {district} lists no reports for {login.email}")
        browser.go(found[1])
        if not browser.page.startswith(_REPORT_BEGINS):
            raise NotSeen(f"{found[1]} is no report")


class _Browser:
    """A browser that keeps its cookies, at one page at a time."""

    def __init__(self, address: str) -> None:
        self.page, self._url = b"", address
        self._open = build_opener(HTTPCookieProcessor(CookieJar())).open

    @property
    def at(self) -> str:
        """The path of the page."""
        return urlsplit(self._url).path

    def go(self, path: str) -> None:
        """Goes to a page."""
        self._read(urljoin(self._url, path), None)

    def submit(self, **fields: str) -> None:
        """Fills the page's form in, and sends it."""
        filled = {**_Form(self.page.decode()).hidden, **fields}
        self._read(self._url, urlencode(filled).encode())

    def sign_in(self, login: Login) -> None:
        """Signs somebody in, with a second factor where there is one."""
        self.go("/sign-in/")
        self.submit(login=login.email, password=login.password)
        if login.codes:
            self.submit(code=login.codes[0])
        if self.at.startswith("/sign-in/"):
            raise NotSeen(f"{login.email} cannot sign in")

    def _read(self, url: str, sent: bytes | None) -> None:
        try:
            with self._open(url, sent, _PATIENCE) as answer:
                self.page, self._url = answer.read(), answer.url
        except HTTPError as error:
            raise NotSeen(f"{urlsplit(url).path} answers {error.code}") from None
        except OSError:
            raise NotSeen(f"{urlsplit(url).path} does not answer") from None


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
