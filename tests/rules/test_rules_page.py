"""The rule reference shows the catalogue."""

import re
from pathlib import Path

import pytest

import docs.generate as generate
from firstbell.rules.catalogue import CATALOGUE


def test_its_headings_are_the_codes_of_the_catalogue() -> None:
    headings = re.findall(r"^### (.+)$", generate.rules_page(), flags=re.MULTILINE)
    assert headings == list(dict.fromkeys(rule.code for rule in CATALOGUE))


def test_every_link_leads_to_a_heading() -> None:
    page = generate.rules_page()
    anchors = set(re.findall(r'<a id="(.+)"></a>', page))
    assert set(re.findall(r"\]\(#(.+?)\)", page)) <= anchors


def test_it_says_when_a_page_is_out_of_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert generate.main(["--check"]) == 0, "run python docs/generate.py"
    assert capsys.readouterr().err == ""


def test_the_page_is_the_same_each_time() -> None:
    page = Path(generate.DOCS / "reference/rules.md").read_text(encoding="utf-8")
    assert page == generate.rules_page() == generate.rules_page()
