"""Help: how the pages are read, and what each rule means. It is the same for every district."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from firstbell.oneroster.dictionary import Version
from firstbell.rules.catalogue import CATALOGUE
from firstbell.rules.identity import UNREADABLE
from firstbell.rules.reading import NOT_DELIVERED
from firstbell.rules.rule import Effect, Rule
from firstbell.rules.shown import shown
from firstbell.web.told import TURNS

#: Texts of rules that say more than one thing, by what the code ends in.
_MESSAGES = {"row_unreadable": UNREADABLE, "not_delivered": NOT_DELIVERED}
_BY_CODE: Mapping[str, Sequence[Rule]] = {
    code: list(same)
    for code, same in groupby(sorted(CATALOGUE, key=lambda rule: rule.code), lambda rule: rule.code)
}


@dataclass(frozen=True, slots=True)
class Text:
    """What a rule says, and in which version of OneRoster when the other one has it differently."""

    text: str
    version: str


@dataclass(frozen=True, slots=True)
class ToldRule:
    """A rule as its page tells it."""

    rule: Rule
    #: How bad it is, as in findings.
    severity: str
    #: What that does to a record.
    effect: str
    #: The versions of OneRoster in which it holds.
    versions: Sequence[Version]
    messages: Sequence[Text]
    solutions: Sequence[Text]
    turn: str
    #: The files that break it: of each its name and the lines to look at.
    files: Sequence[tuple[str, str]]
    onboarded: str
    never: str


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """How the pages are read."""
    return render(request, "help.html", {"product": settings.FIRSTBELL_PRODUCT})


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """All rules, by the file whose records they judge."""
    tables: dict[str, dict[str, tuple[Rule, str]]] = {}
    for rule in CATALOGUE:
        tables.setdefault(rule.table, {}).setdefault(rule.code, (rule, _severity(rule)))
    listed = [(table, list(of_table.values())) for table, of_table in tables.items()]
    return render(request, "rules.html", {"tables": listed})


@require_safe
def rule(request: HttpRequest, code: str) -> HttpResponse:
    """One rule: what it finds and why it matters, who must act and how, and what breaks it."""
    same = _BY_CODE.get(code)
    if same is None:
        raise Http404
    return render(request, "rule.html", {"told": _told(same)})


def _told(same: Sequence[Rule]) -> ToldRule:
    first, example = same[0], same[0].example
    return ToldRule(
        rule=first,
        severity=_severity(first),
        effect=_effect(first),
        versions=sorted({version for one in same for version in one.versions}),
        messages=list(_messages(same)),
        solutions=_in_versions({one.solution: one for one in same}),
        turn=str(TURNS[first.owner]),
        files=list(shown(first)),
        onboarded=", ".join(sorted(example.onboarded or ())),
        never=", ".join(sorted(example.never)),
    )


def _messages(same: Sequence[Rule]) -> Iterator[Text]:
    if several := _MESSAGES.get(same[0].code.split(".")[1]):
        yield from (Text(_filled(one), "") for one in several)
    elif same[0].severity:
        yield from _in_versions({_filled(one.message): one for one in same})


def _in_versions(texts: Mapping[str, Rule]) -> list[Text]:
    differ = len(texts) > 1
    return [Text(text, min(one.versions) if differ else "") for text, one in texts.items()]


def _filled(message: str) -> str:
    return message.replace("{product}", settings.FIRSTBELL_PRODUCT)


def _severity(rule: Rule) -> str:
    return {"failure": _("Failure"), "warning": _("Warning"), "": _("Left out")}[rule.severity]


def _effect(rule: Rule) -> str:
    if rule.effect is Effect.SHUT_OUT:
        return _("The record stays out until it is fixed, and what hangs on it is skipped.")
    return {
        "failure": _("The record stays out until it is fixed."),
        "warning": _("Nobody is kept out; it should be looked at."),
        "": _("The record is out of scope: no error, and no line in a report."),
    }[rule.severity]
