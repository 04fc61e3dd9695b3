"""People are told by mail of a sync that went wrong, once each, and nobody of one that did not."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from shutil import copytree

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from firstbell.jobs.notify import NotSent, notice_nights, tell
from firstbell.jobs.tasks import queue_sync, recover, run_queued
from firstbell.store.ending import end_dead, end_failed
from firstbell.store.models import (
    District,
    HoldDecision,
    Mail,
    Membership,
    Sync,
    SyncStatus,
    Trigger,
)
from tests.jobs.notify.conftest import BOTH, DAY, at, begun, failed, queued
from tests.jobs.notify.post_office import PostOffice, text_of
from tests.jobs.workers import Started, has_ended, let_a_minute_pass, started, until


def _mailing(office: PostOffice, database: str, data_dir: Path) -> AbstractContextManager[Started]:
    """A worker that sends mails."""
    return started(
        *("worker", "--data-dir", str(data_dir)),
        DATABASE_URL=database,
        FIRSTBELL_MAIL=office.url.replace("//", "//north:p%40ss@"),
        FIRSTBELL_MAIL_FROM="First Bell <bell@vendor.example>",
        FIRSTBELL_URL="https://roster.example.org/",
    )


def test_people_are_told_of_a_sync_that_failed(
    maple: District, office: PostOffice, store: str, delivery: Path, tmp_path: Path
) -> None:
    broken = copytree(delivery, tmp_path / "broken")
    (broken / "orgs.csv").write_text("name\nMaple\n")
    with office.open(), _mailing(office, store, tmp_path) as worker:
        sync = queue_sync(district=maple, trigger=Trigger.NOW, delivery=broken)
        until(lambda: len(office.mails) == 2)
        assert worker.stop() == (0, "")
    assert has_ended(sync)
    assert office.told == BOTH
    assert office.signed_in == {(b"north", b"p@ss")}
    for mail in office.mails:
        assert mail["Subject"] == "Maple: a sync did not go through"
        assert mail["From"] == "First Bell <bell@vendor.example>"
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["Message-ID"].endswith("@vendor.example>")
        text = text_of(mail)
        assert "Why: orgs.csv has no column sourcedId." in text
        assert "What to do: Add the column sourcedId to the export of orgs.csv." in text
        assert "https://roster.example.org/districts/maple/sync-reports/\n" in text
        assert str(tmp_path) not in text
    assert queued() == []


def test_nobody_is_told_of_a_sync_that_went_well(
    maple: District, opened: PostOffice, delivery: Path
) -> None:
    sync = queue_sync(district=maple, trigger=Trigger.NOW, delivery=delivery)
    run_queued(sync_id=sync.pk)
    sync.refresh_from_db()
    assert sync.status == SyncStatus.WITH_ERRORS
    assert (sync.told_at, queued()) == (None, [])


def test_what_is_held_back_is_told(
    maple: District, opened: PostOffice, delivery: Path, tmp_path: Path
) -> None:
    run_queued(sync_id=queue_sync(district=maple, trigger=Trigger.NOW, delivery=delivery).pk)
    _forget_syncs_jobs()
    fewer = copytree(delivery, tmp_path / "fewer")
    lines = (fewer / "enrollments.csv").read_text(encoding="utf-8").splitlines(True)
    (fewer / "enrollments.csv").write_text("".join(lines[: len(lines) * 2 // 3]), encoding="utf-8")
    sync = queue_sync(district=maple, trigger=Trigger.NOW, delivery=fewer)
    run_queued(sync_id=sync.pk)
    sync.refresh_from_db()
    assert sync.status == SyncStatus.WITH_ERRORS
    assert sync.held
    assert queued() == [("todo", sync.pk)]
    tell(sync.pk)
    assert opened.told == BOTH
    removals = sum(sync.held.values())
    assert opened.mails[0]["Subject"] == f"Maple: a sync held back {removals} removals"
    assert f"decides: {removals} enrollments." in text_of(opened.mails[0])


def _forget_syncs_jobs() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE queue_name = 'syncs'")


def test_what_is_told_goes_with_the_transaction(maple: District, office: PostOffice) -> None:
    sync = begun(maple)
    with transaction.atomic():
        end_failed(sync, "it is another file")
        transaction.set_rollback(True)
    assert queued() == []
    end_failed(Sync.objects.get(), "it is another file")
    assert queued() == [("todo", sync.pk)]


def test_without_a_mail_server_nothing_is_queued(maple: District) -> None:
    assert not settings.FIRSTBELL_MAIL
    sync = failed(maple)
    begun(maple, DAY)
    notice_nights(at(7))
    sync.refresh_from_db()
    assert (sync.told_at, queued()) == (None, [])


def test_a_worker_without_a_mail_server_leaves_mails_to_others(
    maple: District, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = failed(maple)
    monkeypatch.setattr(settings, "FIRSTBELL_MAIL", False)
    with pytest.raises(NotSent):
        tell(sync.pk)
    assert not Mail.objects.exists()


def test_a_district_without_people_is_told_nothing(maple: District, office: PostOffice) -> None:
    Membership.objects.all().delete()
    tell(failed(maple).pk)  # the mail server is away: it is not asked


def test_who_is_suspended_is_told_nothing(maple: District, opened: PostOffice) -> None:
    alice = Membership.objects.filter(person__email="alice@example.org")
    alice.update(suspended_at=timezone.now())
    tell(failed(maple).pk)
    assert opened.told == ["carol@vendor.example"]


def test_each_is_told_once_also_when_another_could_not_be(
    maple: District, opened: PostOffice
) -> None:
    sync = failed(maple)
    opened.refused = {"alice@example.org"}
    for _ in range(2):
        with pytest.raises(NotSent) as not_sent:
            tell(sync.pk)
        assert "alice" not in f"{not_sent.value}{not_sent.value.__cause__}"
        assert opened.told == ["carol@vendor.example"]
    opened.refused = set()
    for _ in range(2):
        tell(sync.pk)
    assert opened.told == BOTH
    assert Mail.objects.filter(sync=sync).count() == 2


def test_two_workers_at_once_tell_each_once(maple: District, opened: PostOffice) -> None:
    opened.thinks = 0.3
    sync = failed(maple)

    def tells(_: int) -> None:
        try:
            tell(sync.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        list(pool.map(tells, range(3)))
    assert opened.told == BOTH


def test_mails_wait_while_the_mail_server_is_away(
    maple: District, office: PostOffice, store: str, tmp_path: Path
) -> None:
    sync = failed(maple)
    with _mailing(office, store, tmp_path) as worker:
        until(lambda: _tries() == ("todo", 1))
        assert not Mail.objects.exists()
        with office.open():
            with connection.cursor() as cursor:
                cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now()")
            until(lambda: queued() == [])
        code, said = worker.stop()
    assert office.told == BOTH
    assert Mail.objects.filter(sync=sync).count() == 2
    assert code == 0
    assert said.count("A mail was not taken, and is handed in again: ConnectionRefusedError") == 1
    assert "@" not in said


def _tries() -> tuple[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT status::text, attempts FROM procrastinate_jobs WHERE queue_name = 'mails'"
        )
        ((status, attempts),) = cursor.fetchall()
        return status, attempts


def test_a_worker_that_is_killed_while_it_sends_leaves_that_to_another(
    maple: District, office: PostOffice, store: str, tmp_path: Path
) -> None:
    failed(maple)
    office.thinks = 3600
    with office.open(), _mailing(office, store, tmp_path) as worker:
        until(lambda: _tries() == ("doing", 0))
        worker.kill()
    let_a_minute_pass()
    recover()
    office.thinks = 0
    with office.open(), _mailing(office, store, tmp_path):
        until(lambda: queued() == [])
    assert office.told == BOTH


def test_what_is_settled_meanwhile_is_no_news(maple: District, opened: PostOffice) -> None:
    lost, held = failed(maple), begun(maple)
    Sync.objects.filter(pk=held.pk).update(
        status=SyncStatus.WITH_ERRORS, completed_at=at(2), hold_decision=HoldDecision.APPLIED
    )
    District.objects.filter(pk=maple.pk).update(applied_sync=held)
    tell(lost.pk)
    tell(held.pk)
    assert opened.mails == []


def test_a_command_that_was_killed_is_no_news_when_the_next_one_runs(
    maple: District, office: PostOffice
) -> None:
    dead = begun(maple)
    end_dead(begun(maple))
    dead.refresh_from_db()
    assert (dead.status, dead.may_pass) == (SyncStatus.FAILED, True)
    assert queued() == []


def test_a_wrong_address_of_the_mail_server_is_said_plainly(store: str, tmp_path: Path) -> None:
    environment = {"DATABASE_URL": store, "FIRSTBELL_MAIL": "http://dana:secret@mail.example"}
    with started("worker", "--data-dir", str(tmp_path), **environment) as worker:
        code, said = worker.end()
    assert code == 2
    assert said.startswith("Failed: FIRSTBELL_MAIL is no address of a mail server, such as smtp://")
    assert "secret" not in said
