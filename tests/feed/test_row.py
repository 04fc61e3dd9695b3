"""One row taken apart: quotes, line ends, and where the next row begins."""

import tracemalloc

import pytest

from firstbell.feed.row import NEVER_CLOSED, TEXT_AFTER_QUOTE, line_end_of, take_apart

_LIMIT = 65_536


@pytest.mark.parametrize(
    ("content", "cells"),
    [
        (b"a,b\n", ["a", "b"]),
        (b"a,b", ["a", "b"]),
        (b",\n", ["", ""]),
        (b"", [""]),
        (b"\n", [""]),
        (b'"a","b"\r\n', ["a", "b"]),
        (b'"a,b",c', ["a,b", "c"]),
        (b'"say ""hi""",c\n', ['say "hi"', "c"]),
        (b'"one\ntwo\r\nthree",c\n', ["one\ntwo\r\nthree", "c"]),
        (b'"",""\n', ["", ""]),
        (b'a "quoted" word,5" pipe\n', ['a "quoted" word', '5" pipe']),
        (b' "a,b"\n', ['"a', 'b"']),
        (b'a"b,c"\n', ['a"b', 'c"']),
        (b"a\0b,c\n", ["a\0b", "c"]),
    ],
)
def test_cells(content: bytes, cells: list[str]) -> None:
    row = take_apart(content, 0, {})
    assert (row.trouble, row.texts, row.next) == ("", cells, len(content))


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
def test_the_next_row_begins_behind_the_line_end(line_end: bytes) -> None:
    content = b"a,b" + line_end + b"c,d" + line_end
    row = take_apart(content, 0, {})
    assert line_end_of(content, row) == line_end
    assert take_apart(content, row.next, {}).texts == ["c", "d"]


def test_a_last_row_without_line_end_has_none() -> None:
    assert line_end_of(b"a,b", take_apart(b"a,b", 0, {})) == b""


@pytest.mark.parametrize(
    ("row", "trouble", "before"),
    [
        (b'a,"b\n', NEVER_CLOSED, ["a"]),
        (b'"\n', NEVER_CLOSED, []),
        (b'a,"b"x,c\n', TEXT_AFTER_QUOTE, ["a"]),
        (b'a,"b" ,c\n', TEXT_AFTER_QUOTE, ["a"]),
        (b'"a"b"\n', TEXT_AFTER_QUOTE, []),
        (b'a,"b\n', NEVER_CLOSED, ["a"]),
    ],
)
def test_trouble_ends_the_row_on_its_own_line(row: bytes, trouble: str, before: list[str]) -> None:
    content = row + b"c,d\n"
    parsed = take_apart(content, 0, {})
    assert (parsed.trouble, parsed.texts) == (trouble, before)
    assert take_apart(content, parsed.next, {}).texts == ["c", "d"]


def test_after_trouble_behind_a_multi_line_cell_reading_goes_on_at_the_second_line() -> None:
    content = b'"one\ntwo","x"y\nc,d\n'
    parsed = take_apart(content, 0, {})
    assert (parsed.trouble, parsed.next) == (TEXT_AFTER_QUOTE, len(b'"one\n'))


@pytest.mark.parametrize(
    "inside",
    [
        b"x" * _LIMIT,
        "é".encode() * _LIMIT,
        "\N{GRINNING FACE}".encode() * _LIMIT,
        b'""' * (_LIMIT // 2),
        b"\n" * _LIMIT,
    ],
    ids=["one byte", "two bytes", "four bytes", "doubled quotes", "line ends"],
)
def test_a_quoted_cell_may_hold_65536_characters_and_no_more(inside: bytes) -> None:
    fits = take_apart(b'"' + inside + b'",b\n', 0, {})
    assert (fits.trouble, len(fits.cells)) == ("", 2)
    too_long = take_apart(b'"' + inside + b'x",b\n', 0, {})
    assert too_long.trouble == NEVER_CLOSED


def test_an_unquoted_cell_may_be_longer() -> None:
    assert take_apart(b"x" * (_LIMIT + 1) + b",b\n", 0, {}).trouble == ""


def test_trimming_takes_five_characters_and_no_others() -> None:
    others = "\u2003\u3000\u200b\ufeff\x0b\x0c\x1c\x85"
    content = f" \t\u00a0a\u00a0\t ,{others}b{others}\n".encode()
    assert take_apart(content, 0, {}).texts == ["a", f"{others}b{others}"]
    assert take_apart(b'" \r\n\ta b\n ",c\n', 0, {}).texts == ["a b", "c"]


def test_cells_before_a_trouble_are_told_to_every_row_that_runs_into_it() -> None:
    content = b'"a\n=b","c","ID","d"e"\n'
    known: dict[int, str] = {}
    first = take_apart(content, 0, known, enough=3)
    second = take_apart(content, first.next, known, enough=3)
    assert (first.texts, first.trouble) == (["a\n=b", "c", "ID"], TEXT_AFTER_QUOTE)
    assert (second.texts, second.trouble) == (['=b"', "c", "ID"], TEXT_AFTER_QUOTE)


def test_the_cells_behind_the_first_1000_are_counted_and_not_kept() -> None:
    row = take_apart(b"a," * 1_499 + b"a\n", 0, {})
    assert (len(row.cells), row.count, row.goes_on) == (1_000, 1_500, True)
    assert not take_apart(b"a," * 999 + b'a, ,"\n",\n', 0, {}).goes_on


@pytest.mark.parametrize("end", [b'"ab"\n', b'"ab\n'], ids=["well formed", "in trouble"])
def test_a_row_of_a_million_quoted_cells_takes_no_memory(end: bytes) -> None:
    content = b'"ab",' * 1_000_000 + end
    known: dict[int, str] = {}
    tracemalloc.start()
    row = take_apart(content, 0, known)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert row.count >= 1_000_000
    assert most < len(content) / 2


class _Looks(dict[int, str]):
    """Known troubles, which count how often a quoted cell was looked at."""

    looks = 0

    def get(self, key: int, default: str | None = None) -> str | None:  # type: ignore[override]
        self.looks += 1
        return super().get(key, default)


@pytest.mark.parametrize(
    "line", [b'x","y"\n', b'x","y\n', b'"x","y\n', b'"","y""\n', b'"\n', b'x,"""y\n']
)
def test_quotes_the_wrong_way_round_are_looked_at_a_few_times_each(line: bytes) -> None:
    content, lines = line * 40_000, 40_000
    known, position = _Looks(), 0
    while position < len(content):
        position = take_apart(content, position, known).next
    assert known.looks <= 3 * lines
