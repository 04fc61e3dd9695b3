"""A file looked through and read: every good row at its own row number, whatever stands around."""

import codecs
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstbell.feed.lines import Lines, look_through
from firstbell.feed.refusal import Reason, Refused
from firstbell.feed.row import NEVER_CLOSED, TEXT_AFTER_QUOTE
from tests.feed.reading import HEADER, naive_sheet, sheet, without_said

_MIB = 1 << 20
_WIDTH_2 = "row has 2 columns, expected 3"
_WIDTH_4 = "row has 4 columns, expected 3"


def _row(number: int, title: str = "t", end: str = "\n") -> bytes:
    return f"M{number},{title},c{end}".encode()


def _look(content: bytes, folder: Path, name: str = "courses.csv") -> tuple[Lines, Path]:
    """Looks through a file; gives also the folder for copies and notes."""
    work = folder / "work"
    work.mkdir()
    path = folder / name
    path.write_bytes(content)
    return look_through(path, work), work


# --- The header row


@pytest.mark.parametrize("cell", ['title"s', ' "title"', '5" title', "ti\ttle"])
def test_a_header_cell_of_odd_characters_costs_no_row(cell: str) -> None:
    found = sheet(f"sourcedId,{cell},courseCode\nM2,a,c\nM3,b,c\n".encode())
    assert sorted(found.rows) == [2, 3]


def test_text_between_the_cr_and_the_lf_of_a_row_is_a_row_of_its_own() -> None:
    header = HEADER.replace(b"\n", b"\r\n")
    found = sheet(header + b"M2,a,c\r\nM3,b,c\rx\nM5,d,c\r\nM6,e,c")
    assert found.titles == {2: "a", 3: "b", 5: "d", 6: "e"}
    assert found.unreadable == {4: ("row has 1 columns, expected 3", "x")}


def test_the_id_of_an_unreadable_row_keeps_spaces_that_are_not_trimmed() -> None:
    found = sheet(HEADER + "\u2003M2\u2000,b\n".encode())
    assert found.unreadable == {2: (_WIDTH_2, "\u2003M2\u2000")}


# --- Passwords


def test_a_password_beside_the_id_is_not_taken_for_the_id_of_a_row_of_another_width() -> None:
    header = b"sourcedId,password,title,courseCode\n"
    found = sheet(header + b"M2,hunter2,t,c\nhunter2,t,c\n,M4,hunter2,t,c\n")
    assert found.unreadable == {
        3: ("row has 3 columns, expected 4", ""),
        4: ("row has 5 columns, expected 4", ""),
    }


# --- Row numbers


def test_rows_are_numbered_as_in_a_spreadsheet() -> None:
    content = HEADER + b'M2,a,c\n\n,,\nM5,"one\ntwo",c\nM6,"x,c\nM7,b\nM8,z,c'
    found = sheet(content)
    assert found.titles == {2: "a", 5: "one\ntwo", 8: "z"}
    assert found.unreadable == {6: (NEVER_CLOSED, "M6"), 7: (_WIDTH_2, "M7")}


@pytest.mark.parametrize(
    "odd",
    [
        b"\n",
        b",,,,,\n",
        b" , , \n",
        b'"",""\n',
        b"M,x\n",
        b'M,"x\n',
        b'M,"x"y,c\n',
        b'M,"\n\n",c\n',
    ],
)
def test_one_odd_row_moves_no_other(odd: bytes) -> None:
    content = HEADER + _row(2) + odd + _row(4) + odd + odd + _row(7)
    found = sheet(content)
    assert {2, 4, 7} <= set(found.rows)
    assert [found.rows[row][0] for row in (2, 4, 7)] == ["M2", "M4", "M7"]


def _long_file(middle: bytes) -> bytes:
    """More than 2 MiB: plain rows, some bytes near each 1 MiB boundary, and no line end last."""
    filler = "x" * 400
    rows, size, number = [HEADER], len(HEADER), 2
    boundaries = [_MIB, 2 * _MIB]
    while size < 2 * _MIB + 4000:
        if boundaries and size > boundaries[0] - 700:
            boundaries.pop(0)
            rows.append(middle)
            size += len(middle)
        row = _row(number, f"{number} {filler}")
        rows.append(row)
        size, number = size + len(row), number + 1
    return b"".join(rows).removesuffix(b"\n")


@pytest.mark.parametrize(
    "middle",
    [
        b"\n" * 900,
        b"x\n" * 400,
        b'M,"' + b"line\n" * 300 + b'",c\n',
        b'M,"' + b"line\n" * 300 + b'"x,c\n',
        b'M,"never closed ' + b"y" * 500 + b",c\n",
        b'M," spaces ",c\r\n' * 60,
        b'"M","t ""q""","c"\n' * 70,
        "M,\u00a0é\u00a0,c\n".encode() * 90,
        b"M,t,c,,\n" * 120,
        b"M,\0,c\n" * 120,
    ],
    ids=[
        *("blank", "too narrow", "multi-line", "multi-line and unreadable", "never closed"),
        *("other line end", "quoted", "no-break spaces", "surplus", "NUL"),
    ],
)
def test_row_numbers_are_exact_across_the_boundaries_of_blocks(middle: bytes) -> None:
    content = _long_file(middle)
    found = sheet(content)
    assert without_said(found) == naive_sheet(content)
    filler = [(row, cells) for row, cells in found.rows.items() if cells[0] != "M"]
    assert len(filler) > 5000
    assert filler[-1][1][1].split()[0] == filler[-1][1][0].removeprefix("M")


def test_a_row_that_begins_in_one_block_may_end_in_the_next_but_one() -> None:
    lines = b"".join(b'M%d,"%b",c\n' % (n, b"line\n" * 13_000) for n in range(60))
    content = HEADER + lines + b"last,t,c"
    found = sheet(content)
    assert list(found.rows) == list(range(2, 63))
    assert found.rows[62] == ("last", "t", "c")
    assert found.titles[30] == ("line\n" * 13_000).strip()


@pytest.mark.slow
@given(
    st.lists(
        st.sampled_from(
            [
                *(b"a", b",", b",", b'"', b'""', b"\n", b"\n", b"\r\n", b"\r", b" ", b"\t", b"\0"),
                *("\u00a0".encode(), "é".encode(), b"\xff", b"M1,t,c\n", b'"M1","t","c"\n'),
            ]
        ),
        max_size=40,
    ),
    st.sampled_from([HEADER, HEADER.replace(b"\n", b"\r\n"), HEADER.replace(b"\n", b"\r")]),
)
@settings(max_examples=60)
def test_any_bytes_read_as_the_naive_reading_has_them(soup: list[bytes], header: bytes) -> None:
    content = header + b"".join(soup)
    expected = naive_sheet(content)
    if expected.rows or expected.unreadable:
        assert without_said(sheet(content)) == expected


@pytest.mark.slow
@given(st.randoms(use_true_random=False))
@settings(max_examples=15)
def test_any_bytes_at_a_boundary_read_as_the_naive_reading_has_them(random: Random) -> None:
    parts = [b"a", b",", b'"', b'""', b"\n", b"\r\n", b" ", b"M1,t,c\n", "\u00a0".encode()]
    soup = b"".join(random.choices(parts, k=400))
    content = _long_file(soup)
    assert without_said(sheet(content)) == naive_sheet(content)


# --- Quotes


def test_a_stray_quote_costs_its_own_row_only() -> None:
    rows = [_row(number) for number in range(2, 40)]
    rows[10] = b'M12,"t,c\n'
    rows[20] = b'M22,"t"t,c\n'
    rows[30] = b'M32,t","c\n'
    found = sheet(HEADER + b"".join(rows))
    assert set(found.unreadable) == {12, 22, 32}
    assert set(found.rows) == set(range(2, 40)) - {12, 22, 32}
    assert [found.unreadable[row][0] for row in (12, 22, 32)] == [
        *(TEXT_AFTER_QUOTE, TEXT_AFTER_QUOTE, NEVER_CLOSED),
    ]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (b'M3,"t,c\n', NEVER_CLOSED),
        (b'M3,"t""\n', NEVER_CLOSED),
        (b'M3,"t" ,c\n', TEXT_AFTER_QUOTE),
        (b'M3,"t"\0,c\n', TEXT_AFTER_QUOTE),
        (b'M3,"%b",c\n' % (b"x" * 65_537), NEVER_CLOSED),
    ],
)
def test_why_a_quote_makes_a_row_unreadable(row: bytes, why: str) -> None:
    found = sheet(HEADER + _row(2) + row + _row(4))
    assert found.unreadable == {3: (why, "M3")}
    assert set(found.rows) == {2, 4}


def test_65536_characters_between_quotes_are_read() -> None:
    title = "é" * 65_536
    assert sheet(HEADER + f'M2,"{title}",c\n'.encode()).titles == {2: title}


def test_the_sourced_id_is_told_only_when_it_could_be_made_out() -> None:
    found = sheet(b'title,sourcedId,courseCode\n"t,M2,c\nt,M3\nt,"M4" ,c\nt\nt,M6,c,x\n')
    assert {row: sourced_id for row, (_, sourced_id) in found.unreadable.items()} == {
        2: "",
        3: "M3",
        4: "",
        5: "",
        6: "M6",
    }


@pytest.mark.parametrize("cell", ['"a\r\nb"', "a\0b", '"a\nb"', "x" * 300, "x" * 3_000_000])
def test_what_can_be_no_sourced_id_is_not_told_of_an_unreadable_row(cell: str) -> None:
    found = sheet(HEADER + f"{cell},t\n".encode() + _row(3))
    assert found.unreadable == {2: (_WIDTH_2, "")}
    assert found.titles == {3: "t"}


def test_quotes_inside_an_unquoted_cell_are_characters() -> None:
    assert sheet(HEADER + b'M2,5" pipe,"c"\nM3, "a",c\n').titles == {2: '5" pipe', 3: '"a"'}


# --- Line ends


@pytest.mark.parametrize("header_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "mixed"])
def test_line_ends_may_be_any_and_mixed(header_end: str, end: str) -> None:
    ends = ["\n", "\r\n", "\r"] * 4 if end == "mixed" else [end] * 12
    header = HEADER.decode().replace("\n", header_end)
    rows = b"".join(_row(number, end=ends[number - 2]) for number in range(2, 14))
    found = sheet(header.encode() + rows)
    assert found.rows == {number: (f"M{number}", "t", "c") for number in range(2, 14)}


def test_two_carriage_returns_are_a_row_and_a_blank_one() -> None:
    assert set(sheet(b"sourcedId,title\rM2,a\r\rM4,b\r").rows) == {2, 4}


def test_a_line_end_inside_a_cell_is_kept_as_it_is_written() -> None:
    assert sheet(HEADER + b'M2,"a\r\nb\nc\rd",c\n').titles == {2: "a\r\nb\nc\rd"}


def test_it_is_kept_in_a_file_of_carriage_returns_too() -> None:
    assert sheet(b'sourcedId,title\rM2,"a\rb\nc\r\n"\r').titles == {2: "a\rb\nc"}


# --- Encodings


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
    ],
)
def test_unicode_is_read_without_a_word(encoding: str, mark: bytes) -> None:
    text = HEADER.decode() + 'M2,École “ä€”\N{GRINNING FACE},c\nM3,"a\nb",c\n'
    found = sheet(mark + text.encode(encoding))
    assert found.titles == {2: "École “ä€”\N{GRINNING FACE}", 3: "a\nb"}
    assert found.said == frozenset()


def test_utf_16_cut_in_the_middle_of_a_character_is_read() -> None:
    content = codecs.BOM_UTF16_LE + (HEADER.decode() + "M2,t,c").encode("utf-16-le")
    assert sheet(content + b"x").rows == {2: ("M2", "t", "c\N{REPLACEMENT CHARACTER}")}


def test_what_is_not_utf_8_is_read_as_windows_1252_with_a_warning() -> None:
    found = sheet(HEADER + "M2,École – “x” €,c\n".encode("cp1252"))
    assert found.titles == {2: "École – “x” €"}
    assert found.said == {("courses.not_utf8", "")}


def test_bytes_that_windows_1252_leaves_undefined_are_kept_as_control_characters() -> None:
    found = sheet(HEADER + b"M2,a\x81\x8d\x8f\x90\x9db\xe9,c\n")
    assert found.titles == {2: "a\x81\x8d\x8f\x90\x9dbé"}


def test_one_bad_byte_at_the_end_of_a_long_file_is_enough() -> None:
    content = _long_file(b"") + b"\nlast,\xe9,c"
    found = sheet(content)
    assert found.rows[max(found.rows)] == ("last", "é", "c")
    assert ("courses.not_utf8", "") in found.said


def test_a_bad_byte_in_an_unreadable_row_counts_too() -> None:
    found = sheet(HEADER + "M2,é,c\n".encode("cp1252") + b'M3,"\xe9\n')
    assert (found.titles, set(found.unreadable)) == ({2: "é"}, {3})


# --- Cells


def test_blanks_around_cells_are_trimmed_and_no_other_spaces() -> None:
    content = HEADER + 'M2,\u00a0 \t a b\t\u00a0,c\nM3,"\r\n x\n",c\nM4,\u2003x\u3000,c\n'.encode()
    assert sheet(content).titles == {2: "a b", 3: "x", 4: "\u2003x\u3000"}


def test_blanks_are_trimmed_in_a_file_full_of_them() -> None:
    rows = b"".join(b"M%d ,  a name with spaces , \n" % number for number in range(2, 3000))
    found = sheet(HEADER + rows)
    assert set(found.rows.values()) == {
        (f"M{number}", "a name with spaces", "") for number in range(2, 3000)
    }


def test_empty_cells_are_absent_quoted_or_not() -> None:
    assert sheet(HEADER + b'M2,,c\nM3,"",c\nM4," ",c\n').titles == {2: "", 3: "", 4: ""}


def test_nul_is_kept() -> None:
    assert sheet(HEADER + b"M2,a\0b,c\nM3,\0,c\n").titles == {2: "a\0b", 3: "\0"}


@pytest.mark.parametrize("character", ["\x01", "\x1c", "\x1d", "\x1e", "\x7f"])
def test_other_control_characters_are_kept(character: str) -> None:
    content = HEADER + f'M2,a{character}b,c\nM3,"x\ny",c\nM4,z,c{character}\n'.encode()
    found = sheet(content)
    assert found.rows[4] == ("M4", "z", f"c{character}")
    assert found.titles[3] == "x\ny"


def test_a_row_over_several_lines_keeps_the_control_characters_of_its_other_cells() -> None:
    found = sheet(HEADER + b'M2,"x\ny",c\x1cd\n')
    assert found.rows[2] == ("M2", "x\ny", "c\x1cd")


def test_surplus_cells_that_are_empty_are_dropped_and_noted() -> None:
    found = sheet(HEADER + _row(2) + b'M3,t,c,,\nM4,t,c,"", \nM5,t,c,,x\n')
    assert set(found.rows) == {2, 3, 4}
    assert found.surplus == {3: 5, 4: 5}
    assert found.unreadable == {5: ("row has 5 columns, expected 3", "M5")}


@pytest.mark.parametrize("blank", [b"", b",", b",,", b",,,,,,,", b" ", b'""', b'"\n"', b'\t,"",'])
def test_a_row_of_empty_cells_is_blank_whatever_its_width(blank: bytes) -> None:
    found = sheet(HEADER + blank + b"\n" + _row(3) + blank)
    assert (found.rows, found.unreadable, found.surplus) == ({3: ("M3", "t", "c")}, {}, {})


# --- Headers


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        (b"sourcedId,title\n", ("sourcedId", "title")),
        (b" sourcedId\t,\xc2\xa0title\n", ("sourcedId", "title")),
        (b"sourcedId,title,, ,\n", ("sourcedId", "title")),
        (b"sourcedId,,title\n", ("sourcedId", "", "title")),
        (b'"sourcedId","title"\n', ("sourcedId", "title")),
        (b'"sourcedId","title\n"\n', ("sourcedId", "title")),
        (b'"sourced\nId",title\r\n', ("sourced\nId", "title")),
        (b"sourcedId,title", ("sourcedId", "title")),
        (b"sourcedId\n", ("sourcedId",)),
        (b"\n", ()),
        (b",,\n", ()),
        (b"", ()),
        (b"\xef\xbb\xbfsourcedId,title\n", ("sourcedId", "title")),
        (b"\xef\xbb\xbf", ()),
    ],
)
def test_the_header_is_trimmed_and_ends_at_its_last_name(
    header: bytes, cells: tuple[str, ...], tmp_path: Path
) -> None:
    assert _look(header, tmp_path)[0].header == cells


@pytest.mark.parametrize("header", [b'"sourcedId,title\nM2,t\n', b'"sourcedId"x,title\nM2,t\n'])
def test_a_header_that_cannot_be_taken_apart_is_none(header: bytes, tmp_path: Path) -> None:
    assert _look(header, tmp_path)[0].header is None


def test_a_header_over_two_lines_is_one_row() -> None:
    assert sheet(b'sourcedId,"title\n",x\nM2,t,c\n').titles == {2: "t"}


def test_a_blank_cell_inside_the_header_names_no_column() -> None:
    found = sheet(b"sourcedId,,title\nM2,ignored,t\n")
    assert (found.rows[2][0], found.rows[2][2]) == ("M2", "t")
    assert found.said == frozenset()


def test_blank_cells_at_the_end_of_the_header_do_not_count() -> None:
    found = sheet(b"sourcedId,title,,\nM2,t\nM3,t,,\nM4,t,,x\n")
    assert set(found.rows) == {2, 3}
    assert found.unreadable == {4: (_WIDTH_4.replace("expected 3", "expected 2"), "M4")}


def test_a_file_of_one_column_is_read() -> None:
    found = sheet(b'sourcedId\nM2\n\n"M4"\nM5,\nM6,x\n M7\n"M\n8"')
    assert found.rows == {2: ("M2",), 4: ("M4",), 5: ("M5",), 7: ("M7",), 8: ("M\n8",)}
    assert found.unreadable == {6: ("row has 2 columns, expected 1", "M6")}


@pytest.mark.parametrize("content", [b"", b"sourcedId,title\n", b"sourcedId,title", b"\n\n\n"])
def test_a_file_without_rows_has_none(content: bytes) -> None:
    found = sheet(content)
    assert found.rows == {}
    assert found.said == {("courses.not_delivered", "")}


# --- What it costs


@pytest.mark.parametrize(
    "rows",
    [b"M2,t,c\nM3,,\n", b'"M2","t","c"\n"M3",t,""\n', b'M2,"a,""b""",c', "M2,é ä,c".encode()],
)
def test_a_clean_file_is_read_in_place(rows: bytes, tmp_path: Path) -> None:
    lines, work = _look(HEADER + rows, tmp_path)
    assert lines.path == tmp_path / "courses.csv"
    assert (lines.notes, lines.has_header, list(work.iterdir())) == (None, True, [])


def test_a_long_clean_file_is_read_in_place(tmp_path: Path) -> None:
    lines, work = _look(_long_file(b"") + b"\n", tmp_path)
    assert (lines.path.parent, list(work.iterdir())) == (tmp_path, [])


def test_what_was_delivered_is_never_changed(tmp_path: Path) -> None:
    content = HEADER + b'M2,"x\n\nM4 , t,c\r\nM5\xe9,"\n'
    _look(content, tmp_path)
    assert (tmp_path / "courses.csv").read_bytes() == content


def test_a_line_of_more_than_32_mib_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        _look(HEADER + b"x" * (33 << 20), tmp_path)
    assert refused.value.reason is Reason.LINE_TOO_LONG
    assert str(refused.value) == "courses.csv has a line of more than 32 MiB"


def _calls(run: Callable[[], object]) -> int:
    """How many functions are called while something runs."""
    calls = 0

    def note(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        run()
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("line", [b'x","y"\n', b'"x","y\n', b'"","y""\n', b'"\n', b'M,t,"\n'])
def test_twice_as_many_hostile_lines_cost_twice_as_much(line: bytes, tmp_path: Path) -> None:
    few, many = tmp_path / "few", tmp_path / "many"
    few.mkdir()
    many.mkdir()
    of_few = _calls(lambda: _look(HEADER + line * 2_000, few))
    of_many = _calls(lambda: _look(HEADER + line * 4_000, many))
    assert of_many < 2.2 * of_few


def test_40000_hostile_lines_are_each_told() -> None:
    content = HEADER + b'x","y"\n' * 40_000 + b"last,t,c\n"
    found = sheet(content)
    assert without_said(found) == naive_sheet(content)
    assert found.rows[40_002] == ("last", "t", "c")


@pytest.mark.slow
def test_more_troubles_than_are_kept_at_a_time_end_too(tmp_path: Path) -> None:
    lines, _ = _look(HEADER + b'x","y\n' * 150_000, tmp_path)
    assert lines.notes is not None
    assert lines.notes.read_bytes().count(b"\n") == 150_000
