"""What is left to do before a district's first sync, and who does it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from firstbell.store.checked import CheckRow, checks_of
from firstbell.store.feed_schools import onboards_all, schools_of
from firstbell.store.latest import Latest
from firstbell.store.models import SchoolState, SyncStatus
from firstbell.store.scope import DistrictSeen
from firstbell.web.apis import called, is_api, is_fetched
from firstbell.web.moments import day_and_time

_COMPLETE = (SyncStatus.COMPLETED, SyncStatus.WITH_ERRORS)


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the way to the first sync."""

    title: str
    is_done: bool
    #: What was done, or who acts and what for.
    words: str
    #: Where it is done or looked at, and how the link is called; both empty when nowhere.
    address: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Beginning:
    """The way of a district to its first sync."""

    steps: Sequence[Step]
    #: How the product is called.
    product: str

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(step.is_done for step in self.steps)

    @property
    def left(self) -> str:
        """How many are left, in a sentence."""
        number = len(self.steps) - self.done
        sentence = ngettext(
            "%(number)s step is left before your roster is in %(product)s.",
            "%(number)s steps are left before your roster is in %(product)s.",
            number,
        )
        return sentence % {"number": _in_words(number), "product": self.product}

    @property
    def next(self) -> Step | None:
        """The first that is left."""
        return next((step for step in self.steps if not step.is_done), None)


def beginning(district: DistrictSeen, latest: Latest, product: str) -> Beginning:
    """What is done, and left to do, by a district that no sync has run of.

    Args:
        district: which.
        latest: how it stands.
        product: how the product is called.
    """
    steps = [
        _connect(district, latest),
        _check(district, latest),
        _onboard(district),
        _run(district, latest),
    ]
    return Beginning(steps, product)


def _connect(district: DistrictSeen, latest: Latest) -> Step:
    title = _("Connect your source")
    if latest.takes_uploads:
        return Step(title, True, _("You upload the files; each upload is synced."))
    if latest.source and is_api(latest.source):
        words = _("Your specialist has connected %(source)s.") % {"source": called(latest.source)}
        return Step(title, True, words)
    if latest.schedule.since:
        return Step(title, True, _("Your specialist has connected the folder of your exports."))
    words = _("Your specialist acts, and settles with you how your roster comes.")
    if district.by_specialist:
        where = reverse("source", args=[district.slug])
        return Step(title, False, words, where, _("Connect a source"))
    return Step(title, False, words)


def _check(district: DistrictSeen, latest: Latest) -> Step:
    title = _("Check the first delivery")
    last: CheckRow | None = next(iter(checks_of(district, most=1)), None)
    if last is None:
        words = _(
            "Your district acts. Nothing is applied; you see what would fail, and how to fix it."
        )
        link = _("Check it") if is_fetched(latest.source) else _("Upload and check")
        return Step(title, False, words, reverse("upload", args=[district.slug]), link)
    address = reverse("check", args=[district.slug, last.row.pk])
    if last.row.completed_at is None:
        return Step(title, False, _("The check is under way."), address, _("See how it goes"))
    when = {"when": day_and_time(last.row.completed_at)}
    if last.row.status not in _COMPLETE:
        unread = _("%(when)s: the files could not be read. Nothing was applied.")
        of_source = _("%(when)s: the source could not be read. Nothing was applied.")
        words = (of_source if last.from_source else unread) % when
        return Step(title, False, words, address, _("See what to do"))
    words = _("%(when)s: checked. Nothing was applied.") % when
    if total := (last.row.causes or {}).get("total"):
        link = ngettext("%(number)s cause to fix", "%(number)s causes to fix", total)
        return Step(title, True, words, address, link % {"number": f"{total:,}"})
    return Step(title, True, words, address, _("See the check"))


def _onboard(district: DistrictSeen) -> Step:
    title, address = _("Onboard your schools"), reverse("schools", args=[district.slug])
    if onboards_all(district):
        return Step(title, True, _("Every school that the feed names comes in."))
    onboarded = [one for one in schools_of(district) if one.state == SchoolState.ONBOARDED]
    if onboarded:
        number = len(onboarded)
        words = ngettext(
            "%(number)s school is onboarded.", "%(number)s schools are onboarded.", number
        )
        return Step(title, True, words % {"number": f"{number:,}"}, address, _("See your schools"))
    words = _("Your specialist acts. Until a school is onboarded, a sync brings in nobody.")
    return Step(title, False, words, address, _("See your schools"))


def _run(district: DistrictSeen, latest: Latest) -> Step:
    title = _("Run the first sync")
    if latest.takes_uploads:
        words = _("Your district acts: upload the files, and choose Sync now.")
        return Step(
            title, False, words, reverse("upload", args=[district.slug]), _("Upload a roster")
        )
    return Step(
        title,
        False,
        _(
            "It starts by itself in the night, or with Sync now. After that, First Bell syncs every night."
        ),
    )


def _in_words(number: int) -> str:
    return {1: _("One"), 2: _("Two"), 3: _("Three"), 4: _("Four")}.get(number, str(number))
