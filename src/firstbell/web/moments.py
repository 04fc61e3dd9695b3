"""Moments as banners, strips and lists say them, in the district's time zone."""

from datetime import datetime, timedelta

from django.utils import dateformat, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

#: The time zones of the United States, as people call them.
ZONES = {
    "America/New_York": gettext_lazy("Eastern Time"),
    "America/Chicago": gettext_lazy("Central Time"),
    "America/Denver": gettext_lazy("Mountain Time"),
    "America/Phoenix": gettext_lazy("Arizona Time"),
    "America/Los_Angeles": gettext_lazy("Pacific Time"),
    "America/Anchorage": gettext_lazy("Alaska Time"),
    "Pacific/Honolulu": gettext_lazy("Hawaii Time"),
}


def zone_named(zone: str) -> str:
    """A time zone as people call it, such as `Eastern Time (America/New_York)`."""
    return f"{ZONES[zone]} ({zone})" if zone in ZONES else zone


def at(moment: datetime) -> str:
    """A time of day, such as `3:14 a.m.` there."""
    return dateformat.format(timezone.localtime(moment), "P")


def day_and_time(moment: datetime) -> str:
    """A day, by name where it is close, and a time: `Today, 3:14 a.m.` there."""
    days = {
        -1: _("Yesterday, %(time)s"),
        0: _("Today, %(time)s"),
        1: _("Tomorrow, %(time)s"),
    }
    there = timezone.localtime(moment)
    apart = (there.date() - timezone.localdate()) // timedelta(days=1)
    if apart in days:
        return days[apart] % {"time": at(moment)}
    return dateformat.format(there, "D, M j, P")
