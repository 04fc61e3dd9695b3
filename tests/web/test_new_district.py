"""A specialist adds a district, with its people; nobody else can, in any way."""

import re

import pytest
from django.db import ProgrammingError, connection, transaction

from firstbell.store.adding import district_add_by_specialist
from firstbell.store.connecting import Role, connected
from firstbell.store.models import AuditEntry, District, Membership, Person, Source
from tests.jobs.notify.post_office import PostOffice
from tests.web.conftest import Browser, Town
from tests.web.mailing import office

__all__ = ["office"]

_NEW = "/console/districts/new/"
_PAGE = "/districts/maple-valley-unified/sync-reports/"
_LINK = re.compile(r"http://localhost(?::\d+)?(/invitation/[^<]+)")
_MAPLE = {
    "name": "Maple Valley Unified",
    "timezone": "America/Chicago",
    "people": "New@Example.org\r\nbob@example.org\r\n",
}


def test_it_is_there_with_all_that_was_said(browser: Browser, town: Town, store: str) -> None:
    client = browser("dana")
    page = client.post(_NEW, _MAPLE).content.decode()
    assert len(_LINK.findall(page)) == 2
    with connected(store, Role.WORKER):
        district = District.objects.get(slug="maple-valley-unified")
        assert (district.timezone, district.onboard_all) == ("America/Chicago", False)
        assert not Source.objects.filter(district=district).exists()
        assert not Membership.objects.filter(district=district).exists()
        assert set(AuditEntry.objects.filter(district=district).values_list("who", "what")) == {
            ("Dana", "district added"),
            ("Dana", "invited"),
        }
    with connected(store, Role.WEB):
        assert client.get(_PAGE).status_code == 302, "it is opened for a reason, as any other"


def test_its_people_join_by_the_links(browser: Browser, town: Town) -> None:
    page = browser("dana").post(_NEW, _MAPLE).content.decode()
    new, bobs = _LINK.findall(page)
    assert browser("bob").get(_PAGE).status_code == 404
    browser("bob").post(bobs)
    assert browser("bob").get(_PAGE).status_code == 200
    somebody = browser(None)
    words = {"new_password1": "a very plain cow", "new_password2": "a very plain cow"}
    assert somebody.post(new, words).status_code == 302
    assert somebody.get(_PAGE).status_code == 200


def test_with_a_mail_server_the_links_are_mailed(
    browser: Browser, town: Town, office: PostOffice
) -> None:
    page = browser("dana").post(_NEW, _MAPLE).content.decode()
    assert not _LINK.findall(page)
    assert office.told == ["bob@example.org", "new@example.org"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": "North"}, "There is a district of that id already."),
        ({"timezone": "Mars/Olympus"}, "Select a valid choice."),
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
                person=town.people["alice"],
            )
        for call in (
            "firstbell_set_source('folder', '{}')",
            "firstbell_source()",
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
