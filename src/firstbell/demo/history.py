"""Makes the history of a demo's district: one real sync for each night."""

from contextlib import ExitStack
from datetime import date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from django.utils import timezone

from firstbell.demo.classlink import connect, shared
from firstbell.demo.clock import another_time
from firstbell.demo.deliveries import Calendar, Exports
from firstbell.demo.story import Decision, Story
from firstbell.jobs.fetching import fetched_for
from firstbell.jobs.night import last_night, night_for
from firstbell.jobs.run import run_sync
from firstbell.store.actions import district_add, schools_onboard
from firstbell.store.holds import hold_apply, hold_dismiss
from firstbell.store.models import District, Trigger
from firstbell.store.schedules import schedule_of
from firstbell.store.sources import source_set
from firstbell.store.syncs import sync_create

#: Who the audit log says has set the district up.
WHO = "firstbell demo"
#: When decisions are made in the morning.
_DECIDED_AT = time(7, 42)
_DAY = timedelta(days=1)


def make_history(story: Story, nights: int, exports: Path, port: int | None = None) -> None:
    """Adds a district, and runs its syncs up to the last night; the database is open.

    Args:
        story: the district, and what happens to it.
        nights: how many.
        exports: the folder that its files are put into; made here.
        port: where ClassLink shares its roster; None: its files are read.
    """
    exports.mkdir(parents=True)
    now = timezone.now()
    with ExitStack() as stack:
        put = stack.enter_context(another_time())
        work = stack.enter_context(TemporaryDirectory(prefix="firstbell-demo-"))
        share = stack.enter_context(shared(exports, port)) if port else lambda: None
        put(now - (nights + 1) * _DAY)
        district = _added(story, exports, port)
        schedule = schedule_of(district)
        last = last_night(schedule, now, district.pk).day
        days = tuple(last - ago * _DAY for ago in reversed(range(nights)))
        delivered = Exports(story, Calendar(days), exports, Path(work))
        for ago, day in zip(reversed(range(nights)), days, strict=True):
            delivered.deliver(day, ago)
            share()
            put(night_for(schedule, day, district.pk).starts_at)
            _sync(district, day)
            if decision := story.decisions.get(ago):
                put(datetime.combine(day, _DECIDED_AT, ZoneInfo(story.timezone)))
                _decide(story, decision)


def _added(story: Story, exports: Path, port: int | None) -> District:
    district_add(
        name=story.name, slug=story.slug, timezone=story.timezone, onboard_all=False, who=WHO
    )
    if port:
        connect(story.slug, port, WHO)
    else:
        folder = {"path": str(exports.absolute())}
        source_set(district=story.slug, kind="folder", settings=folder, who=WHO)
    schools_onboard(district=story.slug, schools=story.onboarded, who=WHO)
    return District.objects.get(slug=story.slug)


def _sync(district: District, night: date) -> None:
    sync = sync_create(district=district, trigger=Trigger.NIGHTLY, night=night)
    run_sync(sync, fetched_for(sync))


def _decide(story: Story, decision: Decision) -> None:
    slug, who = story.slug, story.administrator
    if decision.apply:
        run_sync(hold_apply(district=slug, reason=decision.reason, who=who), None)
    else:
        hold_dismiss(district=slug, reason=decision.reason, who=who)
