"""A single record is asked for again: whether tonight's sync will take it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from firstbell.jobs.again import queue_record
from firstbell.oneroster.dictionary import FEED_TABLES, Version
from firstbell.store.findings import Asked, FindingSeen, findings_of
from firstbell.store.history import sync_of, sync_row
from firstbell.store.latest import latest_of
from firstbell.store.models import RecordOutcome
from firstbell.store.record_checks import (
    RecordAnswer,
    RecordCheckSeen,
    TooOften,
    record_check_of,
)
from firstbell.store.scope import DistrictSeen
from firstbell.web.apis import asked_again, called
from firstbell.web.listed import listed
from firstbell.web.looking import told_findings
from firstbell.web.manage import manage
from firstbell.web.moments import at, day_and_time
from firstbell.web.pages import MOST
from firstbell.web.progress import STOP
from firstbell.web.scoped import of_district, person_of
from firstbell.web.told import ToldFinding, told_finding

#: What came of it, in a sentence.
_SAID: dict[RecordOutcome, "str | Promise"] = {
    RecordOutcome.ACCEPTED: gettext_lazy(
        "%(source)s was asked at %(when)s: tonight’s sync will take it."
    ),
    RecordOutcome.FAILED: gettext_lazy("%(source)s was asked at %(when)s, and it still fails."),
    RecordOutcome.SKIPPED: gettext_lazy(
        "%(source)s was asked at %(when)s. Tonight’s sync leaves it out: %(reason)s."
    ),
    RecordOutcome.REMOVED: gettext_lazy(
        "%(source)s was asked at %(when)s, and marks it as deleted. Tonight’s sync leaves it out."
    ),
    RecordOutcome.GONE: gettext_lazy(
        "%(source)s was asked at %(when)s, and does not have it any more, or does not share it"
        " (404). Tonight’s sync leaves it out."
    ),
    RecordOutcome.UNKNOWN: gettext_lazy("Asked at %(when)s, without an answer: %(reason)s."),
}
#: The same when it breaks a single rule.
_FAILS = gettext_lazy("%(source)s was asked at %(when)s, and it still fails: %(reason)s.")
#: The mark beside it.
_MARKS = {
    RecordOutcome.ACCEPTED: "completed",
    RecordOutcome.FAILED: "errors",
    RecordOutcome.SKIPPED: "never",
    RecordOutcome.REMOVED: "removed",
    RecordOutcome.GONE: "removed",
    RecordOutcome.UNKNOWN: "failed",
}


@dataclass(frozen=True, slots=True)
class ToldAnswer:
    """What came of asking for a record, in the words of its page."""

    mark: str
    #: In a sentence.
    said: str
    #: What is to be done about it, when that is not said with its findings; may be empty.
    solution: str
    #: The only failure; its message is said already.
    alone: ToldFinding | None
    #: All others.
    findings: Sequence[ToldFinding]


class RecordForm(forms.Form):
    """Which record is asked for."""

    sync = forms.IntegerField(min_value=1, max_value=2**62)
    table = forms.ChoiceField(choices=[(table, table) for table in FEED_TABLES])
    id = forms.CharField(strip=False, max_length=255)


@require_POST
@of_district
def check_record(request: HttpRequest, district: DistrictSeen) -> HttpResponse:
    """Has the district's source asked for a record, and leads to what comes of it."""
    form = RecordForm(request.POST)
    sync = sync_row(district, form.cleaned_data["sync"]) if form.is_valid() else None
    source = asked_again(latest_of(district), sync) if sync else ""
    if sync is None or not source:
        return redirect("sync_reports", district.slug)
    try:
        check = queue_record(
            district=district.pk,
            sync=sync.pk,
            table=form.cleaned_data["table"],
            sourced_id=form.cleaned_data["id"],
            source=source,
            who=person_of(request).called,
        )
    except TooOften:
        return render(request, "429.html", status=429)
    return redirect("record_check", district.slug, check.pk)


@require_safe
@of_district
def record_check(request: HttpRequest, district: DistrictSeen, asked: int) -> HttpResponse:
    """What came of asking for a record; the page asks for itself until there is an answer."""
    found = record_check_of(district, asked)
    seen = sync_of(district, found.sync, alone=True) if found else None
    if found is None or seen is None:
        raise Http404
    is_piece = bool(request.headers.get("HX-Request"))
    if is_piece and found.answer is None and not found.is_lost:
        return HttpResponse(status=204)
    latest = latest_of(district)
    before = findings_of(seen, Asked(found.table, record=found.sourced_id), most=MOST) or []
    is_same = found.answer and _codes(before) == {one["code"] for one in found.answer.said}
    ended = latest.ended.completed_at if latest.ended else None
    context = {
        "row": listed(seen.row),
        "check": found,
        "source": called(found.source),
        "answer": _told(found, found.answer) if found.answer else None,
        "is_old": bool(ended and found.answered_at and found.answered_at < ended),
        "found": told_findings([] if is_same else before, seen, latest),
        "may_ask": asked_again(latest, seen.row),
    }
    status = STOP if is_piece else 200
    return manage(request, district, "record_check.html", context, latest=latest, status=status)


def _codes(findings: Sequence[FindingSeen]) -> set[str]:
    return {one.code for one in findings}


def _told(check: RecordCheckSeen, answer: RecordAnswer) -> ToldAnswer:
    today = timezone.localtime(check.asked_at).date() == timezone.localdate()
    when = at(check.asked_at) if today else day_and_time(check.asked_at)
    names = {"source": called(check.source), "when": when, "reason": answer.reason}
    said, findings = _SAID[answer.outcome], [_finding(check, answer, one) for one in answer.said]
    alone = findings[0] if answer.outcome is RecordOutcome.FAILED and len(findings) == 1 else None
    if alone:
        said, names["reason"], findings = _FAILS, alone.finding.message, []
    return ToldAnswer(_MARKS[answer.outcome], said % names, answer.solution, alone, findings)


def _finding(check: RecordCheckSeen, answer: RecordAnswer, said: Mapping[str, str]) -> ToldFinding:
    finding = FindingSeen(check.table, None, check.sourced_id, **said, value=None, has_row=False)
    return told_finding(finding, Version(answer.version or Version.V1_1), check.source)
