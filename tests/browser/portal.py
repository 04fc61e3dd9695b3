"""A portal as an operator runs it, with districts made by the pipeline that runs every night."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import transaction
from django.http import HttpRequest
from django.test import Client, override_settings
from django.urls import reverse

from firstbell.jobs.run import run_sync
from firstbell.store.actions import district_add, schools_onboard
from firstbell.store.connecting import Role, connected
from firstbell.store.invitations import invite
from firstbell.store.models import Check, District, Person, SchoolRequest, Sync, Trigger
from firstbell.store.people import administrator_add, specialist_add
from firstbell.store.scope import enter, open_for
from firstbell.store.sources import source_set
from firstbell.store.syncs import sync_create
from firstbell.web.second_factor import second_factor_add, used_second_factor
from tests.jobs.workers import until
from tests.ports import free_port, wait_for

PRODUCT = "Great Minds"
PASSWORD = "a very plain horse"  # noqa: S105
#: Signs its sessions and links, whatever key other tests have left in this process.
_KEY = "0123456789" * 5
EXAMPLES = Path(__file__).parents[2] / "examples"
#: The small district with the seed's four errors, and as it is when they are corrected.
FIRST_NIGHT, NEXT_NIGHT = EXAMPLES / "seed-district", EXAMPLES / "seed-district-next-night"
#: The days of those nights.
FIRST_DAY, NEXT_DAY, HELD_DAY = date(2026, 11, 24), date(2026, 11, 25), date(2026, 11, 26)

_NUMBERS = count(1)


@dataclass(frozen=True)
class Portal:
    """A web server, its database and its data folder."""

    url: str
    database: str
    data: Path

    @property
    def environment(self) -> dict[str, str]:
        """The variables that let a command work on it."""
        return {
            "DATABASE_URL": self.database,
            "FIRSTBELL_DATA_DIR": str(self.data),
            "FIRSTBELL_PRODUCT": PRODUCT,
            "FIRSTBELL_SECRET_KEY": _KEY,
            "FIRSTBELL_URL": self.url,
        }

    @contextmanager
    def at_work(self, role: Role = Role.WORKER) -> Iterator[None]:
        """Django in this process uses the portal's database and folder while the block runs."""
        with (
            connected(self.database, role),
            override_settings(
                FIRSTBELL_STORAGE=self.data / "storage", FIRSTBELL_PRODUCT=PRODUCT, SECRET_KEY=_KEY
            ),
        ):
            yield

    def district(self, *onboarded: str, **limits: int) -> District:
        """A new district, some of whose schools are onboarded; None named: all of them.

        Args:
            onboarded: ids of schools.
            limits: of its guard, such as `least=1`.
        """
        slug = f"maple-{next(_NUMBERS)}"
        with self.at_work():
            district = district_add(
                name="Maple County Schools",
                slug=slug,
                timezone="America/New_York",
                onboard_all=not onboarded,
                who="tests",
            )
            if onboarded:
                schools_onboard(district=slug, schools=onboarded, who="tests")
            District.objects.filter(pk=district.pk).update(limits=limits)
        return district

    def of_uploads(self, *onboarded: str) -> District:
        """A new district whose people upload its files; see `district`."""
        district = self.district(*onboarded)
        with self.at_work():
            source_set(district=district.slug, kind="upload", settings={}, who="tests")
        return district

    def night(self, district: District, delivery: Path, day: date) -> Sync:
        """Syncs a district from a folder, as of a day."""
        with self.at_work():
            sync = sync_create(
                district=District.objects.get(pk=district.pk),
                trigger=Trigger.NIGHTLY,
                delivery=delivery,
                as_of=day,
            )
            run_sync(sync, delivery)
            sync.refresh_from_db()
        return sync

    def after_seed(self) -> District:
        """A new district after the night that found the seed's four errors."""
        district = self.district("1001")
        self.night(district, FIRST_NIGHT, FIRST_DAY)
        return district

    def held(self, room: Path) -> District:
        """A new district after a night that would have removed four of its five students.

        The nights before it ended in each of the three ways.

        Args:
            room: an empty folder, for the deliveries.
        """
        district = self.district("1001", "1234", least=3)
        (room / "empty").mkdir()
        (room / "held").mkdir()
        deliver_without_students(room / "held")
        self.night(district, FIRST_NIGHT, FIRST_DAY)
        self.night(district, room / "empty", FIRST_DAY)
        self.night(district, NEXT_NIGHT, NEXT_DAY)
        self.night(district, room / "held", HELD_DAY)
        return district

    def onboard(self, district: District, *schools: str) -> None:
        """Does what a specialist does."""
        with self.at_work():
            schools_onboard(district=district.slug, schools=schools, who="tests")

    def wait_for(self, district: District) -> None:
        """Waits until a worker has run all that is queued for a district."""
        with self.at_work():
            queued = [
                Sync.objects.filter(district=district, completed_at=None),
                Check.objects.filter(district=district, completed_at=None),
                SchoolRequest.objects.filter(
                    district=district, answered_at=None, brings__isnull=True
                ),
            ]
            until(lambda: not any(one.exists() for one in queued))

    def administrator(self, *districts: District) -> Person:
        """A new person who sees districts, and signs in with `PASSWORD`."""
        email = f"dana-{next(_NUMBERS)}@example.org"
        with self.at_work():
            for district in districts:
                person = administrator_add(email=email, district=district.slug, who="tests")
            return _named(person, "Dana Ortiz")

    def specialist(self) -> Person:
        """A new person of the vendor, who signs in with `PASSWORD`."""
        with self.at_work():
            person = specialist_add(email=f"priya-{next(_NUMBERS)}@example.org", who="tests")
            return _named(person, "Priya Raman")

    def second_factor(self, person: Person) -> str:
        """Gives a person a second factor, with recovery codes; its secret."""
        with self.at_work():
            secret = second_factor_add(person)
            RecoveryCodes.activate(person)
        return secret

    def open(self, specialist: Person, district: District) -> None:
        """Opens a district for a specialist."""
        with self.at_work(Role.WEB), transaction.atomic():
            open_for(person=specialist, slug=district.slug, reason="They asked for a school.")

    def invite(self, who: Person, district: District, email: str) -> str:
        """Invites somebody to a district; the token of the link."""
        with self.at_work(Role.WEB), transaction.atomic():
            seen = enter(who.pk, district.slug)
            assert seen
            return invite(email=email, district=seen, who=who)

    def session(self, person: Person) -> str:
        """The cookie of a browser in which a person has signed in just now, in full."""
        with self.at_work(Role.WEB):
            person.refresh_from_db()  # signing in may have kept the password in another way
            client = Client()
            client.force_login(person)
            request = HttpRequest()
            request.session = client.session
            record_authentication(request, person, "password")
            used_second_factor(request, person)
            request.session.save()
            return client.cookies[settings.SESSION_COOKIE_NAME].value

    def session_after_password(self, person: Person) -> str:
        """The cookie of a browser in which a code of a person is asked for."""
        with self.at_work(Role.WEB):
            client = Client(headers={"host": "localhost"})
            said = {"login": person.email, "password": PASSWORD}
            answer = client.post(reverse("account_login"), said)
            assert answer.headers["location"] == reverse("mfa_authenticate")
            return client.cookies[settings.SESSION_COOKIE_NAME].value


def _named(person: Person, name: str) -> Person:
    person.name = name
    person.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=1)
    person.save()
    return person


def deliver_without_students(folder: Path) -> None:
    """Puts the files of the next night into a folder, without four of the five students."""
    gone = ("1201,", "1202,", "1203,", "1204,")
    for file in NEXT_NIGHT.glob("*.csv"):
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        if file.name == "users.csv":
            lines = [line for line in lines if not line.startswith(gone)]
        if file.name == "enrollments.csv":
            lines = [line for line in lines if not any(f",{one}" in line for one in gone)]
        (folder / file.name).write_text("".join(lines), encoding="utf-8")


@contextmanager
def portal(database: str, data: Path) -> Iterator[Portal]:
    """A portal whose pages can be reached while the block runs.

    Args:
        database: a connection string of its database, as the owner.
        data: its data folder.
    """
    port = free_port()
    made = Portal(f"http://localhost:{port}", database, data)
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "-c", "python:firstbell.web.server"),
            *("--workers", "1", "--bind", f"127.0.0.1:{port}"),
        ],
        cwd=data,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            **made.environment,
        },
    )
    try:
        wait_for(port, server)
        yield made
    finally:
        server.terminate()
        server.wait()
