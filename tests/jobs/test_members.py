"""Members of a district who are administrators of its roster, from one sync to the next."""

import csv
from datetime import date
from pathlib import Path

from firstbell.generate import District as Generated
from firstbell.generate import generate
from firstbell.jobs.run import run_sync
from firstbell.oneroster.dictionary import Version
from firstbell.store.models import (
    AuditEntry,
    District,
    Membership,
    MembershipRole,
    Person,
    SyncStatus,
    Trigger,
)
from firstbell.store.syncs import sync_create

_TONIGHT = date(2026, 11, 24)


def _delivered(folder: Path, without: str = "") -> Path:
    """The files of a small district, always the same but for a user that may be left out."""
    generate(Generated(1, 40, errors=0, seed=3, version=Version.V1_1), folder)
    rows = [row for row in _users(folder) if row["sourcedId"] != without]
    with (folder / "users.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return folder


def _users(folder: Path) -> list[dict[str, str]]:
    with (folder / "users.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _synced(district: District, delivery: Path) -> None:
    sync = sync_create(district=district, trigger=Trigger.NOW, delivery=delivery, as_of=_TONIGHT)
    run_sync(sync, delivery)
    sync.refresh_from_db()
    assert sync.status != SyncStatus.FAILED


def test_a_member_follows_the_administrator_of_the_roster(north: District, tmp_path: Path) -> None:
    whole = _delivered(tmp_path / "whole")
    [pat] = [row["sourcedId"] for row in _users(whole) if row["role"] == "administrator"][:1]
    _synced(north, whole)
    role = MembershipRole.ADMINISTRATOR
    for email, roster_user in (("pat@example.org", pat), ("alice@example.org", "")):
        person = Person.objects.create(email=email)
        Membership.objects.create(district=north, person=person, role=role, roster_user=roster_user)
    suspended = Membership.objects.exclude(suspended_at=None)
    _synced(north, _delivered(tmp_path / "without", without=pat))
    assert [one.person.email for one in suspended] == ["pat@example.org"]
    _synced(north, _delivered(tmp_path / "again"))
    assert not suspended.all().exists()
    kept = AuditEntry.objects.filter(who="First Bell").order_by("pk")
    assert [one.what for one in kept] == ["person suspended", "person let back"]
