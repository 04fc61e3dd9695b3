"""What each role may see and do, on the embedded server and on PostgreSQL 15 alike."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction
from psycopg import sql

from firstbell.store.columns import ROSTER_TABLES
from firstbell.store.connecting import Role, connected
from firstbell.store.models import (
    AuditEntry,
    Check,
    District,
    Membership,
    MembershipRole,
    Org,
    Person,
    RecordCheck,
    School,
    SchoolState,
    Source,
    Sync,
    Trigger,
)

_OF_A_DISTRICT = (
    *ROSTER_TABLES.values(),
    *("schools", "sources", "syncs", "changes", "problems", "audit_entries", "memberships"),
    "unread_deliveries",
    "checks",
    "openings",
    "standings",
    "feed_schools",
    "school_requests",
    "invitations",
    "record_checks",
)


@pytest.fixture
def two(store: str) -> dict[str, int]:
    """Two districts with a row of most kinds each: their ids by slug."""
    person = Person.objects.create(email="carol@vendor.example")
    for slug in ("north", "south"):
        district = District.objects.create(slug=slug, name=slug, timezone="UTC")
        sync = Sync.objects.create(district=district, trigger=Trigger.NOW)
        School.objects.create(district=district, sourced_id="S1", state=SchoolState.ONBOARDED)
        Source.objects.create(district=district, kind="folder", settings={"path": "/secret"})
        Check.objects.create(district=district, who="me")
        RecordCheck.objects.create(district=district, sync=sync, table="users", who="me")
        Org.objects.create(district=district, sourced_id="S1", created_by=sync.pk)
        AuditEntry.objects.create(district=district, who="me", what="made")
        Membership.objects.create(
            district=district, person=person, role=MembershipRole.ADMINISTRATOR
        )
    return dict(District.objects.values_list("slug", "id"))


@contextmanager
def _web(
    database: str, *, district: int | None = None, person: int | None = None
) -> Iterator[None]:
    """A request of the web: a transaction of its role that names what it is about."""
    with connected(database, Role.WEB), transaction.atomic(), connection.cursor() as cursor:
        for name, value in (("district", district), ("person", person)):
            if value is not None:
                cursor.execute("SELECT set_config(%s, %s, true)", [f"firstbell.{name}", str(value)])
        yield


def test_every_table_with_a_district_has_policies(store: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns WHERE column_name = 'district_id'"
            " AND table_schema = 'public'"
        )
        assert {name for (name,) in cursor.fetchall()} == set(_OF_A_DISTRICT)
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relrowsecurity"
            " AND relnamespace = 'public'::regnamespace"
        )
        assert {name for (name,) in cursor.fetchall()} == {*_OF_A_DISTRICT, "districts"}


def test_the_web_sees_the_district_it_names(store: str, two: dict[str, int]) -> None:
    with _web(store, district=two["north"]):
        assert list(District.objects.values_list("slug", flat=True)) == ["north"]
        for model in (Org, School, Sync, Check, RecordCheck, AuditEntry, Membership):
            seen = model._default_manager.values_list("district_id", flat=True)
            assert list(seen) == [two["north"]]


def test_the_web_sees_nothing_when_it_names_none(store: str, two: dict[str, int]) -> None:
    with _web(store):
        for model in (District, Org, School, Sync, Check, RecordCheck, AuditEntry, Membership):
            assert not model._default_manager.exists()


def test_the_district_is_forgotten_with_the_transaction(store: str, two: dict[str, int]) -> None:
    with connected(store, Role.WEB):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('firstbell.district', %s, true)", [str(two["north"])])
            assert Org.objects.count() == 1
        assert Org.objects.count() == 0


def test_the_web_sees_where_the_person_may_go(store: str, two: dict[str, int]) -> None:
    carol = Person.objects.get().pk
    with _web(store, person=carol):
        assert set(Membership.objects.values_list("district_id", flat=True)) == set(two.values())
    with _web(store, person=carol + 1):
        assert not Membership.objects.exists()


def test_the_web_adds_nothing_to_another_district(store: str, two: dict[str, int]) -> None:
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        _web(store, district=two["north"]),
    ):
        School.objects.create(district_id=two["south"], sourced_id="S2", state=SchoolState.NEVER)


def test_the_web_changes_nothing_in_another_district(store: str, two: dict[str, int]) -> None:
    with _web(store, district=two["north"]):
        assert School.objects.update(state=SchoolState.NEVER) == 1
    with connected(store, Role.WORKER):
        south = School.objects.get(district=two["south"])
        assert south.state == SchoolState.ONBOARDED


@pytest.mark.parametrize("column", ["limits", "applied_sync_id"])
def test_the_web_sets_the_nights_of_a_district_and_nothing_else(
    store: str, two: dict[str, int], column: str
) -> None:
    with _web(store, district=two["north"]), connection.cursor() as cursor:
        cursor.execute("UPDATE districts SET paused = true, blackout = '{2026-12-25}'")
        assert cursor.rowcount == 1
        with pytest.raises(ProgrammingError, match="permission denied for table districts"):
            cursor.execute(f"UPDATE districts SET {column} = {column}")


@pytest.mark.parametrize("table", [*ROSTER_TABLES.values(), "changes", "problems"])
def test_the_web_writes_no_roster(store: str, two: dict[str, int], table: str) -> None:
    with (
        pytest.raises(ProgrammingError, match=f"permission denied for table {table}"),
        _web(store, district=two["north"]),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM {table}")


def test_the_web_reads_no_credentials(store: str, two: dict[str, int]) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied for table sources"),
        _web(store, district=two["north"]),
    ):
        Source.objects.get()


def test_the_web_sees_of_what_kind_the_source_of_its_district_is(
    store: str, two: dict[str, int]
) -> None:
    with _web(store, district=two["north"]):
        kinds = Source.objects.values_list("district_id", "kind")
        assert list(kinds) == [(two["north"], "folder")]


@pytest.mark.parametrize("role", [Role.WEB, Role.WORKER])
@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entries SET who = ''", "DELETE FROM audit_entries"]
)
def test_the_audit_log_can_only_be_read_and_added_to(
    store: str, two: dict[str, int], role: Role, statement: str
) -> None:
    with (
        connected(store, role),
        connection.cursor() as cursor,
        pytest.raises(ProgrammingError, match="permission denied for table audit_entries"),
    ):
        cursor.execute(statement)


@pytest.mark.parametrize("role", ["firstbell_owner", "firstbell_worker"])
def test_who_signs_in_as_the_web_becomes_nobody_else(database: str, role: str) -> None:
    with psycopg.connect(database, autocommit=True) as admin:
        admin.execute(sql.SQL("SET SESSION AUTHORIZATION firstbell_web"))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            admin.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))


def test_no_role_of_a_process_sees_through_policies_as_such(database: str) -> None:
    with psycopg.connect(database) as admin:
        found = admin.execute(
            "SELECT rolname, rolcanlogin, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb"
            " FROM pg_roles WHERE rolname LIKE 'firstbell%' ORDER BY 1"
        ).fetchall()
        assert found == [(role.value, True, False) for role in sorted(Role)]
        owned = admin.execute(
            "SELECT count(*) FROM pg_class WHERE relowner = 'firstbell_web'::regrole"
        ).fetchone()
        assert owned == (0,)


def test_the_worker_sees_every_district(store: str, two: dict[str, int]) -> None:
    assert Org.objects.count() == District.objects.count() == 2


def test_the_worker_copies_rows_straight_into_the_roster(store: str, two: dict[str, int]) -> None:
    copied = "COPY orgs (district_id, sourced_id, created_by) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(copied) as copy:
        copy.write_row((two["south"], "S9", 1))
    assert Org.objects.filter(sourced_id="S9").count() == 1


def test_the_worker_makes_no_tables(store: str) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied for schema public"),
        connection.cursor() as cursor,
    ):
        cursor.execute("CREATE TABLE mine (number int)")
