"""The night after: a little of everything changes, and the rest stays as it was."""

from collections import Counter
from pathlib import Path

import pytest

from firstbell.generate import generate_next
from tests.generate.reading import by_id, planted, record, table


@pytest.mark.parametrize("name", ["users", "classes", "enrollments"])
def test_about_one_record_of_a_hundred_differs(name: str, clean: Path, next_clean: Path) -> None:
    before, after = by_id(clean, name), by_id(next_clean, name)
    differing = [id for id in before.keys() | after.keys() if before.get(id) != after.get(id)]
    assert 0.003 < len(differing) / len(before) < 0.03


def test_people_come_go_move_and_change_their_names(clean: Path, next_clean: Path) -> None:
    before, after = by_id(clean, "users"), by_id(next_clean, "users")
    assert after.keys() - before.keys()
    assert before.keys() - after.keys()
    changed = Counter(
        column
        for id in before.keys() & after.keys()
        for column in before[id]
        if before[id][column] != after[id][column]
    )
    assert {"familyName", "email", "orgSourcedIds"} <= changed.keys()


def test_there_are_new_classes_and_each_has_a_teacher(clean: Path, next_clean: Path) -> None:
    new = by_id(next_clean, "classes").keys() - by_id(clean, "classes").keys()
    assert new
    taught = {
        row["classSourcedId"]
        for row in table(next_clean, "enrollments")
        if (row["role"], row["primary"]) == ("teacher", "true")
    }
    assert taught == by_id(next_clean, "classes").keys()


def test_nights_follow_each_other(next_clean: Path, tmp_path: Path) -> None:
    generate_next(next_clean, tmp_path)
    assert record(tmp_path)["night"] == 2
    before, after = by_id(next_clean, "users"), by_id(tmp_path, "users")
    assert 0 < len(after.keys() - before.keys()) < 30
    ids = by_id(tmp_path, "enrollments")
    assert len(ids) == len(table(tmp_path, "enrollments"))
    assert {row["userSourcedId"] for row in ids.values()} <= after.keys()


def test_some_defects_are_cured_and_others_come_up(dirty: Path, next_dirty: Path) -> None:
    before, after = planted(dirty), planted(next_dirty)
    assert 0.15 < len(before - after) / len(before) < 0.4
    assert 0.15 < len(after - before) / len(after) < 0.4
    assert 0.85 < len(after) / len(before) < 1.15
