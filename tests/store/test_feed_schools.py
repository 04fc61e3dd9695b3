"""The schools of the last feed, with what the feed has of each."""

from pathlib import Path

import pytest
from django.conf import settings

from firstbell.generate import District as Generated
from firstbell.generate import generate
from firstbell.jobs.fetching import fetched_for
from firstbell.jobs.run import run_sync
from firstbell.oneroster.dictionary import Version
from firstbell.store import feed_schools
from firstbell.store.actions import district_add, schools_onboard
from firstbell.store.models import District, FeedSchool, Sync, Trigger
from firstbell.store.syncs import sync_create

_SEED = Path(__file__).parents[2] / "examples" / "seed-district"


@pytest.fixture
def north(store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> District:
    """A district of which no school is onboarded."""
    monkeypatch.setattr(settings, "FIRSTBELL_STORAGE", tmp_path)
    return district_add(name="North", slug=None, timezone="UTC", onboard_all=False, who="me")


def _run(district: District, trigger: Trigger, delivery: Path | None = None) -> Sync:
    sync = sync_create(district=district, trigger=trigger, delivery=delivery)
    run_sync(sync, fetched_for(sync))
    sync.refresh_from_db()
    return sync


def _seen(district: District) -> list[tuple[object, ...]]:
    columns = ("sourced_id", "name", "students", "staff", "classes", "enrollments", "first_seen")
    return list(FeedSchool.objects.filter(district=district).values_list(*columns).order_by("pk"))


def test_they_are_counted_whatever_was_decided(north: District) -> None:
    first = _run(north, Trigger.NOW, _SEED)
    seen = _seen(north)
    assert seen == [
        ("1001", "Maple Elementary", 5, 4, 3, 8, first.started_at),
        ("1234", "Cedar Elementary", 2, 1, 1, 3, first.started_at),
    ]
    schools_onboard(district="north", schools=["1001"], who="me")
    again = _run(north, Trigger.SCHOOL_ONBOARDED)
    assert again.changes and again.changes["orgs"]["created"] == 1
    assert _seen(north) == seen


def test_of_more_than_any_district_has_the_largest_are_kept(
    north: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_schools, "_MOST", 1)
    _run(north, Trigger.NOW, _SEED)
    assert [row[0] for row in _seen(north)] == ["1001"]


def test_roles_of_their_own_are_counted_alike(north: District, tmp_path: Path) -> None:
    for version in (Version.V1_1, Version.V1_2):
        generate(Generated(2, 30, errors=0, seed=3, version=version), tmp_path / version)
    _run(north, Trigger.NOW, tmp_path / Version.V1_1)
    seen = [row[:-1] for row in _seen(north)]
    assert len(seen) == 2
    _run(north, Trigger.NOW, tmp_path / Version.V1_2)
    assert [row[:-1] for row in _seen(north)] == seen


def test_who_is_no_longer_in_the_feed_is_forgotten(north: District, tmp_path: Path) -> None:
    _run(north, Trigger.NOW, _SEED)
    generate(Generated(1, 30, errors=0, seed=3, version=Version.V1_1), tmp_path / "other")
    _run(north, Trigger.NOW, tmp_path / "other")
    assert {"1001", "1234"}.isdisjoint(row[0] for row in _seen(north))
