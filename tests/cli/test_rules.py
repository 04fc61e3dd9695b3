"""`firstbell rules`."""

from firstbell.cli.rules import _explain
from firstbell.rules.catalogue import CATALOGUE
from tests.cli.conftest import Call


def test_it_lists_every_rule_once_under_its_file(call: Call) -> None:
    ran = call("rules")
    assert (ran.code, ran.err) == (0, "")
    listed = [line.split()[0] for line in ran.out.splitlines() if line.startswith("  ")]
    assert sorted(listed) == sorted({rule.code for rule in CATALOGUE})
    assert "\nusers.csv\n" in ran.out


def test_it_explains_a_rule(call: Call) -> None:
    ran = call("rules", "users.email_required")
    assert ran.code == 0
    assert ran.out == (
        "users.email_required: Teacher or administrator has no email address\n"
        "\n"
        "Severity:   failure\n"
        "Field:      email\n"
        "Judges:     every enabled teacher and administrator\n"
        "Message:    email is required for users with “teacher” or “administrator” roles\n"
        "For people: The teacher or administrator cannot sign in, and has no classes.\n"
        "Who acts:   your district, in the SIS\n"
        "How to fix: Add the email address to the user’s record in your SIS; the user comes in "
        "with the next nightly sync.\n"
        "\n"
        "Example\n"
        "  users.csv\n"
        "    sourcedId,enabledUser,orgSourcedIds,role,username,givenName,familyName,email\n"
        "    T2,true,S1,teacher,nbell,Nora,Bell,\n"
    )


def test_it_explains_every_rule() -> None:
    for code in {rule.code for rule in CATALOGUE}:
        assert list(_explain([rule for rule in CATALOGUE if rule.code == code]))


def test_it_says_where_the_two_versions_differ(call: Call) -> None:
    ran = call("rules", "users.role_not_in_list")
    assert "\nMessage:\n  in 1.1:   role must be one of: administrator" in ran.out
    assert "\n  in 1.2:   role must be one of: aide" in ran.out
    assert "\nHow to fix:\n  in 1.1:   Set the role of the user in your SIS" in ran.out


def test_an_example_shows_the_rows_that_clash_and_no_others(call: Call) -> None:
    ran = call("rules", "users.email_shared")
    users = [line.split(",")[0].strip() for line in ran.out.splitlines() if line.startswith("    ")]
    assert users == ["sourcedId", "A1", "P2"]


def test_a_code_in_other_letters_is_found(call: Call) -> None:
    assert call("rules", "Users.Email_Required").code == 0


def test_a_mistyped_code_gets_the_nearest_ones(call: Call) -> None:
    ran = call("rules", "users.emial_required")
    assert ran.code == 64
    assert "did you mean users.email_required" in ran.err


def test_a_word_gets_the_codes_that_have_it(call: Call) -> None:
    assert "did you mean users.email_required or users.email_invalid" in call("rules", "email").err
