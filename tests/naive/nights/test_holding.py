"""Failed records whose objects stay (§1, §3), and what absence proves (§7)."""

from .small import TODAY, active, added, changed, codes, done, files, small, synced, without


def test_the_object_stays_as_it_was_and_the_record_is_reported_as_failed() -> None:
    district = synced(small())
    night = district.night(files(changed(small(), "users", "T1", email="", givenName="Max")), TODAY)
    assert codes(night) == ["users.email_required"]
    assert (night.tables["users"]["failed"], done(night)) == (1, {})
    assert night.held == {("users", "T1")}
    assert district.objects["users", "T1"].values["givenName"] == "Tom"


def test_a_new_record_that_fails_is_not_held() -> None:
    district = synced(without(small(), "users", "T1"))
    night = district.night(files(changed(small(), "users", "T1", email="")), TODAY)
    assert "users.email_required" in codes(night)
    assert night.held == set()


def test_held_parents_count_with_the_values_they_have_in_the_system() -> None:
    district = synced(small())
    tables = changed(small(), "users", "P1", role="teacher", username="")
    tables = changed(tables, "enrollments", "E1", role="administrator")
    night = district.night(files(tables), TODAY)
    assert codes(night) == [
        "users.email_required",
        "users.username_required",
        "enrollments.role_does_not_fit",
    ]


def test_it_is_not_held_when_this_sync_deactivates_its_class() -> None:
    district = synced(small())
    tables = changed(small(), "enrollments", "E1", role="")
    tables = changed(tables, "classes", "C1", status="tobedeleted")
    night = district.night(files(tables), TODAY)
    assert done(night) == {"C1": "deactivated", "E1": "deactivated", "E2": "deactivated"}


def test_a_user_is_held_while_one_of_its_orgs_stays() -> None:
    both = changed(small(), "users", "T1", orgSourcedIds="S1,S2", email="")
    district = synced(changed(both, "users", "T1", email="t1@maple.example"))
    assert ("users", "T1") in district.night(files(without(both, "orgs", "S1")), TODAY).held
    one = changed(small(), "users", "T1", email="")
    night = synced(small()).night(files(without(one, "orgs", "S1")), TODAY)
    assert night.events["users", "T1"].kind == "deactivated"


def test_unreadable_rows_whose_sourced_id_could_be_made_out_hold_their_object() -> None:
    district = synced(small())
    night = district.night(
        added(files(without(small(), "classes", "C1")), "classes", "C1,short"), TODAY
    )
    assert (codes(night), done(night)) == (["classes.row_unreadable"], {})


def test_conflicting_rows_hold_their_object_in_courses_too() -> None:
    district = synced(small())
    night = district.night(added(files(small()), "courses", "MATH,,Chess,D1"), TODAY)
    assert (codes(night), done(night)) == (["courses.sourced_id_conflict"], {})


def test_a_school_that_is_not_onboarded_is_never_held() -> None:
    district = synced(small())
    district.onboarded = {"S2"}
    night = district.night(added(files(without(small(), "orgs", "S1")), "orgs", "S1,short"), TODAY)
    assert night.events["orgs", "S1"].kind == "deactivated"
    assert active(district, "classes") == {"C2"}


def test_a_class_without_a_teacher_fails_unless_held() -> None:
    district = synced(small())
    night = district.night(files(without(small(), "enrollments", "E2")), TODAY)
    assert codes(night) == ["classes.teacher_required"]
    assert done(night) == {"E2": "deactivated"}
    assert district.objects["classes", "C1"].values["primaryTeacher"] == "T1"


def test_objects_missing_stay_where_absence_proves_nothing() -> None:
    district = synced(small())
    night = district.night(added(files(without(small(), "users", "P1")), "users", '"a"b,'), TODAY)
    assert codes(night)[0] == "users.absence_unproven"
    assert active(district, "users") == {"T1", "T2", "P1", "P2"}
    assert ("enrollments", "E1") in night.held
    assert "enrollments.user_not_found" in codes(night)


def test_it_is_said_only_when_something_is_missing() -> None:
    night = synced(small()).night(added(files(small()), "users", '"a"b,'), TODAY)
    assert codes(night) == ["users.row_unreadable"]
