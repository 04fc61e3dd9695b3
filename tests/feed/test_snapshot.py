"""A feed is kept as it was read, without what must not be kept, and opens again as the same."""

import json
from contextlib import closing
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import duckdb
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from firstbell.feed.database import open_database, text
from firstbell.feed.package import Limits
from firstbell.feed.read import read_again
from firstbell.feed.refusal import Refused
from firstbell.feed.snapshot import write_feed
from firstbell.oneroster.dictionary import FEED_TABLES, Version
from tests.feed.later import Feeds, delivery, lines, manifest, notes, rows, whole
from tests.made_up import make_up

_PEOPLE = (
    b"sourcedId,enabledUser,orgSourcedIds,role,username,givenName,familyName,email,password,Pass-Word"
    b",color\n"
    b"U1,true,S1,student,u1,Ann,Bell,,secret-1,secret-2,red\n"
    b"\n"
    b"U2,true,S1,student,u2,Bo\n"
    b",,,,,,,,secret-3,,\n"
    b'U3,true,S1,student,u3,"Cy\nCarl",Dee,,,,\n'
    b"U4,true,S1,student,u4,D\x00,Eck,,,,\n"
)
_ALL_ABSENT = manifest(orgs="absent", users="absent", classes="absent", enrollments="absent")


def _kept(folder: Path, table: str) -> list[tuple[object, ...]]:
    with duckdb.connect() as database:
        return database.execute(
            f"FROM read_parquet({text(f'{folder}/{table}.parquet')})"
        ).fetchall()


def _columns(folder: Path, table: str) -> list[str]:
    with duckdb.connect() as database:
        database.execute(f"FROM read_parquet({text(f'{folder}/{table}.parquet')})")
        return [column[0] for column in database.description or ()]


def test_it_has_a_file_for_each_table_of_the_feed(tmp_path: Path) -> None:
    feeds = Feeds(tmp_path)
    feeds.take({name: file for name, file in whole().items() if name != "courses.csv"})
    assert feeds.last
    tables = [table for table in FEED_TABLES if table != "courses"]
    assert {path.name for path in feeds.last.folder.iterdir()} == {
        *(f"{table}.parquet" for table in tables),
        "notes.parquet",
        "feed.json",
    }


def test_no_password_is_kept(tmp_path: Path) -> None:
    feeds = Feeds(tmp_path)
    feeds.take({**whole(), "users.csv": _PEOPLE})
    assert feeds.last
    assert [name for name in _columns(feeds.last.folder, "users") if "ass" in name] == []
    for path in feeds.last.folder.iterdir():
        assert b"secret-" not in path.read_bytes()
    assert "*" not in {cell for row in _kept(feeds.last.folder, "users") for cell in row}


def test_only_columns_of_the_standard_are_kept(tmp_path: Path) -> None:
    feeds = Feeds(tmp_path)
    feeds.take({**whole(), "users.csv": _PEOPLE})
    assert feeds.last
    assert _columns(feeds.last.folder, "users") == [
        *("sourcedId", "enabledUser", "orgSourcedIds", "role", "username"),
        *("givenName", "familyName", "email"),
    ]


def test_every_row_is_kept_in_order_without_blank_and_unreadable_ones(tmp_path: Path) -> None:
    """A row of which only its password is left is one still."""
    feeds = Feeds(tmp_path)
    feeds.take({**whole(), "users.csv": _PEOPLE})
    assert feeds.last
    kept = _kept(feeds.last.folder, "users")
    assert [row[0] for row in kept] == ["U1", None, "U3", "U4"]
    assert kept[2][5] == "Cy\nCarl"
    assert kept[3][5] == "D\0"


def test_repeated_rows_are_kept_though_judging_has_set_them_aside(tmp_path: Path) -> None:
    feeds = Feeds(tmp_path)
    orgs = lines(*[{"sourcedId": "S1", "name": "A", "type": "school"}] * 2)
    with feeds.read({**whole(), "orgs.csv": orgs}) as reading:
        reading.database.execute("INSERT INTO aside VALUES ('orgs', 1)")
        write_feed(reading, tmp_path / "work1" / "again")
    assert len(_kept(tmp_path / "work1" / "again", "orgs")) == 2


def test_rows_that_cannot_be_read_and_odd_characters_stay_known(tmp_path: Path) -> None:
    feeds = Feeds(tmp_path)
    with feeds.read({**whole(), "users.csv": _PEOPLE}) as reading:
        before = notes(reading, "users")
    assert [(kind, row, own) for kind, row, _, _, own in before] == [
        ("controls", 6, "U3"),
        ("controls", 7, "U4"),
        ("unreadable", 4, ""),
    ]
    for _ in range(2):
        with feeds.read({"manifest.csv": _ALL_ABSENT, "orgs.csv": whole()["orgs.csv"]}) as reading:
            assert notes(reading, "users") == [
                ("controls", None, "", None, "U3"),
                ("controls", None, "", None, "U4"),
                ("unreadable", None, "U2", "row has 6 columns, expected 11", ""),
            ]
            assert reading.files["users"].has_nul


def test_the_same_feed_gives_the_same_bytes(tmp_path: Path) -> None:
    folders = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        feeds = Feeds(tmp_path / name)
        feeds.take({**whole(), "users.csv": _PEOPLE})
        assert feeds.last
        folders.append(feeds.last.folder)
    first, second = ({p.name: p.read_bytes() for p in folder.iterdir()} for folder in folders)
    assert first == second


def test_it_tells_the_version(tmp_path: Path) -> None:
    feeds = Feeds(tmp_path)
    feeds.take(whole(Version.V1_2))
    assert feeds.last
    feed = json.loads((feeds.last.folder / "feed.json").read_text())
    assert feed["version"] == "1.2"
    assert (feeds.last.folder / "roles.parquet").exists()


def test_a_folder_of_any_name_can_be_read(tmp_path: Path) -> None:
    folder = tmp_path / "year=2026" / "O'Neill [x] *?"
    folder.mkdir(parents=True)
    feeds = Feeds(folder)
    feeds.take(whole())
    with feeds.read(delivery({})) as reading:
        assert len(rows(reading, "users")) == 3


@given(seed=st.integers(0, 2**32))
@settings(max_examples=25)
def test_a_feed_that_is_kept_and_read_again_is_the_same(seed: int) -> None:
    district = make_up(Random(seed))
    with TemporaryDirectory() as folder:
        feeds = Feeds(Path(folder).resolve())
        try:
            with feeds.read(district.files) as reading:
                before = {table: rows(reading, table) for table in reading.files}
                noted = {table: notes(reading, table) for table in reading.files}
        except Refused:
            assume(False)
        assert feeds.last
        with closing(open_database(feeds.folder, Limits())) as database:
            again = read_again(feeds.last, database)
            assert (again.version, list(again.files)) == (reading.version, list(before))
            for table in before:
                assert again.files[table].delivered == 0
                assert rows(again, table) == [
                    (None, {name: cell for name, cell in cells.items() if name != "password"})
                    for _, cells in before[table]
                ]
                assert notes(again, table) == [
                    (kind, None, id_, message if kind == "unreadable" else None, own)
                    for kind, _, id_, message, own in noted[table]
                    if kind in ("controls", "unreadable")
                ]
