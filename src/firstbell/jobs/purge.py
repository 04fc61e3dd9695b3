"""Removes what is kept for a time only. How long is a setting."""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection

from firstbell.store.retention import (
    erase_deactivated,
    forget_checks,
    forget_feeds,
    forget_findings,
    forget_record_checks,
    forget_uploads,
)

#: Says when it was done last; all machines see it.
_MARK = "purged"
_ONCE_IN = timedelta(hours=23)

#: Jobs that did not succeed are looked at for so long; others go when they end.
_KEEP_JOBS = 30
_FORGET_JOBS = """
DELETE FROM procrastinate_jobs AS j
WHERE j.status NOT IN ('todo', 'doing')
    AND NOT EXISTS (SELECT FROM procrastinate_events AS e WHERE e.job_id = j.id AND e.at >= %s)
"""
_FORGET_SESSIONS = "DELETE FROM django_session WHERE expire_date < %s"


def purge_once_a_day(now: datetime) -> None:
    """Purges unless it was done in the last hours, here or on another machine."""
    mark = Path(settings.FIRSTBELL_STORAGE) / _MARK
    if mark.exists() and mark.stat().st_mtime > (now - _ONCE_IN).timestamp():
        return
    purge(now)
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()


def purge(now: datetime) -> None:
    """Removes what has been kept long enough by a moment; no harm when it is done twice."""
    forget_uploads(now)
    forget_feeds(now - timedelta(days=settings.FIRSTBELL_KEEP_FEEDS))
    forget_findings(now - timedelta(days=settings.FIRSTBELL_KEEP_FINDINGS))
    forget_checks(now - timedelta(days=settings.FIRSTBELL_KEEP_FINDINGS))
    forget_record_checks(now - timedelta(days=settings.FIRSTBELL_KEEP_FINDINGS))
    erase_deactivated(now - timedelta(days=settings.FIRSTBELL_KEEP_DEACTIVATED))
    with connection.cursor() as cursor:
        cursor.execute(_FORGET_JOBS, [now - timedelta(days=_KEEP_JOBS)])
        cursor.execute(_FORGET_SESSIONS, [now])
