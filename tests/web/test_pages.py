"""What every answer has: strict headers, and pages for what goes wrong."""

import logging
import re

import pytest
from django.template.loader import render_to_string

from firstbell.web.logs import WithoutValues
from tests.web.conftest import Browser, Ended


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/sign-in/",
        "/nowhere/",
        "/static/firstbell/pages.css",
        "/districts/north/sync-reports/",
    ],
)
def test_every_answer_has_a_strict_policy(browser: Browser, address: str) -> None:
    answer = browser("alice").get(address)
    answer.close()  # a file that is served is open until then
    headers = answer.headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["style-src"] == policy["form-action"] == "'self'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("address", ["/sign-in/", "/districts/north/sync-reports/", "/"])
def test_pages_keep_to_the_policy(browser: Browser, ended: Ended, address: str) -> None:
    ended("north", reports=["users_sync_report.csv"])
    client = browser(None if address == "/sign-in/" else "alice")
    page = client.get(address, follow=True).content.decode()
    assert "<h1>" in page
    page = re.sub(r'<script src="/static/[\w./-]+" defer></script>', "", page)
    for forbidden in ("<script", " style=", "<style", " onclick", "javascript:", "http://", "//"):
        assert forbidden not in page.replace("<!doctype html>", "")


def test_a_page_that_is_not_there_says_so(browser: Browser) -> None:
    answer = browser("alice").get("/nowhere/")
    assert answer.status_code == 404
    page = answer.content.decode()
    assert "There is no such page, or it is not yours to see." in page


def test_another_host_is_refused(browser: Browser) -> None:
    answer = browser(None).get("/sign-in/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "evil" not in answer.content.decode()


@pytest.mark.parametrize("page", ["400", "403", "403_csrf", "404", "429", "500"])
def test_pages_for_what_goes_wrong_need_nothing(page: str) -> None:
    assert '<main id="content"' in render_to_string(f"{page}.html")


def test_the_log_says_where_and_of_what_kind_but_not_what() -> None:
    try:
        raise ValueError("Key (email)=(ann@example.org) already exists.")
    except ValueError as error:
        record = logging.LogRecord(
            "django.request",
            logging.ERROR,
            "",
            0,
            "Internal Server Error: %s",
            ("/",),
            (type(error), error, error.__traceback__),
        )
    said = WithoutValues().format(record)
    assert "Internal Server Error: /" in said
    assert "test_pages.py" in said
    assert said.endswith("ValueError")
    assert "ann@" not in said.replace('raise ValueError("Key (email)=(ann@example.org)', "")
