"""users_to_fix.csv and its like."""

from pathlib import Path

from firstbell.rules.example import Example, csv_text, files_of, rows, smallest_district
from tests.reports.delivered import reports_of, table

_USERS = smallest_district(Example().version)["users"]


def _users(*added: str, header: str) -> dict[str, bytes]:
    text = "\n".join([header, *(csv_text(header.split(","), [u]).splitlines()[1] for u in _USERS)])
    return {
        **files_of(Example()),
        "users.csv": "\n".join([text, *added, ""]).encode(),
    }


_HEADER = "sourcedId,enabledUser,orgSourcedIds,role,username,givenName,familyName,email"


def test_a_row_stands_as_delivered_between_its_number_and_the_cure(tmp_path: Path) -> None:
    files = _users("T2,TRUE,S1,teacher,nbell,Nora,Bell,", header=_HEADER)
    header, *found = table(reports_of(files, tmp_path)["users_to_fix.csv"])
    assert header == ["Row", *_HEADER.split(","), "What is wrong", "How to fix"]
    assert found == [
        [
            *("5", "T2", "TRUE", "S1", "teacher", "nbell", "Nora", "Bell", ""),
            "email is required for users with “teacher” or “administrator” roles",
            "Add the email address to the user’s record in your SIS; the user comes in with the "
            "next nightly sync.",
        ]
    ]


def test_it_keeps_columns_that_are_no_part_of_the_standard(tmp_path: Path) -> None:
    header = f"LUNCH,{_HEADER},metadata.bus"
    files = _users("free,T2,true,S1,teacher,nbell,Nora,Bell,,12", header=header)
    first, row = table(reports_of(files, tmp_path)["users_to_fix.csv"])
    assert first[1:-2] == header.split(",")
    assert row[:3] == ["5", "free", "T2"]
    assert row[-3] == "12"


def test_a_record_has_one_line_with_all_that_is_wrong(tmp_path: Path) -> None:
    files = _users("T2,true,S1,teacher,,Nora,,", header=_HEADER)
    _, row = table(reports_of(files, tmp_path)["users_to_fix.csv"])
    assert row[-2] == (
        "email is required for users with “teacher” or “administrator” roles; "
        "familyName is required; username is required"
    )
    assert row[-1].endswith(
        "Fill in the family name of the user in your SIS. "
        "Fill in the username of the user in your SIS."
    )


def test_an_unreadable_row_has_its_number_and_its_id_only(tmp_path: Path) -> None:
    files = _users('T2,true,"S1"x,teacher,nbell,Nora,Bell,', 'a"b', header=_HEADER)
    _, first, second = table(reports_of(files, tmp_path)["users_to_fix.csv"])
    assert first[:9] == ["5", "T2", "", "", "", "", "", "", ""]
    assert first[9] == "row has text after a closing quote"
    assert second[:2] == ["6", 'a"b']


def test_passwords_are_blank_whatever_their_header_looks_like(tmp_path: Path) -> None:
    files = _users("T2,true,S1,teacher,nbell,Nora,Bell,,hunter2", header=f"{_HEADER},PassWord")
    header, row = table(reports_of(files, tmp_path)["users_to_fix.csv"])
    assert header[9] == "PassWord"
    assert row[9] == ""


def test_a_formula_is_marked_and_a_phone_number_is_not(tmp_path: Path) -> None:
    header = f"{_HEADER},phone,sms"
    files = _users("T2,true,S1,teacher,nbell,=1+1,Bell,,+1 (555) 010-9999,+cmd", header=header)
    _, row = table(reports_of(files, tmp_path)["users_to_fix.csv"])
    assert row[6] == "'=1+1"
    assert row[9:11] == ["+1 (555) 010-9999", "'+cmd"]


def test_only_tables_with_failed_records_have_one(tmp_path: Path) -> None:
    reports = reports_of(files_of(Example()), tmp_path)
    assert sorted(reports) == ["findings.csv", "summary.json"]


def test_the_rows_of_a_class_and_its_enrollments_are_there_too(tmp_path: Path) -> None:
    added = rows("""
        sourcedId,title,courseSourcedId,classType,schoolSourcedId,termSourcedIds
        C2,Science 3,SCI,scheduled,S1,FALL
    """)
    reports = reports_of(files_of(Example(added={"classes": added})), tmp_path)
    assert [row[1] for row in table(reports["classes_to_fix.csv"])[1:]] == ["C2"]
    assert "enrollments_to_fix.csv" not in reports
