"""What a district's sync starts from: its policy, its guard's limits, its roster as applied."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from firstbell.engine.policy import GuardLimits, Policy
from firstbell.store.models import District, School, SchoolState


def today_in(district: District, now: datetime) -> date:
    """The day in the district's time zone."""
    return now.astimezone(ZoneInfo(district.timezone)).date()


def policy_of(district: District, as_of: date, product: str) -> Policy:
    """What a district's specialists have decided, on a day."""
    states = dict(School.objects.filter(district=district).values_list("sourced_id", "state"))
    never = frozenset(school for school, state in states.items() if state == SchoolState.NEVER)
    onboarded = None if district.onboard_all else frozenset(states) - never
    return Policy(as_of, product=product, onboarded=onboarded, never=never)


def guard_of(district: District) -> GuardLimits:
    """The limits of a district's guard."""
    return replace(GuardLimits(), **district.limits)
