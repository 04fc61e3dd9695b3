"""Every text of a template can be translated: it stands in a tag of gettext, or is data."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

import firstbell.web
from firstbell.rules.catalogue import CATALOGUE

_TEMPLATES = Path(firstbell.web.__path__[0]) / "templates"
_NAMES = sorted(path.relative_to(_TEMPLATES).as_posix() for path in _TEMPLATES.rglob("*.html"))

#: What is the same in every language: names, files, columns of reports, and their messages.
_NAMES_OF_THINGS = ("First Bell", "OneRoster", "SourcedId", "Field", "Status", "Error Message")
_SAME = re.compile(
    r"\w*\.(?:csv|json|zip)\b|"
    + "|".join(map(re.escape, [*(rule.message for rule in CATALOGUE), *_NAMES_OF_THINGS]))
)
_SPOKEN = {"aria-label", "title", "alt", "placeholder", "label"}
_TRANSLATED = re.compile(
    r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}|{%\s*comment\b.*?{%\s*endcomment\s*%}",
    re.DOTALL,
)
_CODE = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)


class _Texts(HTMLParser):
    """The texts of a page: those between its tags, and those of attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in _SPOKEN]


def _untranslated(name: str) -> Iterator[str]:
    text = (_TEMPLATES / name).read_text(encoding="utf-8")
    parser = _Texts()
    parser.feed(_CODE.sub(" ", _TRANSLATED.sub(" ", text)))
    parser.close()
    for found in parser.found:
        words = " ".join(found.split())
        if re.search(r"[^\W\d_]{2}", _SAME.sub(" ", words)):
            yield words


@pytest.mark.parametrize("name", _NAMES)
def test_every_text_of_a_template_can_be_translated(name: str) -> None:
    assert list(_untranslated(name)) == []
