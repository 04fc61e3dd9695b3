"""Kinds of causes are told without a name."""

from firstbell.oneroster.dictionary import Version
from firstbell.reports.causes import Cause
from firstbell.reports.kinds import Kind, kinds_of
from firstbell.rules.rule import Owner


def _cause(code: str, title: str, holds_back: int, *, parent: str = "", new: bool = False) -> Cause:
    return Cause(
        code=code,
        title=title,
        owner=Owner.DISTRICT,
        solution="",
        people="",
        table="users",
        parent=parent,
        of_export=False,
        broken=holds_back,
        comes_in={"users": holds_back},
        follows={},
        skipped=0,
        first=(),
        known=0 if new else 1,
        since=None,
        syncs=None,
    )


def test_causes_that_name_a_parent_are_one_kind() -> None:
    missing = "enrollments.user_not_found"
    all_of_them = "email is empty for all 40 that need it: the export leaves it out"
    found = kinds_of(
        [
            _cause("users.email_required", all_of_them, 5),
            _cause(missing, "User U12 is not in the data", 3, parent="U12"),
            _cause(missing, "User U13 is not in the data", 4, parent="U13", new=True),
            _cause("orgs.not_onboarded", "School is not onboarded: Oak (S1)", 2, parent="S1"),
            _cause("orgs.not_onboarded", "School is not onboarded: ", 1),
        ],
        Version.V1_1,
    )
    assert found == [
        Kind("User is not in the data", 7, is_new=True),
        Kind(all_of_them, 5, is_new=False),
        Kind("School is not onboarded", 3, is_new=False),
    ]
