"""A district with people, and a mail server."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from firstbell.store.ending import end_failed
from firstbell.store.models import (
    About,
    District,
    MailChoice,
    Membership,
    MembershipRole,
    Person,
    Sync,
    SyncStatus,
    Trigger,
)
from firstbell.store.news import queue_news
from firstbell.store.schedules import schedule_set
from firstbell.store.sources import source_set
from tests.jobs.conftest import added
from tests.jobs.notify.post_office import PostOffice, post_office

DAY = date(2026, 11, 24)
#: Those who are told of Maple.
BOTH = ["alice@example.org", "carol@vendor.example"]


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> PostOffice:
    """The mail server of this process; it is not open yet."""
    office = post_office()
    monkeypatch.setattr(settings, "FIRSTBELL_MAIL", True)
    monkeypatch.setattr(settings, "FIRSTBELL_URL", "https://roster.example.org")
    monkeypatch.setattr(settings, "EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
    monkeypatch.setattr(settings, "EMAIL_HOST", "127.0.0.1", raising=False)
    monkeypatch.setattr(settings, "EMAIL_PORT", office.port, raising=False)
    return office


@pytest.fixture
def opened(office: PostOffice) -> Iterator[PostOffice]:
    """The same, open."""
    with office.open():
        yield office


@pytest.fixture
def maple(store: str) -> District:
    """A district with people; Bob has left, and Dana is of another one."""
    maple = added("Maple")
    _person("alice@example.org", maple, MembershipRole.ADMINISTRATOR)
    _person("carol@vendor.example", maple, MembershipRole.ADMINISTRATOR)
    _person("bob@example.org", maple, MembershipRole.ADMINISTRATOR, is_active=False)
    _person("dana@example.org", added("South"), MembershipRole.ADMINISTRATOR)
    return maple


@pytest.fixture
def sourced(maple: District, delivery: Path) -> District:
    """The same with a source since a week: its night goes from one o'clock to six."""
    source_set(district="maple", kind="folder", settings={"path": str(delivery)}, who="me")
    one = time(1)
    schedule_set(district="maple", starts_from=one, starts_until=one, ready_by=time(6), who="me")
    District.objects.filter(pk=maple.pk).update(nights_since=at(-7 * 24))
    return maple


def _person(
    email: str, district: District, role: MembershipRole, *, is_active: bool = True
) -> None:
    person = Person.objects.create(email=email, is_active=is_active)
    Membership.objects.create(district=district, person=person, role=role)


def chooses(mail: MailChoice, *names: str) -> None:
    """Lets people choose which mails they get."""
    people = Person.objects.filter(email__in=names)
    assert people.update(mail=mail) == len(names)


def at(hour: float) -> datetime:
    return datetime(2026, 11, 24, tzinfo=UTC) + timedelta(hours=hour)


def completed(district: District, night: date | None = None, **more: Any) -> Sync:
    """A sync that was applied, of which is told as after any other."""
    sync = begun(district, night)
    said = {"status": SyncStatus.WITH_ERRORS, "completed_at": at(2), "version": "1.1", **more}
    Sync.objects.filter(pk=sync.pk).update(**said)
    District.objects.filter(pk=district.pk).update(applied_sync=sync)
    queue_news(sync)
    return sync


def begun(district: District, night: date | None = None) -> Sync:
    return Sync.objects.create(
        district=district,
        trigger=Trigger.NOW if night is None else Trigger.NIGHTLY,
        night=night,
        status=SyncStatus.RUNNING,
    )


def failed(district: District, night: date | None = None, *, may_pass: bool = False) -> Sync:
    sync = begun(district, night)
    end_failed(sync, "users.csv is missing", solution="Send it.", may_pass=may_pass)
    return sync


def queued(about: About | None = None) -> list[tuple[str, int]]:
    """The syncs of which is to be told, and where their jobs are.

    Args:
        about: what is to be told; None: anything.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT status::text, (args->>'sync_id')::int FROM procrastinate_jobs"
            " WHERE queue_name = 'mails' AND args->>'about' = coalesce(%s, args->>'about')"
            " ORDER BY id",
            [about],
        )
        return list(cursor.fetchall())
