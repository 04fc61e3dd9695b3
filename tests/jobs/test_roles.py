"""The several roles of a user in OneRoster 1.2, from the file to the database."""

import json
from datetime import date
from pathlib import Path

from firstbell.generate import District as Generated
from firstbell.generate import generate
from firstbell.jobs.run import run_sync
from firstbell.oneroster.dictionary import Version
from firstbell.store.models import Change, District, Trigger, User
from firstbell.store.syncs import sync_create

_TONIGHT = date(2026, 11, 24)


def _synced(district: District, delivery: Path) -> None:
    sync = sync_create(district=district, trigger=Trigger.NOW, delivery=delivery, as_of=_TONIGHT)
    assert run_sync(sync, delivery).summary.reason is None


def _with_roles(delivery: Path, *roles: str) -> None:
    with (delivery / "roles.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"{role}\n" for role in roles)


def test_a_user_has_all_roles_that_count_and_no_others(north: District, tmp_path: Path) -> None:
    generate(Generated(2, 40, errors=0, seed=3, version=Version.V1_2), tmp_path / "first")
    _synced(north, tmp_path / "first")
    teacher = User.objects.filter(role="teacher").order_by("sourced_id").first()
    assert teacher is not None
    assert teacher.org_sourced_ids is not None
    (school,) = teacher.org_sourced_ids
    main = {"roleType": "primary", "role": "teacher", "orgSourcedId": school}
    dates = {"beginDate": None, "endDate": None}
    assert json.loads(teacher.roles or "") == [main | dates]

    header = (tmp_path / "first" / "roles.csv").read_text("utf-8-sig").partition("\n")[0].strip()
    cells = {"userSourcedId": teacher.sourced_id, "status": "active", "orgSourcedId": school}
    rows = (
        cells | {"roleType": "Secondary", "role": "AIDE", "beginDate": "2026-09-01"},
        cells | {"roleType": "secondary", "role": "proctor", "endDate": "2026-11-23"},
        cells | {"roleType": "secondary", "role": "relative", "orgSourcedId": "nowhere"},
    )
    _with_roles(
        tmp_path / "first",
        *(
            ",".join({**row, "sourcedId": f"more{n}"}.get(name, "") for name in header.split(","))
            for n, row in enumerate(rows)
        ),
    )
    _synced(north, tmp_path / "first")
    teacher.refresh_from_db()
    aide = {"roleType": "secondary", "role": "aide", "orgSourcedId": school}
    assert json.loads(teacher.roles or "") == [
        main | dates,
        aide | {"beginDate": "2026-09-01", "endDate": None},
    ]
    (change,) = Change.objects.all()
    assert (change.sourced_id, list(change.before or {})) == (teacher.sourced_id, ["roles"])


def test_without_changes_nothing_is_written(north: District, tmp_path: Path) -> None:
    generate(Generated(2, 40, errors=0, seed=3, version=Version.V1_2), tmp_path / "first")
    _synced(north, tmp_path / "first")
    with (tmp_path / "first" / "users.csv").open("a", encoding="utf-8") as file:
        file.write("\n")  # not the same bytes
    _synced(north, tmp_path / "first")
    assert not Change.objects.exists()
