"""The schools of a district's last feed: taken from what a sync leaves, and shown with what was decided."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

import duckdb
from django.db import connection

from firstbell.engine.schools import NAME
from firstbell.feed.database import text
from firstbell.store.artefacts import folder_of
from firstbell.store.models import (
    District,
    FeedSchool,
    School,
    SchoolRequest,
    SchoolState,
    Sync,
)
from firstbell.store.scope import DistrictSeen

#: People of schools that would go, and have no other place. What a sync means §3.
_LOSING = """
SELECT count(*) FROM users AS u
WHERE u.district_id = %(district)s AND u.deactivated_at IS NULL
  AND u.org_sourced_ids && %(schools)s::text[]
  AND NOT EXISTS (
      SELECT FROM orgs AS o
      WHERE o.district_id = u.district_id AND o.deactivated_at IS NULL
        AND o.sourced_id = ANY (u.org_sourced_ids) AND o.sourced_id <> ALL (%(schools)s)
        AND (o.type = 'school' OR u.role <> 'student'))
"""

#: How many are kept: more than any state has, and no more than a page can sort.
_MOST = 20_000
_COUNTS = ("students", "staff", "classes", "enrollments")


@dataclass(frozen=True, slots=True)
class SchoolSeen:
    """A school of a district, with what was decided."""

    sourced_id: str
    #: None: it waits for a decision.
    state: SchoolState | None
    #: What the last feed has of it; None when it does not name it.
    there: FeedSchool | None
    #: Who asked for it, while nobody has answered; None: nobody.
    asked: SchoolRequest | None


def schools_of(district: DistrictSeen) -> Sequence[SchoolSeen]:
    """The schools of a district, by name: those of the last feed, and those decided on."""
    all_in = District.objects.values_list("onboard_all", flat=True).get(pk=district.pk)
    states = dict(School.objects.filter(district=district.pk).values_list("sourced_id", "state"))
    there = {one.sourced_id: one for one in FeedSchool.objects.filter(district=district.pk)}
    open_ones = SchoolRequest.objects.filter(district=district.pk, answered_at=None)
    asked = {one.sourced_id: one for one in open_ones}
    otherwise = SchoolState.ONBOARDED if all_in else None
    seen = [
        SchoolSeen(
            school,
            SchoolState(states[school]) if school in states else otherwise,
            there.get(school),
            asked.get(school),
        )
        for school in {*states, *there}
    ]
    return sorted(seen, key=_by_name)


def onboards_all(district: DistrictSeen) -> bool:
    """Whether every school of a district counts as onboarded, but for those marked never."""
    return District.objects.filter(pk=district.pk, onboard_all=True).exists()


def count_losing(district: DistrictSeen, schools: Sequence[str]) -> int:
    """How many people lose access if some schools are not onboarded any more."""
    with connection.cursor() as cursor:
        cursor.execute(_LOSING, {"district": district.pk, "schools": list(schools)})
        (number,) = cursor.fetchone()
    return int(number)


def _by_name(school: SchoolSeen) -> tuple[bool, str, str]:
    there = school.there
    return there is None, there.name.lower() if there else "", school.sourced_id


def schools_read(sync: Sync) -> None:
    """Keeps which schools the feed of a sync has, in the caller's transaction.

    Args:
        sync: which ends. Where it has left no list, the feed is the one before.
    """
    path = folder_of(sync) / NAME
    if not path.exists():
        return
    with closing(duckdb.connect()) as files:
        rows = files.execute(
            f"SELECT sourced_id, name, {', '.join(_COUNTS)} FROM read_parquet({text(str(path))})"
            " ORDER BY students + staff DESC, sourced_id LIMIT ?",
            [_MOST],
        ).fetchall()
    path.unlink()
    schools = {_storable(row[0]): row for row in rows}
    FeedSchool.objects.filter(district=sync.district_id).exclude(sourced_id__in=schools).delete()
    FeedSchool.objects.bulk_create(
        [
            FeedSchool(
                district_id=sync.district_id,
                sourced_id=school,
                name=_storable(name),
                first_seen=sync.started_at or sync.queued_at,
                **dict(zip(_COUNTS, counts, strict=True)),
            )
            for school, (_, name, *counts) in schools.items()
        ],
        update_conflicts=True,
        unique_fields=["district", "sourced_id"],
        update_fields=["name", *_COUNTS],
    )


def _storable(words: str) -> str:
    return words.replace("\0", "\ufffd")
