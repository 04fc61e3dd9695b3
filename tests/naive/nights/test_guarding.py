"""The guard (§6)."""

from datetime import date

import pytest

from . import Limits
from .small import TODAY, Tables, active, added, changed, done, files, large, small, synced, without

_STUDENTS = [f"X{n}" for n in range(200)]


def _without_students(tables: Tables, count: int) -> Tables:
    left = without(tables, "users", *_STUDENTS[:count])
    return without(left, "enrollments", *[f"XE{n}" for n in range(count)])


def test_more_than_50_and_more_than_10_percent_are_a_large_removal() -> None:
    at_most = synced(large(200)).night(files(_without_students(large(200), 50)), TODAY)
    assert (at_most.held_removals, at_most.changes["users"]["deactivated"]) == ([], 50)
    more = synced(large(200)).night(files(_without_students(large(200), 51)), TODAY)
    assert (len(more.held_removals), more.changes["users"]["deactivated"]) == (102, 0)
    assert more.status == "Completed with Errors"
    assert more.findings == []


def test_only_the_unexpected_removals_are_held_all_else_is_applied() -> None:
    district = synced(large(200))
    tables = changed(_without_students(large(200), 60), "users", "T1", givenName="Max")
    tables = changed(tables, "enrollments", "E3", endDate="2026-11-23")
    tables = without(tables, "courses", "MATH")
    tables["courses"]["ART"] = {**small()["courses"]["MATH"], "sourcedId": "ART"}
    night = district.night(files(tables), TODAY)
    assert done(night) == {
        "MATH": "deactivated",
        "ART": "created",
        "T1": "updated",
        "E3": "deactivated",
        "C1": "updated",
        "C2": "updated",
    }


def test_held_removals_are_listed_with_their_reason() -> None:
    tables = _without_students(large(200), 60)
    for sourced_id in ("X100", "X101"):
        tables = changed(tables, "users", sourced_id, status="tobedeleted")
    night = synced(large(200)).night(files(tables), TODAY)
    assert ("users.csv", "X0", "not in the data") in night.held_removals
    assert ("users.csv", "X100", "removed by the SIS") in night.held_removals
    assert ("enrollments.csv", "XE100", "left out") in night.held_removals
    report = night.reports["held_removals.csv"].decode("utf-8-sig").split("\r\n")
    assert report[:2] == ["File,SourcedId,Reason", "users.csv,X0,not in the data"]


def test_more_than_half_of_the_students_of_a_school_are_a_large_removal() -> None:
    tables = large(60)
    for n in range(1000):
        user = {**tables["users"]["P2"], "sourcedId": f"Y{n}", "username": f"y{n}"}
        tables["users"][f"Y{n}"] = user
    half = synced(tables).night(files(_without_students(tables, 30)), TODAY)
    assert half.held_removals == []
    more = synced(tables).night(files(_without_students(tables, 31)), TODAY)
    assert len(more.held_removals) == 62


def test_on_a_replacement_everything_is_refused() -> None:
    tables = _without_students(large(200), 60)
    for n in range(60):
        user = {**large(1)["users"]["X0"], "sourcedId": f"N{n}", "username": f"n{n}"}
        tables["users"][f"N{n}"] = user
    district = synced(large(200))
    night = district.night(files(tables), TODAY)
    assert (night.status, night.reason) == ("Failed", "guard")
    assert night.refused_for == ["replacement:users"]
    assert "N0" not in active(district, "users")
    assert night.reports == {}


def test_new_names_for_many_users_are_a_replacement() -> None:
    tables = large(200)
    for n in range(60):
        tables["users"][f"X{n}"] = {**tables["users"][f"X{n}"], "givenName": "a"}
    assert synced(large(200)).night(files(tables), TODAY).status == "Completed"
    for n in range(60):
        tables["users"][f"X{n}"] = {**tables["users"][f"X{n}"], "familyName": "b"}
    assert synced(large(200)).night(files(tables), TODAY).refused_for == ["names:users"]


def test_users_classes_or_enrollments_would_shrink_to_nothing_unexpectedly() -> None:
    none = {**small(), "enrollments": {}}
    assert synced(small()).night(files(none), TODAY).refused_for == ["nothing:enrollments"]
    ended = small()
    for sourced_id in ended["enrollments"]:
        ended = changed(ended, "enrollments", sourced_id, endDate="2026-11-23")
    night = synced(small()).night(files(ended), TODAY)
    assert (night.refused_for, night.changes["enrollments"]["deactivated"]) == ([], 4)


def test_the_first_sync_of_a_district_is_not_guarded() -> None:
    assert synced(large(200)).nights[0].guarded == {}


def test_a_class_whose_terms_have_all_ended_is_an_expected_removal() -> None:
    district = synced(large(200))
    night = district.night(files(large(200)), date(2026, 12, 19))
    assert night.refused_for == []
    assert active(district, "enrollments") == set()


def test_terms_that_are_removed_have_not_ended() -> None:
    tables = changed(small(), "academicSessions", "FALL", status="tobedeleted")
    night = synced(small()).night(files(tables), TODAY)
    assert night.refused_for == ["nothing:classes", "nothing:enrollments"]


def test_what_hangs_on_a_school_that_was_un_onboarded_is_an_expected_removal() -> None:
    district = synced(large(200))
    district.onboarded = {"S2"}
    night = district.night(files(large(200)), TODAY)
    assert (night.refused_for, night.held_removals) == ([], [])
    assert active(district, "users") == {"T2", "P2"}


def test_apply_anyway_runs_from_the_feed_that_was_read_without_the_guard() -> None:
    district = synced(large(100))
    held = district.night(files(_without_students(large(100), 60)), TODAY)
    assert len(held.held_removals) == 120
    night = district.apply_anyway(TODAY)
    assert night.changes["users"]["deactivated"] == 60
    assert (night.status, held.status) == ("Completed", "Completed with Errors")
    assert {row for row, *_ in night.outcomes["users"]} == {None}


def test_a_refused_sync_can_be_applied_anyway_only_while_it_is_the_newest() -> None:
    district = synced(small())
    refused = files({**small(), "enrollments": {}})
    assert district.night(refused, TODAY).reason == "guard"
    assert district.night({}, TODAY).status == "Failed"
    with pytest.raises(ValueError, match="neither held nor refused"):
        district.apply_anyway(TODAY)
    assert district.night(refused, TODAY).reason == "guard"
    district.apply_anyway(TODAY)
    assert active(district, "enrollments") == set()


def test_a_delivery_that_the_guard_refused_is_the_last_feed() -> None:
    district = synced(small())
    district.night(files({**small(), "enrollments": {}}), TODAY)
    modes = {**dict.fromkeys(small(), "absent"), "users": "delta"}
    absent = files({"users": {}}, **modes)
    assert district.night(absent, TODAY).refused_for == ["nothing:enrollments"]


def test_a_failed_record_stays_when_the_guard_holds_back_its_parents() -> None:
    tables = changed(large(200), "enrollments", "E3", endDate="2026-11-30")
    district = synced(tables)
    tables = without(_without_students(tables, 60), "classes", "C2")
    tables = changed(tables, "enrollments", "E3", role="nothing", endDate="")
    night = district.night(files(tables), date(2026, 12, 1))
    assert ("classes.csv", "C2", "not in the data") in night.held_removals
    assert ("enrollments.csv", "E3", "left out") not in night.held_removals
    assert ("enrollments", "E3") in night.held
    assert "E3" in active(district, "enrollments")


def test_limits_are_settable() -> None:
    night = synced(small()).night(files(without(small(), "users", "P1")), TODAY, Limits(objects=0))
    assert night.held_removals == [
        ("users.csv", "P1", "not in the data"),
        ("enrollments.csv", "E1", "left out"),
    ]


def test_an_unreadable_row_without_a_name_keeps_the_guard_from_counting_absence() -> None:
    delivered = added(files(_without_students(large(200), 60)), "users", '"a"b,')
    night = synced(large(200)).night(delivered, TODAY)
    assert ("users.csv", "X0", "not in the data") not in night.held_removals
