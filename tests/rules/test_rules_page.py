"""The rule reference shows the catalogue."""

import re
from pathlib import Path

import pytest

import docs.generate as generate
from firstbell.rules.catalogue import CATALOGUE


def test_every_code_can_be_linked_to_once() -> None:
    anchors = re.findall(r'<a id="(.+?)"></a>', generate.rules_page())
    assert sorted(anchors) == sorted({rule.code for rule in CATALOGUE})


def test_every_rule_is_named_as_the_reports_name_it() -> None:
    page = generate.rules_page()
    missing = [rule.code for rule in CATALOGUE if not re.search(_named(rule.code), page)]
    assert not missing


def _named(code: str) -> str:
    return rf"(### |</a>`){re.escape(code)}\b"


def test_every_link_leads_to_a_heading() -> None:
    page = generate.rules_page()
    anchors = set(re.findall(r'<a id="(.+?)"></a>', page))
    headings = re.findall(r"^## (.+)$", page, flags=re.MULTILINE)
    anchors |= {heading.lower().replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#(.+?)\)", page)) <= anchors


def test_it_says_when_a_page_is_out_of_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert generate.main(["--check"]) == 0, "run python docs/generate.py"
    assert capsys.readouterr().err == ""


def test_the_page_is_the_same_each_time() -> None:
    page = Path(generate.DOCS / "reference/rules.md").read_text(encoding="utf-8")
    assert page == generate.rules_page() == generate.rules_page()
