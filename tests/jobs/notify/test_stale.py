"""A roster that no sync renews is told of once, until one does."""

from datetime import UTC, datetime, timedelta

import pytest

from firstbell.jobs.notice import notice
from firstbell.jobs.notify import tell
from firstbell.store.models import About, District, MailChoice, Source, Sync
from firstbell.store.schedules import blackout, pause, resume
from tests.jobs.notify.conftest import BOTH, at, chooses, completed, queued
from tests.jobs.notify.post_office import PostOffice, text_of


@pytest.fixture
def stale(sourced: District, opened: PostOffice) -> Sync:
    """The last sync that was applied, 61 hours ago."""
    return completed(sourced, completed_at=datetime.now(UTC) - timedelta(hours=61, minutes=5))


def _noticed(*, in_hours: float = 0) -> list[tuple[str, int]]:
    notice(datetime.now(UTC) + timedelta(hours=in_hours))
    return queued(About.STALE)


def test_a_stale_roster_is_told_once_to_everybody(stale: Sync, opened: PostOffice) -> None:
    chooses(MailChoice.FAILURES, "alice@example.org")
    for _ in range(2):
        assert _noticed() == [("todo", stale.pk)]
        tell(stale.pk, About.STALE)
    assert _noticed(in_hours=48) == [("todo", stale.pk)]
    assert opened.told == BOTH
    for mail in opened.mails:
        assert mail["Subject"] == "Maple: no completed sync for 61 hours"
        assert "/districts/maple/sync-reports/\n" in text_of(mail)


def test_what_is_stale_no_more_when_its_mail_is_sent_is_not_told(
    stale: Sync, opened: PostOffice, sourced: District
) -> None:
    assert _noticed() == [("todo", stale.pk)]
    completed(sourced, completed_at=datetime.now(UTC))
    tell(stale.pk, About.STALE)
    assert opened.mails == []


def test_a_roster_that_becomes_stale_again_is_told_again(stale: Sync, opened: PostOffice) -> None:
    _noticed()
    tell(stale.pk, About.STALE)
    pause(district="maple", until=None, who="me")
    assert len(_noticed()) == 1
    resume(district="maple", who="me")
    assert len(_noticed()) == 1
    assert _noticed(in_hours=48) == [("todo", stale.pk)] * 2
    District.objects.update(resumed_at=datetime.now(UTC) - timedelta(hours=49))
    tell(stale.pk, About.STALE)
    assert len(opened.mails) == 4
    assert len({mail["Message-ID"] for mail in opened.mails}) == 4


@pytest.mark.parametrize("why", ["paused", "blackout", "no source", "never synced", "recent"])
def test_a_roster_that_need_not_be_renewed_is_no_news(
    stale: Sync, sourced: District, why: str
) -> None:
    if why == "paused":
        pause(district="maple", until=None, who="me")
    elif why == "blackout":
        ago = [datetime.now(UTC).date() - timedelta(days=days) for days in range(3)]
        blackout(district="maple", days=ago, remove=False, who="me")
    elif why == "no source":
        Source.objects.all().delete()
    elif why == "never synced":
        District.objects.update(applied_sync=None)
    else:
        Sync.objects.update(completed_at=datetime.now(UTC) - timedelta(hours=47))
    assert _noticed() == []


def test_nothing_is_noticed_without_a_mail_server(
    stale: Sync, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.conf.settings.FIRSTBELL_MAIL", False)
    notice(at(0))
    assert queued(About.STALE) == []
