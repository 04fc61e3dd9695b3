"""People are told by mail how a sync went, each as they chose, and once."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from firstbell.jobs.notice import notice
from firstbell.jobs.notify import NotSent, tell
from firstbell.jobs.tasks import queue_sync, recover, run_queued
from firstbell.reports.counting import number_of
from firstbell.store.ending import end_dead, end_failed
from firstbell.store.models import (
    District,
    HoldDecision,
    Mail,
    MailChoice,
    Membership,
    MembershipRole,
    News,
    Person,
    Sync,
    SyncStatus,
    Trigger,
)
from tests.jobs.notify.conftest import BOTH, DAY, at, begun, chooses, completed, failed, queued
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
        page = f"https://roster.example.org/districts/maple/sync-reports/{sync.pk}/\n"
        assert f"All about it:\n{page}" in text
        assert "Choose which mails you get:\nhttps://roster.example.org/account/\n" in text
        assert str(tmp_path) not in text
    assert queued() == []


def test_people_are_told_of_a_sync_that_completed_as_they_chose(
    maple: District, opened: PostOffice, delivery: Path
) -> None:
    """The first sync has only new causes; the second has none, for nothing changed."""
    chooses(MailChoice.EVERY, "alice@example.org")
    titles = []
    for _ in range(2):
        sync = queue_sync(district=maple, trigger=Trigger.NOW, delivery=delivery)
        run_queued(sync_id=sync.pk)
        _forget_syncs_jobs()
        sync.refresh_from_db()
        assert sync.status == SyncStatus.WITH_ERRORS
        assert queued()[-1] == ("todo", sync.pk)
        tell(sync.pk)
        titles.append(f"completed, {number_of((sync.causes or {})['total'], 'cause')} to fix")
    first, second = titles
    new = first.split()[1]
    assert [(mail["To"], mail["Subject"]) for mail in opened.mails] == [
        ("alice@example.org", f"Maple: {first}, {new} new"),
        ("carol@vendor.example", f"Maple: {first}, {new} new"),
        ("alice@example.org", f"Maple: {second}"),
    ]
    text = text_of(opened.mails[0])
    assert "\n\nTo fix, biggest first:\n- " in text
    assert "record" in text
    assert f"/districts/maple/sync-reports/{sync.pk}/\n" in text_of(opened.mails[2])


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"causes": {"total": 9, "new": 0}}, ["every"]),
        ({"causes": {"total": 9, "new": 1}}, ["changes", "every"]),
        ({"causes": None}, ["every"]),
        ({"held": {"users": 60}, "hold_decision": "open"}, ["changes", "every", "failures"]),
        # Somebody was quicker than the mail.
        ({"held": {"users": 60}, "hold_decision": "dismissed"}, ["every"]),
        ({"status": SyncStatus.FAILED, "reason": "no"}, ["changes", "every", "failures"]),
    ],
)
def test_who_is_told_of_which_sync(
    maple: District, opened: PostOffice, more: dict[str, Any], told: list[str]
) -> None:
    Person.objects.create(email="every@example.org", mail=MailChoice.EVERY)
    Person.objects.create(email="changes@example.org", mail=MailChoice.CHANGES)
    Person.objects.create(email="failures@example.org", mail=MailChoice.FAILURES)
    dana = Person.objects.create(
        email="specialist@vendor.example", mail=MailChoice.EVERY, is_specialist=True
    )
    Membership.objects.all().delete()
    for person in Person.objects.filter(email__in=[f"{name}@example.org" for name in MailChoice]):
        Membership.objects.create(district=maple, person=person, role=MembershipRole.ADMINISTRATOR)
    completed(maple)
    sync = completed(maple, **more)
    District.objects.update(applied_sync=Sync.objects.order_by("pk").first())
    for _ in range(2):
        tell(sync.pk)
    assert [one.partition("@")[0] for one in opened.told] == told
    assert dana.email not in opened.told


def test_what_is_chosen_meanwhile_counts(maple: District, opened: PostOffice) -> None:
    sync = failed(maple)
    completed(maple, causes={"total": 1, "new": 0})
    last = completed(maple, causes={"total": 1, "new": 0})
    chooses(MailChoice.EVERY, *BOTH)
    tell(last.pk)
    tell(sync.pk)  # is settled
    assert opened.told == BOTH


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
    assert queued()[-1] == ("todo", sync.pk)
    tell(sync.pk)
    assert opened.told == BOTH
    hold = f"https://roster.example.org/districts/maple/sync-reports/{sync.pk}/hold/\n"
    assert f"See and decide:\n{hold}" in text_of(opened.mails[0])
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
    failed(maple)
    begun(maple, DAY)
    notice(at(7))
    assert (list(News.objects.all()), queued()) == ([], [])


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
