"""Help in the portal: how pages are read, and the rule reference."""

import re
from html import unescape

import pytest
from django.utils.html import strip_tags

from firstbell.rules.catalogue import CATALOGUE, rule
from tests.web.conftest import Browser


def _text(page: bytes) -> str:
    return " ".join(unescape(strip_tags(page.decode())).split())


def test_every_rule_has_a_page_that_says_what_is_wrong_and_how_to_fix_it(browser: Browser) -> None:
    alice = browser("alice")
    for code in {one.code: one for one in CATALOGUE}:
        answer = alice.get(f"/help/rules/{code}/")
        assert answer.status_code == 200, code
        page = _text(answer.content)
        for one in (one for one in CATALOGUE if one.code == code):
            for words in (one.title, one.people, one.solution):
                assert " ".join(words.split()) in page, code
            assert "{product}" not in page


def test_a_rule_that_differs_says_so_for_each_version(browser: Browser) -> None:
    by_code: dict[str, set[str]] = {}
    for one in CATALOGUE:
        by_code.setdefault(one.code, set()).add(one.solution)
    code = next(code for code, solutions in by_code.items() if len(solutions) > 1)
    page = _text(browser("alice").get(f"/help/rules/{code}/").content)
    assert "OneRoster 1.1: " in page
    assert "OneRoster 1.2: " in page


def test_the_list_leads_to_every_rule(browser: Browser) -> None:
    page = browser("alice").get("/help/rules/").content.decode()
    listed = re.findall(r'href="/help/rules/([^/"]+)/"', page)
    assert sorted(listed) == sorted({one.code for one in CATALOGUE})


@pytest.mark.parametrize("code", ["users.no_such_rule", "x"])
def test_a_rule_that_is_not_there_is_no_page(browser: Browser, code: str) -> None:
    assert browser("alice").get(f"/help/rules/{code}/").status_code == 404


def test_help_says_the_seeds_errors_in_the_words_of_the_reports(browser: Browser) -> None:
    page = _text(browser("alice").get("/help/").content)
    for status in ("Completed", "Completed with Errors", "Failed"):
        assert status in page
    for code in ("users.email_required", "classes.teacher_required", "enrollments.user_not_found"):
        assert rule(code).message in page
    assert "school is not onboarded in First Bell, school and all associated records" in page


def test_every_page_of_somebody_who_is_signed_in_leads_to_help(browser: Browser) -> None:
    page = browser("alice").get("/districts/north/sync-reports/").content.decode()
    assert 'href="/help/"' in page
