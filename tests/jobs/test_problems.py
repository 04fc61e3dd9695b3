"""The troubles of records, from the sync that found them first to the one that no longer did."""

import csv
from datetime import date
from pathlib import Path

import duckdb

from firstbell.generate import District as Generated
from firstbell.generate import generate
from firstbell.jobs.run import run_sync
from firstbell.oneroster.dictionary import Version
from firstbell.reports.causes import Causes
from firstbell.reports.order import kept
from firstbell.store.artefacts import folder_of
from firstbell.store.models import District, Problem, Sync, SyncStatus, Trigger
from firstbell.store.syncs import sync_create


def _synced(district: District, delivery: Path, day: date | None = None) -> int:
    sync = sync_create(district=district, trigger=Trigger.NOW, delivery=delivery, as_of=day)
    run_sync(sync, delivery)
    sync.refresh_from_db()
    assert sync.status != SyncStatus.FAILED
    return int(sync.pk)


def _right(folder: Path) -> Path:
    """The files of a small district without an error, always the same."""
    generate(Generated(1, 40, errors=0, seed=3, version=Version.V1_1), folder)
    return folder


def _without_email(delivery: Path) -> None:
    """Takes the email from the first of the users, an administrator."""
    users = delivery / "users.csv"
    with users.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0]["email"] = ""
    with users.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def _told(sync: int) -> Causes:
    computed = kept(folder_of(Sync.objects.get(pk=sync)))
    assert computed
    return computed.causes


def _troubles(district: District) -> list[tuple[str, str, int, int | None]]:
    found = Problem.objects.filter(district=district).order_by("pk")
    return [(one.table, one.code, one.first_sync_id, one.resolved_sync_id) for one in found]


def test_a_trouble_is_open_from_its_first_sync_until_it_is_gone_and_anew_when_it_is_back(
    north: District, tmp_path: Path
) -> None:
    right, wrong = _right(tmp_path / "right"), _right(tmp_path / "wrong")
    _without_email(wrong)
    first = _synced(north, wrong)
    email = ("users", "users.email_required", first, None)
    assert email in _troubles(north)
    with (wrong / "orgs.csv").open("a") as file:
        file.write("\n")
    _synced(north, wrong)
    assert email in _troubles(north)
    cured = _synced(north, right)
    assert (*email[:3], cured) in _troubles(north)
    back = _synced(north, wrong)
    assert (*email[:3], cured) in _troubles(north)
    assert (*email[:2], back, None) in _troubles(north)


def test_a_cause_is_new_once_then_open_since_its_day_and_resolved_at_last(
    north: District, tmp_path: Path
) -> None:
    right, wrong = _right(tmp_path / "right"), _right(tmp_path / "wrong")
    _without_email(wrong)
    days = [date(2026, 11, day) for day in range(23, 28)]
    (first,) = _told(_synced(north, wrong, days[0])).shown
    assert (first.is_new, first.since, first.syncs) == (False, days[0], 1)
    assert (first.first[0].table, first.first[0].row, first.first[0].field) == ("users", 2, "email")
    (open_still,) = _told(_synced(north, wrong, days[1])).shown
    assert (open_still.is_new, open_still.since, open_still.syncs) == (False, days[0], 2)
    with (wrong / "orgs.csv").open("a") as file:
        file.write("\n")
    (judged_anew,) = _told(_synced(north, wrong, days[2])).shown
    assert (judged_anew.known, judged_anew.since, judged_anew.syncs) == (1, days[0], 3)
    cured = _told(_synced(north, right, days[3]))
    assert ([one.title for one in cured.resolved], cured.total) == ([first.title], 0)
    (back,) = _told(_synced(north, wrong, days[4])).shown
    assert (back.is_new, back.since, back.syncs) == (True, days[4], 1)


def test_ids_with_a_nul_which_postgresql_does_not_take_are_troubles_like_others(
    north: District, tmp_path: Path
) -> None:
    _right(tmp_path / "wrong")
    for name in ("users.csv", "enrollments.csv"):
        *rows, last = (tmp_path / "wrong" / name).read_text("utf-8").splitlines(keepends=True)
        last = f"12\x0034,{last.partition(',')[2]}"
        (tmp_path / "wrong" / name).write_text("".join((*rows, last)), "utf-8")
    _synced(north, tmp_path / "wrong")
    found = {(one.table, one.sourced_id) for one in Problem.objects.filter(district=north)}
    assert {("users", "12\ufffd34"), ("enrollments", "12\ufffd34")} <= found


def test_a_reason_with_a_nul_is_told_like_others(north: District, tmp_path: Path) -> None:
    _right(tmp_path / "wrong")
    manifest = tmp_path / "wrong" / "manifest.csv"
    manifest.write_text(
        manifest.read_text("utf-8").replace("oneroster.version,1.1", "oneroster.version,9\x009"),
        "utf-8",
    )
    sync = sync_create(district=north, trigger=Trigger.NOW, delivery=tmp_path / "wrong")
    run_sync(sync, tmp_path / "wrong")
    sync.refresh_from_db()
    assert (sync.status, sync.reason) == (
        SyncStatus.FAILED,
        "manifest.csv names the OneRoster version “9\ufffd9”, which is not 1.0, 1.1 or 1.2",
    )


def test_a_sync_does_not_hang_on_what_the_one_before_has_left(
    north: District, tmp_path: Path
) -> None:
    _right(tmp_path / "wrong")
    _without_email(tmp_path / "wrong")
    first = _synced(north, tmp_path / "wrong")
    left = folder_of(Sync.objects.get(pk=first)) / "findings.parquet"
    left.write_bytes(b"PAR1" + bytes(left.stat().st_size) + b"PAR1")
    with (tmp_path / "wrong" / "orgs.csv").open("a") as file:
        file.write("\n")
    (cause,) = _told(_synced(north, tmp_path / "wrong")).shown
    assert (cause.known, cause.syncs) == (None, 1)


def test_warnings_on_whole_files_are_among_the_findings(north: District, tmp_path: Path) -> None:
    _right(tmp_path / "odd")
    orgs = (tmp_path / "odd" / "orgs.csv").read_text("utf-8").splitlines()
    odd = "".join(f"{line},{'colour' if n == 0 else 'red'}\n" for n, line in enumerate(orgs))
    (tmp_path / "odd" / "orgs.csv").write_text(odd, "utf-8")
    sync = _synced(north, tmp_path / "odd")
    file = folder_of(Sync.objects.get(pk=sync)) / "findings.parquet"
    found = duckdb.execute(f"SELECT tab, row, field, severity, code FROM '{file}'").fetchall()
    assert found == [("orgs", None, "colour", "warning", "orgs.unknown_column")]
