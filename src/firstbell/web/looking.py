"""The pages that look closer at a sync or a check: its findings, one row as it was read, its changes."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from firstbell.oneroster.dictionary import FEED_TABLES, Version
from firstbell.reports.order import kept
from firstbell.store.changes import changes_of
from firstbell.store.checked import check_of
from firstbell.store.findings import Asked, FindingSeen, findings_of, schools_of
from firstbell.store.history import SyncSeen, sync_of
from firstbell.store.latest import Latest, latest_of
from firstbell.store.rows import row_of
from firstbell.store.scope import DistrictSeen
from firstbell.web.apis import asked_again
from firstbell.web.changed import told_change
from firstbell.web.listed import listed
from firstbell.web.manage import manage
from firstbell.web.pages import MOST, after_first_of, page_of
from firstbell.web.scoped import of_district
from firstbell.web.seeking import ChangesForm, FindingsForm
from firstbell.web.told import ToldFinding, told_finding

#: PostgreSQL's and DuckDB's numbers go no further.
_MOST_ROWS = 2**63 - 1


@require_safe
@of_district
def findings(request: HttpRequest, district: DistrictSeen, sync: int) -> HttpResponse:
    """All that a sync found, with how to fix it, a page at a time."""
    seen, latest = _seen(district, sync), latest_of(district)
    context = _findings(request, seen, latest.source_of(seen.row))
    context["may_ask"] = asked_again(latest, seen.row)
    return manage(request, district, "findings.html", context, latest=latest)


@require_safe
@of_district
def check_findings(request: HttpRequest, district: DistrictSeen, check: int) -> HttpResponse:
    """The same of a check: what a sync of its files would find."""
    found = check_of(district, check)
    if found is None:
        raise Http404
    latest = latest_of(district)
    source = (found.tried or latest.source) if found.from_source else None
    context = {**_findings(request, found.seen, source), "of_check": True}
    return manage(request, district, "findings.html", context, tab="upload", latest=latest)


def _findings(request: HttpRequest, seen: SyncSeen, source: str | None) -> dict[str, Any]:
    version = Version(seen.version or Version.V1_1)
    computed = kept(seen.folder)
    causes = [one for one in computed.causes.shown if one.findings] if computed else ()
    form = FindingsForm(request.GET, seen.codes, version, schools_of(seen), causes)
    rows = None
    if asked := form.asked:
        rows = findings_of(seen, asked, most=MOST + 1, after_first=after_first_of(request))
    return {
        "row": listed(seen.row),
        "form": form,
        "page": page_of(request, [told_finding(one, version, source) for one in rows or ()]),
        "total": None if form.is_set else sum(seen.findings.values()),
        "gone": asked is not None and rows is None,
    }


@require_safe
@of_district
def record(
    request: HttpRequest, district: DistrictSeen, sync: int, table: str, row: int
) -> HttpResponse:
    """One row of a file as a sync has read it, from what it found there."""
    seen = _seen(district, sync)
    if table not in FEED_TABLES or row > _MOST_ROWS:
        raise Http404
    cells, latest = row_of(seen, table, row), latest_of(district)
    found = findings_of(seen, Asked(table, row=row), most=MOST) if cells else ()
    context = {
        "row": listed(seen.row),
        "table": table,
        "number": row,
        "cells": cells,
        "found": told_findings(found or (), seen, latest),
        "sourced_id": dict(cells or ()).get("sourcedId"),
        "may_ask": asked_again(latest, seen.row),
    }
    return manage(request, district, "record.html", context, latest=latest)


@require_safe
@of_district
def changes(request: HttpRequest, district: DistrictSeen, sync: int) -> HttpResponse:
    """All that a sync has changed in the roster, a page at a time."""
    seen = _seen(district, sync)
    form = ChangesForm(request.GET)
    rows = None
    if asked := form.asked:
        rows = changes_of(seen, asked, most=MOST + 1, after_first=after_first_of(request))
    context = {
        "row": listed(seen.row),
        "form": form,
        "page": page_of(request, [told_change(one, seen.source) for one in rows or ()]),
        "gone": asked is not None and rows is None,
    }
    return manage(request, district, "changes.html", context)


def told_findings(
    found: Sequence[FindingSeen], seen: SyncSeen, latest: Latest
) -> list[ToldFinding]:
    """Puts findings of a sync into the words of its pages.

    Args:
        found: by the sync.
        seen: the sync.
        latest: how its district stands.
    """
    version, source = Version(seen.version or Version.V1_1), latest.source_of(seen.row)
    return [told_finding(one, version, source) for one in found]


def _seen(district: DistrictSeen, sync: int) -> SyncSeen:
    seen = sync_of(district, sync, alone=True)
    if seen is None:
        raise Http404
    return seen
