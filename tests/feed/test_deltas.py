"""Changes replace rows of the last feed by sourcedId. What a sync means §2, Delta."""

from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstbell.engine.policy import Policy
from firstbell.engine.sync import sync
from firstbell.feed.read import Reading
from firstbell.feed.refusal import Reason
from firstbell.oneroster.dictionary import FEED_TABLES, Version, tables
from firstbell.rules.example import AS_OF, Row
from tests.feed.later import Feeds, a_class, delivery, ids, lines, manifest, notes, rows, whole

_NEEDED = ("orgs", "users", "classes", "enrollments")


def test_rows_replace_rows_of_the_last_feed_by_sourced_id(feeds: Feeds) -> None:
    feeds.take_classes(lines(a_class("C1"), a_class("C2"), a_class("C3")))
    changes = lines(a_class("C4"), a_class("C2", title="New"))
    with feeds.read(delivery({"classes": "delta"}, classes=changes)) as reading:
        assert ids(reading, "classes") == [(2, "C4"), (3, "C2"), (None, "C1"), (None, "C3")]
        assert rows(reading, "classes")[1][1]["title"] == "New"
        assert reading.deltas == {"classes"}
        assert reading.files["classes"].delivered == 2


def test_a_change_replaces_all_rows_with_its_sourced_id(feeds: Feeds) -> None:
    feeds.take_classes(lines(a_class("C1"), a_class("C2"), a_class("C1", title="Other")))
    with feeds.read(delivery({"classes": "delta"}, classes=lines(a_class("C1")))) as reading:
        assert ids(reading, "classes") == [(2, "C1"), (None, "C2")]


def test_a_row_to_be_deleted_stays_until_the_next_bulk(feeds: Feeds) -> None:
    gone = lines(a_class("C1", status="tobedeleted"))
    with feeds.read(delivery({"classes": "delta"}, classes=gone)) as reading:
        assert ids(reading, "classes") == [(2, "C1")]
    with feeds.read(delivery({})) as reading:
        assert rows(reading, "classes")[0][1]["status"] == "tobedeleted"
    with feeds.read(delivery({"classes": "bulk"}, classes=lines(a_class("C2")))) as reading:
        assert ids(reading, "classes") == [(2, "C2")]


def test_a_change_without_a_sourced_id_replaces_nothing(feeds: Feeds) -> None:
    feeds.take_classes(lines(a_class("C1"), a_class("", title="Old")))
    changes = lines({"title": "New", "sourcedId": "", "schoolSourcedId": "S1"})
    with feeds.read(delivery({"classes": "delta"}, classes=changes)) as reading:
        assert ids(reading, "classes") == [(2, ""), (None, "C1"), (None, "")]
    with feeds.read(delivery({"classes": "delta"}, classes=lines(a_class("C2")))) as reading:
        assert len(rows(reading, "classes")) == 4


def test_a_change_that_cannot_be_read_replaces_nothing(feeds: Feeds) -> None:
    changes = b"sourcedId,title,schoolSourcedId\nC1,Math\nC2,Art,S1\n"
    with feeds.read(delivery({"classes": "delta"}, classes=changes)) as reading:
        assert ids(reading, "classes") == [(3, "C2"), (None, "C1")]
        message = "row has 2 columns, expected 3"
        assert notes(reading, "classes") == [("unreadable", 2, "C1", message, "")]


def test_a_change_replaces_rows_that_could_not_be_read(feeds: Feeds) -> None:
    feeds.take_classes(b'sourcedId,title,schoolSourcedId\nC1,x\nC1,y\nC2,x\n"C3,x,S1\nC4,Art,S1\n')
    with feeds.read(delivery({"classes": "delta"}, classes=lines(a_class("C1")))) as reading:
        assert ids(reading, "classes") == [(2, "C1"), (None, "C4")]
        assert [(kind, row, id_) for kind, row, id_, _, _ in notes(reading, "classes")] == [
            ("unreadable", None, ""),
            ("unreadable", None, "C2"),
        ]
    with feeds.read(delivery({"classes": "bulk"}, classes=lines(a_class("C1")))) as reading:
        assert notes(reading, "classes") == []


def test_row_numbers_of_changes_are_those_of_their_file(feeds: Feeds) -> None:
    changes = b"sourcedId,title,schoolSourcedId\n\nC2,x\nC3,Art,S1\n,,\nC4,Gym,S1\n"
    with feeds.read(delivery({"classes": "delta"}, classes=changes)) as reading:
        assert ids(reading, "classes") == [(4, "C3"), (6, "C4"), (None, "C1")]
        assert reading.files["classes"].delivered == 5
        assert reading.files["classes"].rows == 2


def test_odd_characters_stay_known_of_the_rows_that_stay(feeds: Feeds) -> None:
    feeds.take_classes(
        lines(a_class("C0"), *(a_class(name, title="a\x01") for name in ("C1", "C2", "C3")))
    )
    with feeds.read(delivery({"classes": "delta"}, classes=lines(a_class("C1"), a_class("C9")))):
        pass
    with feeds.read(delivery({"classes": "delta"}, classes=lines(a_class("C2")))) as reading:
        assert ids(reading, "classes") == [
            *((2, "C2"), (None, "C1"), (None, "C9"), (None, "C0"), (None, "C3")),
        ]
        assert [(kind, row, own) for kind, row, _, _, own in notes(reading, "classes")] == [
            ("controls", None, "C3")
        ]


def test_the_columns_are_those_of_both(feeds: Feeds) -> None:
    feeds.take_classes(lines(a_class("C1", grades="09"), a_class("C2", grades="10")))
    changes = lines(a_class("C2", location="Gym", color="red"))
    with feeds.read(delivery({"classes": "delta"}, classes=changes)) as reading:
        assert rows(reading, "classes") == [
            (2, {**a_class("C2"), "location": "Gym"}),
            (None, {**a_class("C1"), "grades": "09"}),
        ]
        assert reading.files["classes"].width == 5


@pytest.mark.parametrize("table", ["orgs", "users", "classes", "enrollments"])
def test_changes_may_be_none(feeds: Feeds, table: str) -> None:
    header = whole()[f"{table}.csv"].split(b"\n")[0] + b"\n"
    with feeds.read(delivery({table: "delta"}, **{table: header})) as reading:
        assert {row for row, _ in ids(reading, table)} == {None}
        assert reading.deltas == {table}
        assert not reading.said


@pytest.mark.parametrize("table", ["orgs", "users"])
def test_a_full_export_of_nobody_fails_the_sync(feeds: Feeds, table: str) -> None:
    header = whole()[f"{table}.csv"].split(b"\n")[0] + b"\n"
    assert feeds.refused(delivery({table: "bulk"}, **{table: header})).reason is Reason.NO_ROWS


def _roles(feeds: Feeds, *changes: Row) -> list[tuple[int | None, str, str]]:
    """Row, user and role after a first delivery of 1.2 and changes of its roles."""
    feeds.take(whole(Version.V1_2))
    files = delivery({"roles": "delta", "version": "1.2"}, roles=lines(*changes))
    with feeds.read(files) as reading:
        return [(row, c["userSourcedId"], c["role"]) for row, c in rows(reading, "roles")]


def test_role_rows_replace_by_sourced_id_when_the_file_has_it(tmp_path: Path) -> None:
    change = {"sourcedId": "R2", "userSourcedId": "P1", "roleType": "primary", "role": "aide"}
    assert _roles(Feeds(tmp_path), {**change, "orgSourcedId": "S1"}) == [
        *((2, "P1", "aide"), (None, "A1", "districtAdministrator"), (None, "P1", "student")),
    ]


def test_without_a_sourced_id_all_role_rows_of_the_users_named_are_replaced(
    tmp_path: Path,
) -> None:
    change = {"userSourcedId": "P1", "roleType": "primary", "role": "aide", "orgSourcedId": "S1"}
    assert _roles(Feeds(tmp_path), change, {**change, "role": "proctor"}) == [
        *((2, "P1", "aide"), (3, "P1", "proctor")),
        *((None, "A1", "districtAdministrator"), (None, "T1", "teacher")),
    ]


def test_changes_before_any_bulk_fail_the_sync(tmp_path: Path) -> None:
    feeds = Feeds(tmp_path)
    refused = feeds.refused(delivery({"classes": "delta"}, classes=b"", orgs=b""))
    assert refused.reason is Reason.FILE_MISSING
    refused = feeds.refused({**whole(), "manifest.csv": manifest(classes="delta", users="Delta")})
    assert refused.reason is Reason.DELTA_FIRST
    assert feeds.missed == {"classes", "users"}


def test_changes_of_courses_before_any_bulk_of_courses_fail_the_sync(tmp_path: Path) -> None:
    feeds = Feeds(tmp_path)
    feeds.take({name: file for name, file in whole().items() if name != "courses.csv"})
    files = {**whole(), "manifest.csv": manifest(courses="delta")}
    assert feeds.refused(files).reason is Reason.DELTA_FIRST


def test_after_changes_that_could_not_be_read_only_a_full_export_will_do(feeds: Feeds) -> None:
    broken = delivery(
        {"classes": "delta", "users": "bulk"}, classes=b"x\n", users=whole()["users.csv"]
    )
    feeds.refused(broken)
    assert feeds.missed == {"classes"}
    changes = delivery({"classes": "delta"}, classes=lines(a_class("C2")))
    for _ in range(2):
        refused = feeds.refused(changes)
        assert refused.reason is Reason.DELTA_AFTER_LOST
        assert str(refused) == (
            "classes.csv holds changes only (delta), but a change file was lost; send a full export"
        )
    with feeds.read(delivery({})) as reading:
        assert reading.lost == {"classes"}
    assert feeds.refused(changes).reason is Reason.DELTA_AFTER_LOST
    with feeds.read(delivery({"classes": "bulk"}, classes=lines(a_class("C1")))) as reading:
        assert reading.lost == frozenset()
    with feeds.read(changes) as reading:
        assert ids(reading, "classes") == [(2, "C2"), (None, "C1")]


def test_a_delivery_refused_for_its_version_tells_what_is_lost(feeds: Feeds) -> None:
    refused = feeds.refused({**whole(), "manifest.csv": manifest(version="9", orgs="DELTA")})
    assert refused.reason is Reason.VERSION_UNKNOWN
    assert feeds.missed == {"orgs"}


def test_a_delivery_without_changes_loses_none(feeds: Feeds) -> None:
    files = {**whole(), "users.csv": b"x\n"}
    feeds.refused(files)
    assert feeds.missed == frozenset()
    assert feeds.last is not None
    assert feeds.last.lost == frozenset()


_CELLS = ("", "", "a", "S1", "true", "2026-11-24", "a\x00b", '"q"', "x,y", "x\ny")


def _rows(random: Random, columns: list[str], most: int) -> list[Row]:
    """Rows, some of which have the same sourcedId, and some none."""
    return [
        {
            **{name: random.choice(_CELLS) for name in columns},
            "sourcedId": random.choice(("", *(f"X{n}" for n in range(6)))),
            "title": f"{random.random()}",
        }
        for _ in range(random.randint(1, most))
    ]


@given(seed=st.integers(0, 2**32))
@settings(max_examples=25)
def test_a_bulk_and_then_changes_are_the_bulk_of_both(seed: int) -> None:
    random = Random(seed)
    table = random.choice(("classes", "academicSessions", "courses"))
    columns = [field.name for field in tables(Version.V1_1)[table].fields]
    bulk, changes = _rows(random, columns, 9), _rows(random, columns, 6)
    named = {row["sourcedId"] for row in changes} - {""}
    both = [*changes, *(row for row in bulk if row["sourcedId"] not in named)]
    with TemporaryDirectory() as folder:
        nights, once = Feeds(Path(folder, "nights")), Feeds(Path(folder, "once"))
        for feeds in (nights, once):
            feeds.folder.mkdir()
        nights.take({**whole(), f"{table}.csv": lines(*bulk)})
        later = delivery({table: "delta"}, **{table: lines(*changes)})
        at_once = {**whole(), f"{table}.csv": lines(*both)}
        with nights.read(later) as merged, once.read(at_once) as expected:
            for name in FEED_TABLES:
                assert _cells(merged, name) == _cells(expected, name)
                assert _odd(merged, name) == _odd(expected, name)
            numbers = [row for row, _ in rows(merged, table)]
            assert numbers == [*range(2, len(changes) + 2), *[None] * (len(both) - len(changes))]
            assert _judged(merged) == _judged(expected)


def _cells(reading: Reading, table: str) -> list[dict[str, str]]:
    return [cells for _, cells in rows(reading, table)]


def _odd(reading: Reading, table: str) -> list[str]:
    """The sourcedIds of the rows with control characters."""
    return [own for kind, *_, own in notes(reading, table) if kind == "controls"]


def _judged(reading: Reading) -> tuple[object, ...]:
    """What a sync makes of a feed, its rows without numbers."""
    result = sync(reading, Policy(AS_OF))
    findings = "SELECT * EXCLUDE (pos, row) FROM findings ORDER BY ALL"
    outcomes = "SELECT tab, sourcedId, outcome, code, origin FROM judged ORDER BY ALL"
    found = (result.database.execute(query).fetchall() for query in (findings, outcomes))
    return (*found, dict(result.counts), result.said)
