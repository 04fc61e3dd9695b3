"""What is stored, and what a sync did to every object (§3, §5, §7, §9)."""

from tests.naive import check

from . import District
from .small import TODAY, active, added, changed, done, files, small, synced, without


def test_absent_from_a_bulk_feed_removed_or_skipped_the_object_is_deactivated() -> None:
    tables = changed(small(), "enrollments", "E2", endDate="2026-11-24")
    district = synced(tables)
    tables = without(tables, "enrollments", "E1")
    tables = changed(tables, "enrollments", "E3", status="inactive")
    tables = changed(tables, "users", "P2", enabledUser="false")
    night = district.night(files(tables), TODAY)
    assert done(night) == {"P2": "deactivated", "E1": "deactivated", "E3": "deactivated"}


def test_it_comes_back_to_life_with_tonights_values() -> None:
    district = synced(small())
    district.night(files(without(small(), "users", "P1")), TODAY)
    night = district.night(files(changed(small(), "users", "P1", givenName="Mia")), TODAY)
    assert night.changes["users"] == {
        "created": 0,
        "updated": 0,
        "deactivated": 0,
        "reactivated": 1,
    }
    assert district.objects["users", "P1"].values["givenName"] == "Mia"
    assert district.objects["users", "P1"].created_by == 1


def test_values_are_stored_in_the_standards_spelling_and_dropped_values_absent() -> None:
    tables = changed(small(), "users", "P1", role="STUDENT", email="bad", grades="k,9,09,Klasse")
    tables = changed(tables, "enrollments", "E1", beginDate="2026-08-17T00:00:00Z", primary="No")
    tables = changed(tables, "academicSessions", "FALL", endDate="2026-01-01")
    district = synced(tables)
    user = district.objects["users", "P1"].values
    assert (user["role"], user["grades"], user.get("email")) == ("student", ("KG", "09"), None)
    enrollment = district.objects["enrollments", "E1"].values
    assert (enrollment["beginDate"], enrollment.get("primary")) == ("2026-08-17", None)
    assert "endDate" not in district.objects["academicSessions", "FALL"].values


def test_a_users_orgs_are_those_listed_then_the_schools_of_open_enrollments() -> None:
    tables = changed(small(), "users", "T1", orgSourcedIds="S1,D1,nobody")
    tables = changed(tables, "enrollments", "E3", userSourcedId="T1", role="teacher")
    district = synced(tables)
    assert district.objects["users", "T1"].values["orgSourcedIds"] == ("S1", "D1", "S2")


def test_the_primary_teacher_is_the_one_that_is_primary_now_else_the_lowest() -> None:
    tables = changed(small(), "users", "T2", orgSourcedIds="S1,S2")
    tables = changed(tables, "enrollments", "E2", primary="")
    district = synced(tables)
    second = ",".join(("E0", "", "C1", "S1", "T2", "teacher", "", "", ""))
    night = district.night(added(files(tables), "enrollments", second), TODAY)
    assert done(night) == {"E0": "created"}
    flagged = second.replace("teacher,", "teacher,true")
    night = district.night(added(files(tables), "enrollments", flagged), TODAY)
    assert night.events["classes", "C1"].before == {"primaryTeacher": "T1"}
    fresh = District()
    fresh.night(added(files(tables), "enrollments", second), TODAY)
    assert fresh.objects["classes", "C1"].values["primaryTeacher"] == "T2"


def test_nothing_is_applied_when_the_sync_is_failed() -> None:
    district = synced(small())
    night = district.night({}, TODAY)
    assert (night.status, night.reason) == ("Failed", "missing_file:orgs.csv")
    assert active(district, "users") == {"T1", "T2", "P1", "P2"}
    assert done(district.night(files(small()), TODAY)) == {}


def test_a_check_of_an_export_finds_no_failure() -> None:
    exported = synced(small()).export()
    assert sorted(exported) == [
        *("academicSessions.csv", "classes.csv", "courses.csv", "enrollments.csv"),
        *("manifest.csv", "orgs.csv", "users.csv"),
    ]
    checked = check(exported, as_of=TODAY)
    assert (checked.status, checked.findings) == ("Completed", [])
    assert exported["users.csv"].splitlines()[1].startswith(b"P1,,,true,S1,student,p1,")


def test_an_export_has_list_references_only_to_active_objects() -> None:
    tables = changed(small(), "users", "T1", orgSourcedIds="S1,D1")
    district = synced(tables)
    tables = without(changed(tables, "users", "T1", email=""), "orgs", "D1")
    district.night(files(tables), TODAY)
    assert district.objects["users", "T1"].values["orgSourcedIds"] == ("S1", "D1")
    assert b"T1,,,true,S1,teacher" in district.export()["users.csv"]
