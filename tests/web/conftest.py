"""Alice of North, Bob of South, Carol of both, Dana the specialist, and what they see."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest
from django.test import Client, override_settings

from firstbell.store.artefacts import folder_of
from firstbell.store.connecting import Role, connected
from firstbell.store.models import (
    District,
    Membership,
    MembershipRole,
    Person,
    Sync,
    SyncStatus,
    Trigger,
)
from firstbell.web.second_factor import used_second_factor

PASSWORD = "a very plain horse"  # noqa: S105
_DISTRICTS = {"alice": ("north",), "bob": ("south",), "carol": ("north", "south"), "dana": ()}

#: A browser of somebody who is signed in, with a second factor; None: of nobody.
Browser = Callable[..., Client]
#: A sync of a district that has ended at a moment.
Ended = Callable[..., Sync]


@dataclass(frozen=True)
class Town:
    """Two districts and their people, by name."""

    districts: dict[str, District]
    people: dict[str, Person]


@pytest.fixture
def town(store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """Made as the worker, who goes on working until somebody opens a browser."""
    monkeypatch.setattr(settings, "FIRSTBELL_STORAGE", tmp_path)
    zones = {"north": "America/New_York", "south": "America/Los_Angeles"}
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        districts = {
            slug: District.objects.create(slug=slug, name=f"{slug.title()} Valley", timezone=zone)
            for slug, zone in zones.items()
        }
        yield Town(districts, {name: _person(name, districts) for name in _DISTRICTS})


@pytest.fixture
def browser(store: str, town: Town) -> Iterator[Browser]:
    """From the first one on, Django works as the web, as it does in its process."""
    with ExitStack() as opened:

        def browse(name: str | None, *, with_second_factor: bool = True) -> Client:
            opened.enter_context(connected(store, Role.WEB))
            client = Client(headers={"host": "localhost"})
            if name:
                client.force_login(town.people[name])
                if with_second_factor:
                    _second_factor(client, town.people[name])
            return client

        yield browse


@pytest.fixture
def ended(town: Town) -> Ended:
    """Records a sync that has ended, with the files that it names; before a browser is opened."""

    def record(
        slug: str, at: datetime = datetime(2026, 11, 24, 8, 14, tzinfo=UTC), **more: Any
    ) -> Sync:
        said = {"trigger": Trigger.NIGHTLY, "status": SyncStatus.COMPLETED, "reports": [], **more}
        sync = Sync.objects.create(district=town.districts[slug], completed_at=at, **said)
        folder = folder_of(sync) / "reports"
        folder.mkdir(parents=True)
        for name in said["reports"] or ():
            (folder / name).write_bytes(f"{slug}’s {name}\r\n".encode())
        return sync

    return record


def _second_factor(client: Client, person: Person) -> None:
    request = HttpRequest()
    request.session = client.session
    used_second_factor(request, person)
    request.session.save()


def _person(name: str, districts: dict[str, District]) -> Person:
    person = Person(email=f"{name}@example.org", name=name.title(), is_specialist=name == "dana")
    person.set_password(PASSWORD)
    person.save()
    role = MembershipRole.ADMINISTRATOR
    for slug in _DISTRICTS[name]:
        Membership.objects.create(district=districts[slug], person=person, role=role)
    return person
