"""A portal, and people in front of a browser.

A story is a function that takes what it needs of these:

    def test_alice_opens_a_sync(seed: District, visit: Visit) -> None:
        page = visit(seed)
        page.get_by_role("link", name="Completed with Errors").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Sync of")
"""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect
from psycopg.conninfo import make_conninfo

from firstbell.store.models import District, Person
from tests.browser.chromium import NoChromium, chromium
from tests.browser.portal import Portal, portal
from tests.jobs.workers import worker
from tests.servers import new_database, new_folder

#: Opens a page for an administrator of a district, for a person, or for nobody.
Visit = Callable[..., Page]

#: Waits until all that is queued for a district has been run.
WorkOff = Callable[[District], None]

#: In milliseconds.
_PATIENCE = 60_000


@pytest.fixture(scope="session")
def the_portal(server: str, migrated: str) -> Iterator[Portal]:
    """One for all tests of a process: they keep to districts and people of their own."""
    with new_folder() as data, new_database(server, f"TEMPLATE {migrated}") as name:
        (data / "storage").mkdir()
        with portal(make_conninfo(server, dbname=name), data) as opened:
            yield opened


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for a module: the loop that drives it would be in the way of other modules' tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the loop runs in the thread of the tests
        try:
            with chromium() as opened:
                expect.set_options(timeout=_PATIENCE)
                yield opened
        except NoChromium as none:
            pytest.fail(str(none), pytrace=False)


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def script(request: pytest.FixtureRequest) -> bool:
    """A story that takes it is told twice: with JavaScript and without."""
    return bool(request.param)


@pytest.fixture(scope="module")
def work_off(the_portal: Portal) -> Iterator[WorkOff]:
    """A worker process runs all that is queued; what waits is gone behind the call."""
    with worker(the_portal.database, the_portal.data, **the_portal.environment):
        yield the_portal.wait_for


@pytest.fixture(scope="session")
def seed(the_portal: Portal) -> District:
    """The district with the seed's four errors, for stories in which nothing changes."""
    return the_portal.after_seed()


def let_in(context: BrowserContext, session: str | None, url: str) -> None:
    """Gives a browser the cookie of somebody who has signed in; None: of nobody."""
    context.clear_cookies()
    if session:
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": session, "url": url}])


@pytest.fixture
def visit(browser: Browser, the_portal: Portal) -> Iterator[Visit]:
    """Whoever visits sees nothing that the browser complains about, such as a refused style."""
    complaints: list[str] = []
    contexts = []
    #: What did not come is for the tests to see; that is no fault of a page.
    not_come = ("Failed to load resource", "Response Status Error Code")

    def note(said: ConsoleMessage) -> None:
        if said.type in ("error", "warning") and not said.text.startswith(not_come):
            complaints.append(said.text)

    def open_page(
        whose: District | Person | None = None,
        *,
        script: bool = True,
        width: int = 1280,
        dark: bool = False,
    ) -> Page:
        context = browser.new_context(
            base_url=the_portal.url,
            java_script_enabled=script,
            viewport={"width": width, "height": 800},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.set_default_timeout(_PATIENCE)
        if isinstance(whose, District):
            whose = the_portal.administrator(whose)
        if whose:
            let_in(context, the_portal.session(whose), the_portal.url)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(error.message))
        page.goto("/")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
