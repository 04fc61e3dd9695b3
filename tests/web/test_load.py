"""The list of syncs under load: a thousand districts with three years of nights behind them.

It prints what it measured; its figures are kept in docs/benchmarks.md.
"""

import csv
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from firstbell.generate import District as Generated
from firstbell.generate import generate
from firstbell.jobs.run import run_sync
from firstbell.oneroster.dictionary import Version
from firstbell.store.artefacts import folder_of
from firstbell.store.connecting import Role, connected
from firstbell.store.models import (
    District,
    Membership,
    MembershipRole,
    Person,
    School,
    SchoolState,
    Sync,
    Trigger,
)
from firstbell.store.syncs import sync_create
from tests.web.serving import served

#: Districts, and nights of each: three years.
_DISTRICTS, _NIGHTS = 1000, 1095
#: So many are looked at, each by one person, with so many requests a second in all.
_KEY = "0123456789" * 5
_LOOKED_AT, _RATE, _SECONDS = 20, 100, 20

_MORE_DISTRICTS = """
INSERT INTO districts (slug, name, timezone, onboard_all, version, lost_changes, limits,
    starts_from, starts_until, ready_by, paused, blackout, nights_since, created_at)
SELECT 'd' || n, 'District ' || n, timezone, onboard_all, version, lost_changes, limits,
    starts_from, starts_until, ready_by, paused, blackout, now() - interval '1100 days', created_at
FROM districts, generate_series(1, %s) AS n
"""
#: Night after night, as they were: the rows of a district lie far from each other.
_MORE_SYNCS = """
INSERT INTO syncs ({columns})
SELECT {values}
FROM generate_series(%s, 1, -1) AS ago, districts AS d, syncs AS s
WHERE d.slug LIKE 'd%%'
ORDER BY ago DESC, d.id
"""
_APPLIED = """
UPDATE districts AS d SET applied_sync_id = (SELECT max(id) FROM syncs WHERE district_id = d.id)
WHERE slug LIKE 'd%'
"""


@pytest.fixture
def years(store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[District]:
    """The districts that are looked at, among many; their last night is one of the real pipeline."""
    monkeypatch.setattr(settings, "FIRSTBELL_STORAGE", tmp_path / "data" / "storage")
    district = District.objects.create(slug="real", name="Real", timezone="America/New_York")
    delivery = tmp_path / "delivery"
    generate(Generated(4, 1200, 0.02, 1, Version.V1_1), delivery)
    with (delivery / "orgs.csv").open(encoding="utf-8") as orgs:
        schools = [row["sourcedId"] for row in csv.DictReader(orgs) if row["type"] == "school"]
    School.objects.bulk_create(
        School(district=district, sourced_id=school, state=SchoolState.ONBOARDED)
        for school in schools[1:]
    )
    run_sync(sync_create(district=district, trigger=Trigger.NIGHTLY), delivery)
    sync = Sync.objects.get()
    made = {
        "district_id": "d.id",
        **dict.fromkeys(
            ("queued_at", "started_at", "completed_at"),
            "now() - (ago - 0.2) * interval '1 day'",
        ),
        "night": "current_date - ago",
    }
    kept = [
        field.column
        for field in Sync._meta.concrete_fields
        if field.column and field.column != "id"
    ]
    columns = ", ".join(f'"{name}"' for name in kept)
    values = ", ".join(made.get(name, f's."{name}"') for name in kept)
    with connection.cursor() as cursor:
        cursor.execute(_MORE_DISTRICTS, [_DISTRICTS])
        cursor.execute(_MORE_SYNCS.format(columns=columns, values=values), [_NIGHTS])
        cursor.execute(_APPLIED)
        cursor.execute("VACUUM ANALYZE syncs")
    looked_at = list(District.objects.filter(slug__startswith="d").order_by("pk")[:_LOOKED_AT])
    for one in looked_at:
        newest = Sync.objects.filter(district=one).latest("pk")
        shutil.copytree(folder_of(sync), folder_of(newest))
    return looked_at


def _administrator(district: District) -> Person:
    person = Person.objects.create(email=f"alice@{district.slug}.example.org", name="Alice")
    role = MembershipRole.ADMINISTRATOR
    Membership.objects.create(district=district, person=person, role=role)
    return person


def _cookie(person: Person) -> str:
    """That of somebody who is signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def _cpu_of(group: int) -> float:
    """Seconds of CPU that the processes of a group have taken, with those that have ended."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        fields = stat.read_text().rpartition(")")[2].split()
        if int(fields[2]) == group:
            ticks += sum(int(field) for field in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def _asked(url: str, cookies: Sequence[str], districts: Sequence[District]) -> list[float]:
    """Milliseconds of each answer, which are all pages."""
    asking = []
    for cookie, district in zip(cookies, districts, strict=True):
        command = ("hey", "-z", f"{_SECONDS}s", "-c", "1", "-q", str(_RATE / len(districts)))
        page = f"{url}/districts/{district.slug}/sync-reports/"
        asking.append(
            subprocess.Popen(
                [*command, "-o", "csv", "-H", f"Cookie: {cookie}", page],
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        time.sleep(1 / _RATE)  # or all would ask at the same moments
    answers = [row for one in asking for row in csv.DictReader(StringIO(one.communicate()[0]))]
    assert {row["status-code"] for row in answers} == {"200"}
    return sorted(1000 * float(row["response-time"]) for row in answers)


@pytest.mark.soak
def test_the_list_of_syncs_under_load(
    store: str,
    years: list[District],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(settings, "SECRET_KEY", _KEY)
    people = [_administrator(district) for district in years]
    with connected(store, Role.WEB):
        cookies = [_cookie(person) for person in people]
    with served(tmp_path, DATABASE_URL=store, FIRSTBELL_SECRET_KEY=_KEY) as (
        url,
        server,
    ):
        _asked(url, cookies, years)
        before = _cpu_of(os.getpgid(server.pid))
        times = _asked(url, cookies, years)
        seconds = _cpu_of(os.getpgid(server.pid)) - before
    parts = [f"p{part} {times[len(times) * part // 100]:.0f} ms" for part in (50, 95, 99)]
    cpu = f"{1000 * seconds / len(times):.1f} ms of the server's CPU each"
    with capsys.disabled():
        sys.stdout.write(f"\n{len(times)} pages in {_SECONDS} s: {', '.join((*parts, cpu))}\n")
