"""Colours reach every browser: plain values, those in light and those in dark."""

import re
from collections.abc import Mapping
from pathlib import Path

import firstbell.web

_SHEETS = Path(firstbell.web.__file__).parent / "static" / "firstbell"


def _tokens(sheet: str) -> Mapping[str, str]:
    """The values of the first rule of a style sheet, by name."""
    first = (_SHEETS / sheet).read_text(encoding="utf-8").partition("{")[2].partition("}")[0]
    return dict(re.findall(r"(--\w+): (.+?);", first))


def test_every_colour_in_light_has_one_in_dark_and_none_is_the_same() -> None:
    light, dark = _tokens("pages.css"), _tokens("dark.css")
    assert light.keys() == dark.keys()
    assert [name for name in light if light[name] == dark[name]] == []


def test_every_colour_is_a_plain_value_that_old_browsers_know_too() -> None:
    for sheet in ("pages.css", "dark.css"):
        assert all(re.fullmatch("#[0-9a-f]{3,6}", value) for value in _tokens(sheet).values())
    for file in _SHEETS.glob("*.css"):
        assert "light-dark(" not in file.read_text(encoding="utf-8"), file.name
