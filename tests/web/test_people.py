"""Who sees a district: invited, joining, taken out, and following the roster."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest import MonkeyPatch

from firstbell.store import invitations
from firstbell.store.connecting import Role, connected
from firstbell.store.errors import StoreError
from firstbell.store.invitations import (
    accept_from_provider,
    accept_with_password,
    invited_by_link,
)
from firstbell.store.members import member_remove, members_follow_roster
from firstbell.store.models import (
    AuditEntry,
    Invitation,
    Membership,
    MembershipRole,
    Person,
    User,
)
from firstbell.store.scope import districts_of
from tests.jobs.notify.post_office import PostOffice, text_of
from tests.jobs.workers import until
from tests.web.conftest import PASSWORD, Browser, Town
from tests.web.mailing import office

__all__ = ["office"]

_PEOPLE = "/districts/north/people/"
_CONSOLE = "/console/people/"
_LINK = re.compile(r"http://localhost:8000(/invitation/[\w-]{43}/)")
_CHOSEN = {"new_password1": "some other horse", "new_password2": "some other horse"}


def _invite(client: Client, email: str, page: str = _PEOPLE) -> str:
    """The path of the link, which the page shows."""
    found = _LINK.search(client.post(page, {"invite": "1", "email": email}).content.decode())
    assert found
    return found[1]


def _joins(client: Client, link: str) -> None:
    assert "Choose a password to join." in client.get(link).content.decode()
    assert client.post(link, _CHOSEN).headers["location"] == "/"


def test_somebody_new_is_invited_and_joins(browser: Browser, town: Town, store: str) -> None:
    link = _invite(browser("alice"), "Erin@Example.org")
    client = browser(None)
    assert "You are invited to North Valley" in client.get(link).content.decode()
    _joins(client, link)
    assert client.get("/districts/north/sync-reports/").status_code == 200
    assert client.get("/districts/south/sync-reports/").status_code == 404
    with connected(store, Role.WORKER):
        erin = Person.objects.get(email="erin@example.org")
        assert not erin.is_specialist
        kept = AuditEntry.objects.order_by("pk").values_list("what", "who", "district")
        north = town.districts["north"].pk
        assert list(kept) == [
            ("invited", "Alice", north),
            ("invitation accepted", "erin@example.org", north),
        ]


def test_a_link_works_once(browser: Browser) -> None:
    link = _invite(browser("alice"), "erin@example.org")
    _joins(browser(None), link)
    other = browser(None)
    for answer in (other.get(link), other.post(link, _CHOSEN)):
        assert answer.status_code == 404
        assert "This invitation does not work any more" in answer.content.decode()


def test_a_link_works_for_seven_days(browser: Browser, store: str) -> None:
    link = _invite(browser("alice"), "erin@example.org")
    with connected(store, Role.WORKER):
        made = Invitation.objects.get()
        assert timedelta(days=6.99) < made.expires_at - timezone.now() < timedelta(days=7.01)
    with connected(store, Role.OWNER):
        Invitation.objects.update(expires_at=timezone.now())
    client = browser("alice")
    assert browser(None).post(link, _CHOSEN).status_code == 404
    assert "The link does not work any more" in client.get(_PEOPLE).content.decode()


def test_the_database_does_not_tell_the_link(browser: Browser, store: str) -> None:
    link = _invite(browser("alice"), "erin@example.org")
    with connected(store, Role.WORKER):
        assert Invitation.objects.get().token_hash not in link
    assert _LINK.search(browser("alice").get(_PEOPLE).content.decode()) is None


def test_the_link_comes_by_mail(browser: Browser, office: PostOffice) -> None:
    answer = browser("alice").post(_PEOPLE, {"invite": "1", "email": "erin@example.org"})
    page = answer.content.decode()
    assert "A mail with a link is on its way." in page
    assert _LINK.search(page) is None
    [mail] = office.mails
    assert (mail["To"], mail["Subject"]) == ("erin@example.org", "You are invited to First Bell")
    assert "the syncs of North Valley in First Bell" in text_of(mail)
    assert "Alice" not in text_of(mail)
    link = _LINK.search(text_of(mail))
    assert link
    _joins(browser(None), link[1])


def test_a_mail_that_was_not_taken_leaves_the_link(browser: Browser, office: PostOffice) -> None:
    office.refused.add("erin@example.org")
    _joins(browser(None), _invite(browser("alice"), "erin@example.org"))


def test_an_address_that_no_mail_can_reach_leaves_the_link(
    browser: Browser, office: PostOffice
) -> None:
    assert _invite(browser("alice"), f"erin@{'é' * 60}.org")


def test_nobody_lets_us_send_mails_without_end(browser: Browser, monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setattr(invitations, "MOST_AN_HOUR", 2)
    client = browser("alice")
    for _ in range(2):
        _invite(client, "erin@example.org")
    page = client.post(_PEOPLE, {"invite": "1", "email": "erin@example.org"}).content.decode()
    assert "Too many people were invited within an hour; try again later." in page
    assert _invite(browser("bob"), "erin@example.org", "/districts/south/people/")


def test_of_two_who_join_at_once_only_the_first_sets_the_password(
    browser: Browser, store: str
) -> None:
    links = [
        _invite(browser("alice"), "erin@example.org"),
        _invite(browser("bob"), "erin@example.org", "/districts/south/people/"),
    ]
    first, second = (link.split("/")[2] for link in links)

    def joins() -> bool:
        try:
            return accept_with_password(token=second, password="stolen") is not None  # noqa: S106
        finally:
            connection.close()

    with connected(store, Role.WEB), ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            assert accept_with_password(token=first, password=PASSWORD)
            other = pool.submit(joins)
            until(_one_waits)
        assert not other.result()
        assert Person.objects.get(email="erin@example.org").check_password(PASSWORD)


def _one_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def test_who_is_invited_again_has_one_link(browser: Browser) -> None:
    client = browser("alice")
    first, second = (_invite(client, "erin@example.org") for _ in range(2))
    assert browser(None).get(first).status_code == 404
    _joins(browser(None), second)


def test_an_invitation_is_withdrawn(browser: Browser, store: str) -> None:
    client = browser("alice")
    link = _invite(client, "erin@example.org")
    number = re.search(r'name="withdraw" value="(\d+)"', client.get(_PEOPLE).content.decode())
    assert number
    assert client.post(_PEOPLE, {"withdraw": number[1]}).headers["location"] == _PEOPLE
    assert browser(None).get(link).status_code == 404
    assert "erin@example.org" not in client.get(_PEOPLE).content.decode()
    with connected(store, Role.WORKER):
        assert AuditEntry.objects.filter(what="invitation withdrawn").count() == 1


def test_invitations_of_others_are_not_withdrawn(browser: Browser, store: str) -> None:
    _invite(browser("alice"), "erin@example.org")
    with connected(store, Role.WORKER):
        number = Invitation.objects.get().pk
    browser("bob").post("/districts/south/people/", {"withdraw": number})
    with connected(store, Role.WORKER):
        assert Invitation.objects.exists()


def test_who_has_an_account_signs_in_to_join(browser: Browser) -> None:
    link = _invite(browser("alice"), "bob@example.org")
    client = browser(None)
    page = client.get(link).content.decode()
    assert "There is an account for bob@example.org" in page
    assert f"/sign-in/?next={link}" in page
    client.post(link, _CHOSEN)
    client.post("/sign-in/", {"login": "bob@example.org", "password": PASSWORD})
    assert client.get("/districts/north/sync-reports/").status_code == 404
    assert "Join" in client.get(link).content.decode()
    client.post(link)
    assert client.get("/districts/north/sync-reports/").status_code == 200


def test_a_link_is_of_no_use_to_somebody_else(browser: Browser) -> None:
    link = _invite(browser("alice"), "erin@example.org")
    client = browser("bob")
    assert "The invitation is for erin@example.org." in client.get(link).content.decode()
    assert client.post(link).status_code == 404
    assert client.get("/districts/north/sync-reports/").status_code == 404


def test_an_account_without_a_password_is_not_taken_over(
    browser: Browser, town: Town, store: str
) -> None:
    frank = Person.objects.create(email="frank@example.org", password="!none")  # noqa: S106
    role = MembershipRole.ADMINISTRATOR
    Membership.objects.create(district=town.districts["south"], person=frank, role=role)
    link = _invite(browser("alice"), "frank@example.org")
    client = browser(None)
    assert "There is an account for" in client.get(link).content.decode()
    client.post(link, _CHOSEN)
    with connected(store, Role.WORKER):
        assert Person.objects.get(pk=frank.pk).password == "!none"  # noqa: S105


def test_a_member_is_not_invited_again(browser: Browser, store: str) -> None:
    page = browser("alice").post(_PEOPLE, {"invite": "1", "email": "Carol@example.org"})
    assert "That person is among those who see this district already." in page.content.decode()
    with connected(store, Role.WORKER):
        assert not Invitation.objects.exists()


@pytest.mark.parametrize("email", ["", "nobody", "a@b"])
def test_an_address_that_is_none_is_refused(browser: Browser, email: str, store: str) -> None:
    page = browser("alice").post(_PEOPLE, {"invite": "1", "email": email}).content.decode()
    assert "There is a problem" in page
    with connected(store, Role.WORKER):
        assert not Invitation.objects.exists()


def test_a_specialist_invites_specialists(browser: Browser, town: Town, store: str) -> None:
    client = browser("dana")
    link = _invite(client, "erin@vendor.example", _CONSOLE)
    assert "erin@vendor.example" in client.get(_CONSOLE).content.decode()
    joining = browser(None)
    assert "You are invited as a specialist" in joining.get(link).content.decode()
    _joins(joining, link)
    assert joining.get("/").headers["location"] == "/account/second-factor/set-up/"
    with connected(store, Role.WORKER):
        assert Person.objects.get(email="erin@vendor.example").is_specialist
        kept = AuditEntry.objects.filter(district=None).order_by("pk")
        assert [(one.what, one.who) for one in kept] == [
            ("invited", "Dana"),
            ("invitation accepted", "erin@vendor.example"),
        ]


def test_a_specialist_withdraws(browser: Browser, store: str) -> None:
    client = browser("dana")
    link = _invite(client, "erin@vendor.example", _CONSOLE)
    number = re.search(r'name="withdraw" value="(\d+)"', client.get(_CONSOLE).content.decode())
    assert number
    client.post(_CONSOLE, {"withdraw": number[1]})
    assert browser(None).get(link).status_code == 404


def test_the_web_makes_no_invitation_of_specialists_for_others(town: Town, store: str) -> None:
    with (
        connected(store, Role.WEB),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        pk = town.people["alice"].pk
        cursor.execute("SELECT set_config('firstbell.person', %s, true)", [str(pk)])
        Invitation.objects.create(email="x@example.org", invited_by="x", expires_at=timezone.now())


def test_somebody_is_taken_out(browser: Browser, town: Town, store: str) -> None:
    client, carol = browser("alice"), town.people["carol"].pk
    assert "Take carol@example.org out" in client.get(_PEOPLE).content.decode()
    assert client.post(_PEOPLE, {"remove": carol}).headers["location"] == _PEOPLE
    assert "carol@example.org" not in client.get(_PEOPLE).content.decode()
    other = browser("carol")
    assert other.get("/districts/north/sync-reports/").status_code == 404
    assert other.get("/districts/south/sync-reports/").status_code == 200
    with connected(store, Role.WORKER):
        entry = AuditEntry.objects.get(what="person taken out")
        assert (entry.who, entry.details) == ("Alice", {"person": carol})


def test_more_people_are_not_more_queries(browser: Browser, town: Town, store: str) -> None:
    for number in range(3):
        person = Person.objects.create(email=f"more-{number}@example.org")
        role = MembershipRole.ADMINISTRATOR
        Membership.objects.create(district=town.districts["south"], person=person, role=role)
    counts = {}
    for who, slug in (("alice", "north"), ("bob", "south")):
        client = browser(who)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/districts/{slug}/people/").status_code == 200
        counts[slug] = len(queries)
    assert counts["north"] == counts["south"] <= 16


def test_nobody_takes_out_members_of_other_districts(
    browser: Browser, town: Town, store: str
) -> None:
    page = browser("alice").post(_PEOPLE, {"remove": town.people["bob"].pk}).content.decode()
    assert "That person is no member of the district any more." in page
    with connected(store, Role.WORKER):
        assert town.people["bob"].memberships.exists()


def test_the_last_administrator_stays(browser: Browser, town: Town) -> None:
    client = browser("alice")
    client.post(_PEOPLE, {"remove": town.people["carol"].pk})
    page = client.post(_PEOPLE, {"remove": town.people["alice"].pk}).content.decode()
    assert "You are the last administrator; invite another one first." in page
    assert client.get(_PEOPLE).status_code == 200


def test_of_two_who_take_each_other_out_one_stays(town: Town) -> None:
    alice, carol = town.people["alice"], town.people["carol"]
    north = next(one for one in districts_of(alice.pk) if one.slug == "north")
    member_remove(district=north, person=carol.pk, who=alice)
    with pytest.raises(StoreError, match="last administrator"):
        member_remove(district=north, person=alice.pk, who=carol)


@pytest.fixture
def principal(town: Town) -> User:
    """Pat, an administrator of North's roster; and some who are not to be invited."""
    roles = {"A2": "teacher", "A3": "administrator", "A4": "administrator", "A5": "administrator"}
    for sourced_id, role in roles.items():
        User.objects.create(
            district=town.districts["north"],
            sourced_id=sourced_id,
            role=role,
            given_name="Some",
            family_name="Body",
            email={"A4": None, "A5": "alice@example.org"}.get(sourced_id, f"{sourced_id}@x.org"),
            deactivated_at=timezone.now() if sourced_id == "A3" else None,
            created_by=1,
        )
    return User.objects.create(
        district=town.districts["north"],
        sourced_id="A1",
        role="administrator",
        given_name="Pat",
        family_name="Park",
        email="Pat@example.org",
        created_by=1,
    )


def _pat_joins(browser: Browser) -> Client:
    answer = browser("alice").post(_PEOPLE, {"roster": "A1"})
    link = _LINK.search(answer.content.decode())
    assert link
    client = browser(None)
    _joins(client, link[1])
    return client


def test_an_administrator_of_the_roster_is_invited_with_one_press(
    browser: Browser, principal: User
) -> None:
    page = browser("alice").get(_PEOPLE).content.decode()
    assert re.findall(r'name="roster" value="(\w+)"', page) == ["A1"]
    client = _pat_joins(browser)
    assert client.get("/districts/north/sync-reports/").status_code == 200
    page = client.get(_PEOPLE).content.decode()
    assert 'name="roster"' not in page
    assert "Stays for as long as the roster has this administrator" in page


@pytest.mark.parametrize("asked", ["A2", "A3", "A4", "nobody", "A1\0"])
def test_nobody_else_of_the_roster_is_invited(
    browser: Browser, principal: User, asked: str
) -> None:
    page = browser("alice").post(_PEOPLE, {"roster": asked}).content.decode()
    assert "The roster has no such administrator any more." in page


@pytest.mark.parametrize(
    "dropped", [{"deactivated_at": timezone.now()}, {"role": "teacher"}, {"enabled_user": False}]
)
def test_who_is_dropped_by_the_sis_is_suspended_until_they_return(
    browser: Browser, town: Town, principal: User, store: str, dropped: dict[str, object]
) -> None:
    client, north = _pat_joins(browser), town.districts["north"].pk
    pat = User.objects.filter(sourced_id="A1")
    with connected(store, Role.WORKER):
        pat.update(**dropped)
        for _ in range(2):
            members_follow_roster(north)
    with connected(store, Role.WEB):
        for page in ("sync-reports/", "people/"):
            assert client.get(f"/districts/north/{page}").status_code == 404
        assert "You have no district yet." in client.get("/").content.decode()
    page = browser("alice").get(_PEOPLE).content.decode()
    assert "no administrator in the roster any more" in page
    with connected(store, Role.WORKER):
        pat.update(deactivated_at=None, role="administrator", enabled_user=True)
        members_follow_roster(north)
        kept = AuditEntry.objects.filter(who="First Bell").order_by("pk")
        assert [one.what for one in kept] == ["person suspended", "person let back"]
    with connected(store, Role.WEB):
        assert client.get("/districts/north/sync-reports/").status_code == 200


def test_others_stay_whatever_the_roster_says(town: Town, principal: User) -> None:
    members_follow_roster(town.districts["north"].pk)
    assert not Membership.objects.exclude(suspended_at=None).exists()


def test_a_made_up_link_is_none(store: str, town: Town) -> None:
    with connected(store, Role.WEB), transaction.atomic():
        assert invited_by_link("made-up") is None
        bound = accept_from_provider(
            provider="", email="alice@example.org", issuer="https://id.example", subject="1"
        )
        assert bound is None


@pytest.mark.parametrize(
    "call",
    ["firstbell_person('x', 'y')", "firstbell_join(NULL, 1)", "firstbell_is_somebodys('x')"],
)
def test_the_web_lets_nobody_in_but_by_an_invitation(store: str, call: str) -> None:
    with (
        connected(store, Role.WEB),
        connection.cursor() as cursor,
        pytest.raises(ProgrammingError, match="permission denied for function"),
    ):
        cursor.execute(f"SELECT {call}")
