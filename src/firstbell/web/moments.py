"""Moments as banners, strips and lists say them, in the district's time zone."""

from datetime import datetime, timedelta

from django.utils import dateformat, timezone
from django.utils.translation import gettext as _


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
