"""A simulated year of nightly feeds: nothing is held or refused that should come in, and no day is wrong.

Then what should never come in: another district's file, a truncated export, ids that have changed.
"""

import csv
import io
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from firstbell.engine.policy import Policy
from firstbell.oneroster.dictionary import FEED_TABLES
from tests.nights import District
from tests.school_year import active_on, days, export_of, files_of, rows_of, turning_points

_TUESDAY = date(2026, 10, 6)


def _active(district: District) -> dict[str, set[str]]:
    return {
        table: {
            row["sourcedId"]
            for row in csv.DictReader(io.StringIO(district.export()[f"{table}.csv"].decode()))
        }
        for table in FEED_TABLES
    }


def _assert_right_on(folder: Path, some: Iterable[date]) -> None:
    district = District(folder)
    for day in some:
        night = district.night(export_of(day), Policy(day))
        assert (night.status, night.refused) == ("Completed", ""), day
        assert _active(district) == active_on(day), day


def _after_the_first_weeks(folder: Path) -> tuple[District, dict[str, bytes]]:
    district = District(folder)
    district.night(export_of(_TUESDAY), Policy(_TUESDAY))
    return district, district.export()


@pytest.mark.slow
def test_the_roster_is_right_around_every_turn_of_the_year(tmp_path: Path) -> None:
    assert len(turning_points()) > 30
    _assert_right_on(tmp_path, turning_points())


@pytest.mark.soak
def test_the_roster_is_right_on_every_day_of_a_year(tmp_path: Path) -> None:
    _assert_right_on(tmp_path, days())


def test_another_districts_file_is_refused_and_nothing_is_lost(tmp_path: Path) -> None:
    district, before = _after_the_first_weeks(tmp_path)
    night = district.night(export_of(_TUESDAY, ids="other-"), Policy(_TUESDAY))
    assert night.refused == "would deactivate 273 of 273 users (100 %) and create 273"
    assert district.export() == before


def test_a_truncated_export_loses_nobody(tmp_path: Path) -> None:
    district, before = _after_the_first_weeks(tmp_path)
    rows = rows_of(_TUESDAY)
    rows["users"] = rows["users"][:180] + [u for u in rows["users"] if u["role"] == "teacher"]
    night = district.night(files_of(rows), Policy(_TUESDAY))
    assert night.status == "Completed with Errors"
    assert b"not in the data" in night.reports["held_removals.csv"]
    assert district.export() == before


def test_ids_of_users_that_changed_are_refused_and_nothing_is_lost(tmp_path: Path) -> None:
    district, before = _after_the_first_weeks(tmp_path)
    files = export_of(_TUESDAY)
    changed = export_of(_TUESDAY, ids="new-")
    files["users.csv"] = (
        changed["users.csv"]
        .replace(b",new-E,", b",E,")
        .replace(b",new-M,", b",M,")
        .replace(b",new-H,", b",H,")
    )
    night = district.night(files, Policy(_TUESDAY))
    assert night.refused == "would deactivate 273 of 273 users (100 %) and create 273"
    assert district.export() == before
