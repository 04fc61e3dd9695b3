"""What is judged of rows that an earlier delivery brought: all the same, but without row numbers."""

import csv
from pathlib import Path

from firstbell.engine.policy import Policy
from firstbell.engine.result import SyncResult
from firstbell.engine.sync import sync
from firstbell.oneroster.dictionary import Version
from firstbell.reports.causes import find_causes
from firstbell.reports.write import write_reports
from firstbell.rules.example import AS_OF
from tests.feed.later import Feeds, a_class, delivery, lines, whole


def _found(result: SyncResult, table: str = "classes") -> list[tuple[int | None, str, str]]:
    """Row, sourcedId and code of the findings of a table, in report order."""
    return result.database.execute(
        "SELECT row, coalesce(sourcedId, ''), code FROM findings WHERE tab = ?"
        " ORDER BY row NULLS LAST, code, sourcedId NULLS FIRST",
        [table],
    ).fetchall()


def _written(result: SyncResult, out: Path, name: str) -> list[list[str]]:
    """The lines of a report, without its header."""
    write_reports(result, out)
    return list(csv.reader((out / name).read_text(encoding="utf-8-sig").splitlines()))[1:]


def test_records_of_an_earlier_delivery_have_no_row_and_come_last(
    tmp_path: Path,
) -> None:
    feeds = Feeds(tmp_path)
    feeds.take_classes(lines(*(a_class(name, title="") for name in ("C8", "C7", "C6"))))
    changes = lines(a_class("C9", title=""), a_class("C8", title=""))
    with feeds.read(delivery({"classes": "delta"}, classes=changes)) as reading:
        result = sync(reading, Policy(AS_OF))
        required = [found for found in _found(result) if found[2] == "classes.title_required"]
        code = "classes.title_required"
        assert required == [
            (2, "C9", code),
            (3, "C8", code),
            (None, "C6", code),
            (None, "C7", code),
        ]
        rows = result.database.execute("SELECT sourcedId, row FROM judged WHERE tab = 'classes'")
        assert dict(rows.fetchall()) == {"C9": 2, "C8": 3, "C7": None, "C6": None}
        report = _written(result, tmp_path / "out", "classes_sync_report.csv")
        assert list(dict.fromkeys(line[0] for line in report)) == ["C9", "C8", "C6", "C7"]
        findings = _written(result, tmp_path / "out", "findings.csv")
        of_titles = [line[1:3] for line in findings if line[5] == code]
        assert of_titles == [["2", "C9"], ["3", "C8"], ["", "C6"], ["", "C7"]]
        to_fix = _written(result, tmp_path / "out", "classes_to_fix.csv")
        assert [line[:2] for line in to_fix] == of_titles


def test_rows_that_could_not_be_read_are_each_a_record_still(tmp_path: Path) -> None:
    feeds = Feeds(tmp_path)
    feeds.take_classes(b'sourcedId,title,schoolSourcedId\nC1,Math,S1\nC2,x\nC2,x\n"C3\n,x\n"C4\n')
    with feeds.read(delivery({})) as reading:
        result = sync(reading, Policy(AS_OF))
        code = "classes.row_unreadable"
        unreadable = [found for found in _found(result) if found[2] == code]
        assert unreadable == [(None, "", code)] * 3 + [(None, "C2", code)] * 2
        counts = result.counts["classes"]
        assert (counts.read, counts.failed) == (6, 5)
        findings = _written(result, tmp_path / "out", "findings.csv")
        assert len([line for line in findings if line[5] == code]) == 5
        to_fix = _written(result, tmp_path / "out", "classes_to_fix.csv")
        assert [line[:2] for line in to_fix] == [["", ""]] * 3 + [["", "C2"]] * 2
        assert {line[-2] for line in to_fix} == {
            "row has 2 columns, expected 3",
            "row has a quote that is never closed",
            "row has text after a closing quote",
        }
        (cause,) = find_causes(result).shown
        assert (cause.code, cause.broken, cause.held_back) == (code, 5, 5)
        assert cause.examples == ("C2",)


def test_what_follows_from_a_row_of_an_earlier_delivery_has_it_as_its_cause(tmp_path: Path) -> None:
    feeds = Feeds(tmp_path)
    users = whole()["users.csv"].replace(b"tlopez@maple.example", b"")
    feeds.take({**whole(), "users.csv": users})
    with feeds.read(delivery({})) as reading:
        result = sync(reading, Policy(AS_OF))
        causes = result.database.execute("SELECT DISTINCT cause FROM findings").fetchall()
        assert set(causes) == {(None,), ("users.csv:T1:users.email_required",)}
        (cause,) = find_causes(result).shown
        assert cause.effect == "Fix 1 user, and 1 class and 2 enrollments follow"
        assert cause.examples == ("T1",)


def test_blank_and_surplus_cells_are_of_todays_rows(tmp_path: Path) -> None:
    feeds = Feeds(tmp_path)
    feeds.take_classes(b"sourcedId,title,schoolSourcedId\nC1,Math,S1,\n\nC2,Art,S1,,\n")
    surplus = "classes.row_has_surplus_cells"
    with feeds.read(delivery({})) as reading:
        result = sync(reading, Policy(AS_OF))
        assert surplus not in {said.code for said in result.said}
        assert result.counts["classes"].read == 2
    changes = b"sourcedId,title,schoolSourcedId\nC3,Gym,S1,\n\n"
    with feeds.read(delivery({"classes": "delta"}, classes=changes)) as reading:
        result = sync(reading, Policy(AS_OF))
        assert [said.message for said in result.said if said.code == surplus] == [
            "row has 4 columns, expected 3"
        ]
        assert result.counts["classes"].read == 3


def test_a_column_that_is_in_no_file_is_missed_once(tmp_path: Path) -> None:
    feeds = Feeds(tmp_path)
    feeds.take_classes(lines(a_class("C1"), a_class("C2", classType="homeroom")))
    code = "classes.class_type_required"
    with feeds.read(delivery({"classes": "delta"}, classes=lines(a_class("C3")))) as reading:
        result = sync(reading, Policy(AS_OF))
        assert [found for found in _found(result) if found[2] == code] == [
            (2, "C3", code),
            (None, "C1", code),
        ]
    feeds.take_classes(lines(a_class("C1")))
    with feeds.read(delivery({"classes": "delta"}, classes=lines(a_class("C3")))) as reading:
        result = sync(reading, Policy(AS_OF))
        assert [said.file for said in result.said if said.code == code] == ["classes.csv"]
        assert code not in {found[2] for found in _found(result)}


def test_rows_of_one_record_are_one_whichever_delivery_brought_them(tmp_path: Path) -> None:
    feeds = Feeds(tmp_path)
    feeds.take_classes(lines(a_class("C1"), a_class("C1"), a_class("C2"), a_class("C2", title="x")))
    with feeds.read(delivery({"classes": "delta"}, classes=lines(a_class("C3")))) as reading:
        found = set(_found(sync(reading, Policy(AS_OF))))
        assert (None, "C1", "classes.row_repeated") in found
        assert (None, "C2", "classes.sourced_id_conflict") in found


def test_characters_that_cannot_be_stored_are_found_again(tmp_path: Path) -> None:
    feeds = Feeds(tmp_path)
    feeds.take_classes(lines(a_class("C1", title="a\0"), a_class("C\x01")))
    with feeds.read(delivery({"classes": "delta"}, classes=lines(a_class("C3")))) as reading:
        found = _found(sync(reading, Policy(AS_OF)))
        assert (None, "C1", "classes.title_not_storable") in found
        assert (None, "C\x01", "classes.sourced_id_not_allowed") in found


def test_roles_of_an_earlier_delivery_are_those_of_the_users(tmp_path: Path) -> None:
    feeds = Feeds(tmp_path)
    feeds.take(whole(Version.V1_2))
    with feeds.read(delivery({"roles": "absent", "version": "1.2"})) as reading:
        assert sync(reading, Policy(AS_OF)).counts["users"].accepted == 3
