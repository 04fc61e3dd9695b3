"""Signing in, with the app of codes on somebody's phone."""

import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, Response

from tests.browser.portal import PASSWORD

_SECONDS = 30


def sign_in(page: Page, email: str) -> None:
    """Types what the first page of a sign-in asks for."""
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def type_code(page: Page, label: str, button: str, secret: str) -> None:
    """Types the code that the app shows; the next one if that came a moment too late.

    Args:
        page: has the field.
        label: of the field.
        button: sends it.
        secret: in base 32.
    """
    if not _is_taken(page, label, button, secret):
        assert _is_taken(page, label, button, secret)


def _is_taken(page: Page, label: str, button: str, secret: str) -> bool:
    page.get_by_label(label).fill(_code_of(secret))
    with page.expect_response(_answers_form) as answer:
        page.get_by_role("button", name=button, exact=True).click()
    return answer.value.status == 302


def _answers_form(answer: Response) -> bool:
    return answer.request.method == "POST"


def _code_of(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // _SECONDS)))
