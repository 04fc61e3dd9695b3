"""What the reference says of rules and refusals is there, and nothing is left untold."""

import re
from pathlib import Path

import pytest

from firstbell.feed.refusal import Reason
from firstbell.oneroster.dictionary import FEED_TABLES
from firstbell.rules.catalogue import CATALOGUE
from firstbell.rules.from_dictionary import rules_from_dictionary

_DOCS = Path(__file__).parents[1] / "docs"
_PAGE = (_DOCS / "reference" / "what-a-sync-means.md").read_text(encoding="utf-8")
_CODES = {rule.code for rule in CATALOGUE}
_TABLES = "|".join((*FEED_TABLES, "feed", "manifest"))

#: Words with a dot after a table's name that are no rule but a file or a column.
_ENDINGS = ("csv",)

#: Where the page tells of each reason: words of its list in §2.8 (§2.1 for what is no delivery).
_TOLD = {
    Reason.PATH_MISSING: "the path is not there",
    Reason.NOT_A_DELIVERY: "neither a folder nor a zip archive",
    Reason.NO_FILES: "no OneRoster file",
    Reason.TWICE_DELIVERED: "a file is there more than once",
    Reason.TWO_FOLDERS: "in more than one folder",
    Reason.ARCHIVE_DAMAGED: "the archive is damaged",
    Reason.ARCHIVE_ENCRYPTED: "encrypted",
    Reason.ARCHIVE_ESCAPES: "points outside its folder",
    Reason.ARCHIVE_TOO_LARGE: "unpacks to more than the limit",
    Reason.VERSION_UNKNOWN: "the OneRoster version is not known",
    Reason.FILE_PROMISED: "one that the manifest promises",
    Reason.DELTA_FIRST: "arrive before any full export",
    Reason.DELTA_AFTER_LOST: "after changes that could not be read",
    Reason.LAST_FEED_LOST: "the feed of the last sync is gone or damaged",
    Reason.FILE_MISSING: "a needed file is missing",
    Reason.COLUMN_MISSING: "a needed file lacks sourcedId, or a column that §4 requires",
    Reason.COLUMN_TWICE: "has a column of the standard twice",
    Reason.HEADER_UNREADABLE: "a header row that cannot be read",
    Reason.NO_ROWS: "have no rows",
    Reason.TOO_MANY_COLUMNS: "more than 1,000 columns",
    Reason.LINE_TOO_LONG: "a line of more than 32 MiB",
    Reason.FILE_UNREADABLE: "cannot be opened",
    Reason.DISK_FULL: "not enough room on the disk",
    Reason.API_UNREACHABLE: "could not be reached",
    Reason.API_WRONG_KEY: "refuses the key",
    Reason.API_WRONG_CLOCK: "a clock that is off",
    Reason.API_FORBIDDEN: "does not share a collection",
    Reason.API_NOT_THERE: "has nothing at the address",
    Reason.API_REDIRECTS: "sends us elsewhere",
    Reason.API_FAILS: "goes on answering with an error",
    Reason.API_UNREADABLE: "something that is no roster",
    Reason.API_RESTLESS: "changed each time",
    Reason.API_SHARES_NONE: "shares no orgs or no users",
}


def _named() -> set[str]:
    """The codes of rules that the page names in full, in code spans."""
    spans = re.findall(r"`([^`]+)`", _PAGE)
    return {
        code
        for span in spans
        for code in re.findall(rf"\b((?:{_TABLES})\.[a-z][a-z0-9_]*)\b", span)
        if not code.endswith(tuple(f".{ending}" for ending in _ENDINGS))
    }


def test_every_rule_that_the_page_names_is_in_the_catalogue() -> None:
    assert len(_named()) > 30
    assert _named() <= _CODES


def test_every_ending_of_a_code_that_the_page_names_is_in_the_catalogue() -> None:
    """Such as `…_not_storable` and `.school_not_found`."""
    endings = {span.lstrip("…") for span in re.findall(r"`([….][a-z_.…]+)`", _PAGE) if "_" in span}
    assert endings
    for ending in endings:
        assert any(code.endswith(ending) for code in _CODES), ending


@pytest.mark.parametrize("table", FEED_TABLES)
def test_every_rule_of_a_table_that_does_not_follow_from_the_standard_is_told(table: str) -> None:
    """Those that do follow from it, the NUL characters of an email among them, are told in §4.1."""
    from_standard = {rule.code for rule in rules_from_dictionary(table)}
    own = {rule.code for rule in CATALOGUE if rule.table == table} - from_standard
    for code in own:
        if code.endswith("_not_storable"):
            continue
        name = code.removeprefix(f"{table}.")
        assert code in _PAGE or f".{name}`" in _PAGE or f"`{name}`" in _PAGE, code


def test_every_reason_is_told() -> None:
    text = " ".join(_PAGE.split())
    assert set(_TOLD) == set(Reason), "tell the new reason in what-a-sync-means.md §2.8, and here"
    assert [reason.name for reason, words in _TOLD.items() if words not in text] == []
