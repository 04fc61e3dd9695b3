"""`firstbell person add`, as it is typed."""

import re
from pathlib import Path

import pytest

from firstbell.store.models import AuditEntry, Membership, MembershipRole, Person
from tests.cli.conftest import Call


@pytest.fixture
def north(store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: Call) -> None:
    monkeypatch.setenv("DATABASE_URL", store)
    monkeypatch.setenv("FIRSTBELL_STORAGE", str(tmp_path / "storage"))
    call("district", "add", "North")


@pytest.mark.usefixtures("north")
def test_a_person_is_added_and_gets_a_link(call: Call) -> None:
    ran = call("person", "add", "Ann@Example.org", "--district", "north")
    assert (ran.code, ran.err) == (0, "")
    assert re.fullmatch(r"http://localhost:8000/password/\w+-\w+-[0-9a-f]{32}/\n", ran.out)
    person = Person.objects.get()
    assert person.email == "ann@example.org"
    assert not person.has_usable_password()
    assert Membership.objects.get().role == MembershipRole.ADMINISTRATOR
    entry = AuditEntry.objects.get(what="person added")
    assert entry.details == {"person": person.pk, "role": "administrator"}


@pytest.mark.usefixtures("north")
def test_who_is_added_again_keeps_the_password(call: Call) -> None:
    call("person", "add", "ann@example.org", "--district", "north")
    person = Person.objects.get()
    person.set_password("a very plain horse")
    person.save()
    ran = call("person", "add", "ann@example.org", "--specialist")
    assert ran.code == 0
    assert Membership.objects.get().role == MembershipRole.ADMINISTRATOR
    assert Person.objects.get().is_specialist
    assert Person.objects.get().check_password("a very plain horse")


@pytest.mark.usefixtures("north")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ann", "north"), "that is no email address; write it as name@example.org"),
        (("ann@example.org", "nord"), "there is no district nord"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(
    call: Call, arguments: tuple[str, str], said: str
) -> None:
    email, district = arguments
    ran = call("person", "add", email, "--district", district)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert not Person.objects.exists()


@pytest.mark.parametrize("arguments", [(), ("--specialist", "--district", "north")])
def test_a_person_is_of_a_district_or_of_all(call: Call, arguments: tuple[str, ...]) -> None:
    ran = call("person", "add", "ann@example.org", *arguments)
    assert ran.code == 64
    assert "give --district DISTRICT or --specialist, one of them" in ran.err
