"""What holds for every page of the URLconf, in every state of a sync: it is fit for everybody."""

from collections.abc import Iterator, Mapping

import pytest
from allauth.account.forms import LoginForm, ResetPasswordForm
from django.template.loader import render_to_string
from playwright.sync_api import APIResponse, Route

from firstbell.store.environment import Provider
from firstbell.store.invitations import Invited
from tests.browser.addresses import PAGES
from tests.browser.conftest import Visit, let_in
from tests.browser.fit import assert_fit
from tests.browser.portal import Portal
from tests.browser.standing import Standing, standing_in
from tests.servers import new_folder

pytestmark = pytest.mark.slow

#: There only with providers and with a mail server, which this portal does not have.
_NOT_HERE = {"openid_connect_login", "openid_connect_callback", "account_reset_password"} | {
    "source_preview"  # behind a test of a connection; its story is told in test_source.py
}
_PROVIDER = Provider(
    id="school-id",
    name="School ID",
    issuer="http://localhost/",
    client_id="us",
    client_secret="secret",  # noqa: S106
)
#: Pages without an address of their own, or which this portal does not have.
_RENDERED: Mapping[str, Mapping[str, object]] = {
    **{name: {} for name in ("400", "403", "403_csrf", "404", "429", "500")},
    "account/login": {"form": LoginForm(), "providers": [_PROVIDER], "mails": True},
    "account/password_reset": {"form": ResetPasswordForm()},
    "invited/gone": {},
    "invited/sign_in": {
        "invited": Invited("erin@example.org", _PROVIDER.id, "Maple County Schools", False),
        "providers": [_PROVIDER],
    },
    "socialaccount/did_not_work": {"provider": _PROVIDER, "why": "down"},
    "socialaccount/not_invited": {"provider": _PROVIDER},
}


@pytest.fixture(scope="session")
def standing(the_portal: Portal) -> Iterator[Standing]:
    with new_folder() as room:
        yield standing_in(the_portal, room)


@pytest.mark.parametrize("name", sorted(PAGES.keys() - _NOT_HERE))
def test_every_page_is_fit_for_everybody(
    name: str, standing: Standing, the_portal: Portal, visit: Visit
) -> None:
    page, waiting, seen = visit(), standing.addresses_of(name), 0
    for session in standing.sessions:
        let_in(page.context, session, the_portal.url)
        for address in list(waiting):
            answer = page.request.get(address, max_redirects=0)
            if answer.status in (302, 404):
                continue
            waiting.remove(address)
            seen += 1
            if answer.status == 200 and _is_page(answer):
                page.goto(address)
                assert_fit(page)
    assert seen, f"nobody sees “{name}”: say who in standing.py"


@pytest.mark.parametrize("name", _RENDERED)
def test_pages_for_what_goes_wrong_are_fit_for_everybody(name: str, visit: Visit) -> None:
    page = visit()
    body = render_to_string(f"{name}.html", dict(_RENDERED[name]))

    def answer(route: Route) -> None:
        route.fulfill(body=body, content_type="text/html")

    page.route("**/wrong/", answer)
    page.goto("/wrong/")
    assert_fit(page)


def _is_page(answer: APIResponse) -> bool:
    """Whether it is neither a file nor a piece that htmx puts into a page."""
    return answer.body().startswith(b"<!doctype html>")
