"""What is read of later deliveries (§2.6, Delta)."""

import pytest

from . import District
from .small import TODAY, Tables, active, added, changed, codes, done, files, small, some, synced


def _only(table: str, rows: dict[str, dict[str, str]], **modes: str) -> dict[str, bytes]:
    absent = {other: "absent" for other in small() if other != table}
    return files({table: rows}, **{**absent, table: "delta", **modes})


def test_the_same_feed_twice_changes_nothing() -> None:
    district = synced(small())
    assert done(district.night(files(small()), TODAY)) == {}


def test_a_table_marked_absent_is_in_the_feed_with_its_last_rows_without_row_numbers() -> None:
    district = synced(changed(small(), "users", "T1", email=""))
    night = district.night(_only("classes", small()["classes"], classes="bulk"), TODAY)
    assert night.tables["users"]["read"] == 4
    assert [(f.row, f.sourcedId) for f in night.findings if f.file == "users.csv"] == [(None, "T1")]
    assert {row for row, *_ in night.outcomes["users"]} == {None}
    assert [row for row, *_ in night.outcomes["classes"]] == [2, 3]


def test_courses_and_academic_sessions_may_simply_be_missing_other_files_not() -> None:
    district = synced(small())
    delivered = files(small())
    del delivered["courses.csv"], delivered["academicSessions.csv"]
    night = district.night(delivered, TODAY)
    assert (night.status, codes(night), done(night)) == ("Completed", [], {})
    del delivered["users.csv"]
    assert district.night(delivered, TODAY).reason == "missing_file:users.csv"


def test_a_courses_file_without_a_row_counts_as_not_delivered() -> None:
    district = synced(small())
    night = district.night({**files(small()), "courses.csv": b"sourcedId\n"}, TODAY)
    assert (codes(night), done(night)) == (["courses.not_delivered"], {})


def test_delta_rows_replace_rows_of_the_last_feed_and_come_first() -> None:
    district = synced(changed(small(), "users", "P2", email="bad"))
    night = district.night(_only("users", some(small(), "users", "P1", givenName="Mia")), TODAY)
    assert done(night) == {"P1": "updated"}
    assert night.events["users", "P1"].before == {"givenName": "Pia"}
    assert night.outcomes["users"][0] == (2, "P1", "accepted")
    assert [(f.row, f.code) for f in night.findings] == [(None, "users.other_email_invalid")]


def test_a_tobedeleted_row_stays_as_removed_until_the_next_bulk() -> None:
    district = synced(small())
    gone = _only("users", some(small(), "users", "P1", status="tobedeleted"))
    assert district.night(gone, TODAY).events["users", "P1"].kind == "deactivated"
    night = district.night(_only("users", some(small(), "users", "T2")), TODAY)
    assert night.tables["users"]["removed"] == 1
    assert district.night(files(small()), TODAY).tables["users"]["removed"] == 0


def test_a_delta_row_without_a_sourced_id_replaces_nothing_and_is_carried_on() -> None:
    district = synced(small())
    nobody = {"": {**small()["users"]["P1"], "sourcedId": ""}}
    district.night(_only("users", nobody), TODAY)
    night = district.night(_only("users", {}), TODAY)
    assert codes(night) == ["users.sourced_id_required"]
    assert (night.tables["users"]["read"], done(night)) == (5, {})


def test_a_readable_delta_row_replaces_an_unreadable_one_whose_sourced_id_is_known() -> None:
    district = District()
    district.night(added(files(small()), "users", "P3,short"), TODAY)
    night = district.night(_only("users", some(small(), "users", "P1")), TODAY)
    assert [(f.row, f.sourcedId) for f in night.findings] == [(None, "P3")]
    new = {"P3": {**small()["users"]["P1"], "sourcedId": "P3", "username": "p3"}}
    assert codes(district.night(_only("users", new), TODAY)) == []


def test_a_readable_old_row_is_not_replaced_by_an_unreadable_new_one() -> None:
    district = synced(small())
    night = district.night(added(_only("users", {}), "users", "P1,short"), TODAY)
    assert (codes(night), done(night)) == (["users.row_unreadable"], {})
    assert active(district, "users") == {"T1", "T2", "P1", "P2"}


def test_a_delta_comes_before_any_bulk() -> None:
    night = District().night(files(small(), users="delta"), TODAY)
    assert night.reason == "delta_before_bulk:users.csv"


def test_after_a_delta_that_could_not_be_read_every_delta_is_refused_until_a_bulk() -> None:
    district = synced(small())
    broken = {**_only("users", {}), "users.csv": b"sourcedId,sourcedId\n"}
    assert district.night(broken, TODAY).status == "Failed"
    assert district.night(_only("users", {}), TODAY).reason == "delta_lost:users.csv"
    other = _only("classes", {}, users="absent")
    assert district.night(other, TODAY).status == "Completed"
    assert district.night(_only("users", {}), TODAY).reason == "delta_lost:users.csv"
    district.night(files(small()), TODAY)
    assert district.night(_only("users", {}), TODAY).status == "Completed"


@pytest.mark.parametrize("with_ids", [True, False])
def test_role_rows_go_by_sourced_id_or_by_the_users_named(with_ids: bool) -> None:
    roles = b"sourcedId,userSourcedId,roleType,role,orgSourcedId\n" + b"".join(
        f"R{user},{user},primary,{role},{org}\n".encode()
        for user, role, org in (
            ("T1", "teacher", "S1"),
            ("T2", "teacher", "S2"),
            ("P1", "student", "S1"),
            ("P2", "student", "S2"),
        )
    )
    district = District()
    district.night({**files(small()), "roles.csv": roles}, TODAY)
    night_files = _only("users", {}, roles="delta")
    if with_ids:
        night_files["roles.csv"] = b"sourcedId,userSourcedId,roleType,role,orgSourcedId\n" + (
            b"RT1,T1,primary,teacher,S2\n"
        )
    else:
        night_files["roles.csv"] = b"userSourcedId,roleType,role,orgSourcedId\n" + (
            b"T1,primary,teacher,S2\n"
        )
    night = district.night(night_files, TODAY)
    assert night.version == "1.2"
    before = night.events["users", "T1"].before
    assert set(before) == {"orgSourcedIds", "roles"}
    assert before["orgSourcedIds"] == ("S1",)


def test_bulk_then_delta_comes_to_the_same_as_the_bulk_of_both() -> None:
    new: Tables = changed(small(), "classes", "C1", title="Algebra")
    by_delta, by_bulk = synced(small()), synced(small())
    by_delta.night(_only("classes", some(new, "classes", "C1")), TODAY)
    by_bulk.night(files(new), TODAY)
    assert by_delta.objects == by_bulk.objects
