"""A night is news when its roster will not be there in time, and then once."""

import psycopg
import pytest

from firstbell.jobs.notice import notice
from firstbell.jobs.notify import tell
from firstbell.store.ending import end_failed
from firstbell.store.models import About, District, Source, Sync, SyncStatus
from firstbell.store.news import queue_news
from firstbell.store.schedules import pause
from tests.jobs.notify.conftest import BOTH, DAY, at, begun, completed, failed, queued
from tests.jobs.notify.post_office import PostOffice, text_of


def test_a_sync_that_is_tried_again_is_told_of_when_it_is_not_any_more(
    sourced: District, opened: PostOffice
) -> None:
    first = failed(sourced, DAY, may_pass=True)
    Sync.objects.filter(pk=first.pk).update(completed_at=at(1))
    notice(at(1.5))
    assert queued() == []
    last = failed(sourced, DAY, may_pass=True)
    Sync.objects.filter(pk=last.pk).update(completed_at=at(5.7))
    for hour in (5.8, 5.9, 6.1, 12):
        notice(at(hour))
        assert queued() == [("todo", last.pk)]
    tell(last.pk)
    assert opened.mails[0]["Subject"] == "Maple: last night's sync did not go through"
    assert "Why: users.csv is missing.\n\nWhat to do: Send it." in text_of(opened.mails[0])


def test_a_roster_that_is_late_is_told_once(sourced: District, opened: PostOffice) -> None:
    sync = begun(sourced, DAY)
    notice(at(5.9))
    assert queued() == []
    for hour in (6.1, 6.2):
        notice(at(hour))
    assert queued() == queued(About.LATE) == [("todo", sync.pk)]
    for _ in range(2):
        tell(sync.pk, About.LATE)
    assert opened.told == BOTH
    assert opened.mails[0]["Subject"] == "Maple: the roster is not ready yet"
    page = f"https://roster.example.org/districts/maple/sync-reports/{sync.pk}/\n"
    assert f"All about it:\n{page}" in text_of(opened.mails[0])
    begun(sourced, DAY)  # another try is no other night
    notice(at(6.5))
    assert len(queued()) == 1


def test_how_a_sync_ended_that_was_late_is_told_too(sourced: District, opened: PostOffice) -> None:
    sync = begun(sourced, DAY)
    notice(at(6.1))
    tell(sync.pk, About.LATE)
    end_failed(sync, "users.csv is missing", may_pass=True)
    for hour in (6.2, 7):
        notice(at(hour))
    assert queued(About.ENDED) == [("todo", sync.pk)]
    tell(sync.pk)
    late, ended = opened.mails[::2]
    assert late["Subject"] == "Maple: the roster is not ready yet"
    assert ended["Subject"] == "Maple: last night's sync did not go through"
    assert len(opened.mails) == 4


def test_a_roster_that_is_there_meanwhile_is_not_late(
    sourced: District, opened: PostOffice
) -> None:
    late, ended = begun(sourced, DAY), begun(sourced, DAY)
    for sync in (late, ended):
        queue_news(sync, About.LATE)
    completed(sourced)
    end_failed(ended, "users.csv is missing")
    tell(late.pk, About.LATE)
    tell(ended.pk, About.LATE)
    assert opened.mails == []


def test_who_was_told_of_a_night_is_not_told_that_it_is_late(
    sourced: District, office: PostOffice
) -> None:
    sync = failed(sourced, DAY)
    notice(at(7))
    begun(sourced, DAY)
    notice(at(8))
    assert queued() == [("todo", sync.pk)]


@pytest.mark.parametrize("why", ["done", "paused", "no source", "never queued"])
def test_a_district_that_is_not_late_is_no_news(
    sourced: District, office: PostOffice, why: str
) -> None:
    sync = begun(sourced, None if why == "never queued" else DAY)
    if why == "done":
        Sync.objects.filter(pk=sync.pk).update(status=SyncStatus.COMPLETED, completed_at=at(2))
        District.objects.filter(pk=sourced.pk).update(applied_sync=sync)
    elif why == "paused":
        pause(district="maple", until=None, who="me")
        District.objects.filter(pk=sourced.pk).update(nights_since=at(-24))
    elif why == "no source":
        Source.objects.all().delete()
    notice(at(7))
    assert queued() == []


def test_a_sync_that_is_just_ended_is_looked_at_a_minute_later(
    sourced: District, office: PostOffice, store: str
) -> None:
    begun(sourced, DAY)
    with psycopg.connect(store) as other:
        other.execute("SET ROLE firstbell_owner")
        other.execute("SELECT FROM syncs FOR UPDATE")
        notice(at(7))
        assert queued() == []
    notice(at(7))
    assert len(queued()) == 1
