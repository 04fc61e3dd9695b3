"""A specialist adds a district, with its source and its people; nobody else can, in any way."""

import re

import pytest
from django.db import ProgrammingError, connection, transaction

from firstbell.store.adding import district_add_by_specialist
from firstbell.store.connecting import Role, connected
from firstbell.store.models import AuditEntry, District, Membership, Person, Source
from tests.web.conftest import Browser, Town

_NEW = "/console/districts/new/"
_MAPLE = {
    "name": "Maple Valley Unified",
    "timezone": "America/Chicago",
    "path": "/srv/maple",
    "people": "New@Example.org\r\nbob@example.org\r\n",
}


def test_it_is_there_with_all_that_was_said(browser: Browser, town: Town, store: str) -> None:
    client = browser("dana")
    page = client.post(_NEW, _MAPLE).content.decode()
    links = re.findall(r"http://localhost\S+/password/[^<]+", page)
    assert len(links) == 1, "only somebody new is given a link"
    assert "signs in already, and sees the district now" in page
    with connected(store, Role.WORKER):
        district = District.objects.get(slug="maple-valley-unified")
        assert (district.timezone, district.onboard_all) == ("America/Chicago", False)
        assert district.nights_since is not None
        assert Source.objects.get(district=district).settings == {"path": "/srv/maple"}
        people = Person.objects.filter(memberships__district=district)
        assert set(people.values_list("email", flat=True)) == {
            "new@example.org",
            "bob@example.org",
        }
        assert set(AuditEntry.objects.filter(district=district).values_list("who", "what")) == {
            ("Dana", "district added"),
            ("Dana", "source set"),
            ("Dana", "person added"),
        }
    with connected(store, Role.WEB):
        address = "/districts/maple-valley-unified/sync-reports/"
        assert browser("bob").get(address).status_code == 200
        assert browser("alice").get(address).status_code == 404
        assert client.get(address).status_code == 302, "it is opened for a reason, as any other"


def test_the_link_lets_somebody_new_in(browser: Browser, town: Town) -> None:
    page = browser("dana").post(_NEW, _MAPLE).content.decode()
    (link,) = re.findall(r"http://localhost\S*(/password/[^<]+)", page)
    assert browser(None).get(link, follow=True).status_code == 200


def test_the_link_of_another_specialist_is_not_shown(browser: Browser, town: Town) -> None:
    Person.objects.create(email="new@example.org", password="!", is_specialist=True)  # noqa: S106
    page = browser("dana").post(_NEW, _MAPLE).content.decode()
    assert page.count("signs in already") == 2
    assert "/password/" not in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": "North"}, "There is a district of that id already."),
        ({"timezone": "Mars/Olympus"}, "Select a valid choice."),
        ({"path": "maple"}, "Write the whole path, such as /srv/maple-valley."),
        ({"people": "somebody"}, "“somebody” is no email address"),
        ({"name": "&"}, "Give an id: none can be made of this name."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_added(
    wrong: dict[str, str], said: str, browser: Browser, store: str
) -> None:
    page = browser("dana").post(_NEW, {**_MAPLE, **wrong}).content.decode()
    assert said in page
    assert "<title>Error: Add a district" in page
    with connected(store, Role.WORKER):
        assert District.objects.count() == 2
        assert not Membership.objects.filter(person__email="new@example.org").exists()


def test_the_database_asks_who_it_is(town: Town, store: str) -> None:
    with connected(store, Role.WEB):
        with pytest.raises(ProgrammingError, match="only a specialist may do this"):
            district_add_by_specialist(
                name="Maple",
                slug="maple",
                timezone="UTC",
                path="",
                administrators=[],
                person=town.people["alice"],
            )
        for call in (
            "firstbell_add_source('folder', '{}')",
            "firstbell_add_administrator('x@example.org', '!')",
            "firstbell_stand(ARRAY[1])",
        ):
            with (
                pytest.raises(ProgrammingError, match=r"permission denied|only a specialist"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(f"SELECT {call}")
        for row in (District(), Membership(), Person(), Source()):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                row.save(force_insert=True)
