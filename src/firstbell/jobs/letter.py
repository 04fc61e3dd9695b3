"""What the people of a district are told of a sync: who it is about, what to do, and nobody's name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as formatted

from firstbell.store.models import SyncStatus

_KINDS = {
    "orgs": ("school", "schools"),
    "users": ("user", "users"),
    "classes": ("class", "classes"),
    "enrollments": ("enrollment", "enrollments"),
}
_ASK = "Ask your specialist to look at it."
_DECIDE = (
    "If the delivery is right, ask your specialist to let it in. If it is not, correct the export; the"
    " next sync reads it."
)
_DECIDE_REMOVALS = (
    "Look at held_removals.csv on the page below. If all of it is to be removed, ask your specialist to"
    " apply it. If not, correct the export; the next sync reads it."
)
_WAIT = (
    "Look at the page below in a while: it says when the sync has ended. If it does not end within the"
    " hour, ask your specialist."
)


@dataclass(frozen=True, slots=True)
class News:
    """What there is to say of a sync."""

    district: str
    zone: ZoneInfo
    status: SyncStatus
    #: It is the sync of a night.
    nightly: bool
    #: Why it failed, in one sentence without a full stop, and what to do about it.
    reason: str | None
    solution: str | None
    #: How many removals are held back, by table; None: nothing is held.
    held: Mapping[str, int] | None
    #: How many errors its reports list.
    failures: int
    #: Since when the roster is as it is; None: there is none yet.
    applied_at: datetime | None
    #: When the roster was to be ready; None: at no time, for it is no sync of a night.
    ready_by: datetime | None
    #: The address of the page.
    page: str
    product: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail, but for whom it is from and to."""

    subject: str
    text: str


def letter(news: News) -> Letter:
    """Puts news into words for people who are no technicians."""
    if news.status == SyncStatus.FAILED:
        title, said = _failed(news)
    elif news.held is not None:
        title, said = _held(news)
    else:
        title, said = _late(news)
    district = " ".join(news.district.split())  # a line break would end the subject
    status = f"Sync status: {news.status.value}"
    footer = (
        f"{news.product} sends this to the administrators and specialists of {district}. Times are"
        f" {news.zone.key}."
    )
    page = f"All syncs and their reports:\n{news.page}"
    return Letter(f"{district}: {title}", "\n\n".join([*said, status, page, footer]) + "\n")


def _failed(news: News) -> tuple[str, list[str]]:
    reason, solution = _why(news)
    if news.applied_at is None:
        roster = "There is no roster yet."
    else:
        roster = f"The roster of {_when(news, news.applied_at)} stays in use."
    return f"{_which(news)} did not go through", [
        f"{_first_up(_which(news))} did not go through. Nothing was changed. {roster}",
        f"Why: {reason}.",
        f"What to do: {solution}",
    ]


def _why(news: News) -> tuple[str, str]:
    """The reason, and what to do about it."""
    reason = news.reason or ""
    if news.held is not None:
        return f"the delivery {reason}", _DECIDE
    return reason, news.solution or _ASK


def _held(news: News) -> tuple[str, list[str]]:
    held = news.held or {}
    removals = _counted(sum(held.values()), "removal", "removals")
    kinds = _listed(
        [_counted(held[table], *words) for table, words in _KINDS.items() if table in held]
    )
    return f"{_which(news)} held back {removals}", [
        f"{_first_up(_which(news))} went through, but far more would have been removed than usual."
        f" Not removed, until somebody decides: {kinds}. All else was applied."
        f" The reports list {_counted(news.failures, 'error', 'errors')}.",
        f"What to do: {_DECIDE_REMOVALS}",
    ]


def _late(news: News) -> tuple[str, list[str]]:
    has = "is still running" if news.status == SyncStatus.RUNNING else "has not started yet"
    roster = "There is no roster yet."
    if news.applied_at is not None:
        roster = f"Until then the roster of {_when(news, news.applied_at)} stays in use."
    by = f" by {_when(news, news.ready_by)}" if news.ready_by else ""
    return "the roster is not ready yet", [
        f"The roster was to be ready{by}, and is not: {_which(news)} {has}. {roster}",
        f"What to do: {_WAIT}",
    ]


def _which(news: News) -> str:
    return "last night's sync" if news.nightly else "a sync"


def _when(news: News, moment: datetime) -> str:
    return formatted(moment.astimezone(news.zone), "l, F j, Y, P")


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _listed(parts: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def _first_up(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
