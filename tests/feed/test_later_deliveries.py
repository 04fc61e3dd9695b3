"""What is not delivered is as it last was. What a sync means §2.6."""

from pathlib import Path

import pytest

from firstbell.feed.refusal import Reason
from firstbell.oneroster.dictionary import FEED_TABLES, OPTIONAL_TABLES, Version
from tests.feed.later import Feeds, a_class, delivery, ids, lines, manifest, whole

_NEEDED = ("orgs", "users", "classes", "enrollments")


@pytest.mark.parametrize("table", FEED_TABLES)
def test_a_manifest_may_mark_any_table_absent(feeds: Feeds, table: str) -> None:
    files = {name: file for name, file in whole().items() if name != f"{table}.csv"}
    with feeds.read({**files, "manifest.csv": manifest(**{table: "absent"})}) as reading:
        assert list(reading.files) == list(FEED_TABLES)
        assert [row for row, _ in ids(reading, table)] == [None] * len(ids(reading, table))
        assert ids(reading, table)
        assert {name for name, file in reading.files.items() if not file.delivered} == {table}


@pytest.mark.parametrize("table", sorted(OPTIONAL_TABLES))
def test_courses_and_academic_sessions_may_simply_be_missing(feeds: Feeds, table: str) -> None:
    files = {name: file for name, file in whole().items() if name != f"{table}.csv"}
    for _ in range(2):
        with feeds.read(files) as reading:
            assert [row for row, _ in ids(reading, table)] == [None, None]
            assert not reading.said


@pytest.mark.parametrize("table", _NEEDED)
def test_other_files_that_are_missing_fail_the_sync(feeds: Feeds, table: str) -> None:
    files = {name: file for name, file in whole().items() if name != f"{table}.csv"}
    assert feeds.refused(files).reason is Reason.FILE_MISSING


@pytest.mark.parametrize("table", _NEEDED)
def test_a_first_delivery_needs_its_tables_whatever_the_manifest_says(
    tmp_path: Path, table: str
) -> None:
    files = {name: file for name, file in whole().items() if name != f"{table}.csv"}
    files["manifest.csv"] = manifest(**{table: "absent"})
    assert Feeds(tmp_path).refused(files).reason is Reason.FILE_MISSING


@pytest.mark.parametrize(
    "content",
    [
        b"sourcedId,title\n",
        b"sourcedId,title\n,\n\n,\n",
        b"title\nMath\n",
        b"sourcedId,title,Title\nM1,a,b\n",
        b'"sourcedId\nM1\n',
    ],
)
def test_courses_that_count_as_not_delivered_are_as_they_last_were(
    feeds: Feeds, content: bytes
) -> None:
    with feeds.read({**whole(), "courses.csv": content}) as reading:
        assert ids(reading, "courses") == [(None, "SCI"), (None, "MATH")]
        assert [said.code for said in reading.said] == ["courses.not_delivered"]


def test_a_table_that_was_never_delivered_stays_out_of_the_feed(tmp_path: Path) -> None:
    files = {name: file for name, file in whole().items() if name != "courses.csv"}
    feeds = Feeds(tmp_path)
    for _ in range(2):
        with feeds.read({**files, "manifest.csv": manifest(courses="absent")}) as reading:
            assert "courses" not in reading.files


def test_a_file_that_is_there_though_called_absent_is_read_as_bulk(feeds: Feeds) -> None:
    with feeds.read(delivery({}, classes=lines(a_class("C2")))) as reading:
        assert ids(reading, "classes") == [(2, "C2")]
        assert [said.code for said in reading.said] == ["classes.present_though_absent"]


def test_roles_that_are_absent_are_as_they_last_were(tmp_path: Path) -> None:
    feeds = Feeds(tmp_path)
    feeds.take(whole(Version.V1_2))
    with feeds.read(delivery({"roles": "absent", "version": "1.2"})) as reading:
        assert reading.version is Version.V1_2
        assert ids(reading, "roles") == [(None, "R1"), (None, "R2"), (None, "R3")]


def test_roles_that_have_never_been_there_are_missing(feeds: Feeds) -> None:
    refused = feeds.refused(delivery({"roles": "absent", "version": "1.2"}))
    assert str(refused) == "roles.csv is missing"


def test_a_delivery_that_tells_nothing_is_1_1(tmp_path: Path) -> None:
    feeds = Feeds(tmp_path)
    feeds.take(whole(Version.V1_2))
    with feeds.read(whole()) as reading:
        assert reading.version is Version.V1_1
        assert "roles" not in reading.files


def test_warnings_about_columns_concern_todays_file(feeds: Feeds) -> None:
    feeds.take_classes(lines(a_class("C1", color="red")))
    with feeds.read(delivery({})) as reading:
        assert not reading.said
    with feeds.read(
        delivery({"classes": "delta"}, classes=lines(a_class("C2", size="9")))
    ) as reading:
        assert [(said.code, said.field) for said in reading.said] == [
            ("classes.unknown_column", "size")
        ]
