"""A district in memory, and what each night makes of it (§6 to §9)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from ..carrying import LastFeed, carried
from ..causes import faults_of_the_export
from ..delivery import Failed, Feed, Told, read_feed
from ..holding import Key, is_failed, keeps_its_parents
from ..judging import count_outcomes, judge, list_outcomes
from ..standard import TABLES
from ..words import Finding, Roster
from ..writing import all_findings, all_reports, csv_cell, report_bytes
from .exporting import export
from .guarding import Guarded, Limits, Verdict, guard
from .planning import (
    CREATED,
    DEACTIVATED,
    REACTIVATED,
    UPDATED,
    Event,
    Object,
    Objects,
    Plan,
    active_values,
    make_plan,
)

DEFAULT_LIMITS = Limits()


@dataclass
class Night:
    """What one sync comes to (§8, §9). Of one that Failed there is nothing but the reason."""

    number: int
    status: str
    version: str | None
    reason: str | None = None  # its kind: `missing_file:users.csv`, or `guard`
    refused_for: list[str] = field(default_factory=list)  # `replacement:users`, `nothing:classes`
    tables: dict[str, dict[str, int]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    outcomes: dict[str, list[tuple[int | None, str, str]]] = field(default_factory=dict)
    reports: dict[str, bytes] = field(default_factory=dict)
    changes: dict[str, dict[str, int]] = field(default_factory=dict)
    events: dict[Key, Event] = field(default_factory=dict)  # what was done to each object
    held: set[Key] = field(default_factory=set)  # failed records whose objects stay (§1)
    held_removals: list[tuple[str, str, str]] = field(default_factory=list)  # file, id, reason
    guarded: dict[str, Guarded] = field(default_factory=dict)  # what the guard saw, if it looked


@dataclass
class District:
    """A district: which schools take part, the last feed, and the objects in the system."""

    onboarded: set[str] | None = None
    never: set[str] = field(default_factory=set)
    product: str = "First Bell"
    objects: Objects = field(default_factory=dict)
    last: LastFeed = field(default_factory=LastFeed)
    version: str = "1.1"  # of the last feed
    from_api: bool = False  # the last feed
    nights: list[Night] = field(default_factory=list)

    def night(
        self, files: Mapping[str, bytes], as_of: date, limits: Limits = DEFAULT_LIMITS
    ) -> Night:
        """Sync a delivery (§2 to §7)."""
        told = Told()
        try:
            feed = read_feed(files, told, self.last)
        except Failed as failed:
            self.last.lost |= told.deltas
            return self._add(Night(self._number(), "Failed", told.version, str(failed)))
        self.last = LastFeed(feed.sheets, self.last.lost - feed.bulks)
        self.version, self.from_api = feed.version, feed.from_api
        return self._sync(feed, as_of, limits)

    def apply_anyway(self, as_of: date) -> Night:
        """Sync the feed of the newest sync, which was held or refused, unguarded (§6).

        Nothing is delivered, so that no row has a number, and nothing is said about files.
        """
        if not self.nights or not (self.nights[-1].held_removals or self.nights[-1].refused_for):
            raise ValueError("the newest sync is neither held nor refused")
        sheets = {table: carried(sheet) for table, sheet in self.last.sheets.items()}
        return self._sync(Feed(self.version, sheets, from_api=self.from_api), as_of, None)

    def export(self) -> dict[str, bytes]:
        """Give what is active as a OneRoster 1.1 package (§9)."""
        return export(active_values(self.objects))

    def _number(self) -> int:
        return len(self.nights) + 1

    def _add(self, night: Night) -> Night:
        self.nights.append(night)
        return night

    def _sync(self, feed: Feed, as_of: date, limits: Limits | None) -> Night:
        """Judge, compare, guard, apply."""
        roster = Roster(
            *(feed.version, as_of, self.onboarded, frozenset(self.never), self.product),
            feed_level=list(feed.said),
            active=active_values(self.objects),
            from_api=feed.from_api,
        )
        judge(roster, feed)
        plan = make_plan(roster, self.objects)
        verdict = Verdict({})
        # The first sync of a district is the first that was not Failed (§6).
        if limits is not None and any(night.status != "Failed" for night in self.nights):
            verdict = guard(roster, self.objects, plan, limits)
        night = Night(self._number(), "Completed", feed.version, guarded=verdict.tables)
        if verdict.refused_for:
            night.status, night.reason = "Failed", "guard"
            night.refused_for = verdict.refused_for
            return self._add(night)
        _hold_back(roster, plan, verdict.held)
        self._apply(plan, night.number)
        _tell(night, roster, plan, verdict.held)
        return self._add(night)

    def _apply(self, plan: Plan, number: int) -> None:
        """Change the objects as planned (§7)."""
        for key, event in plan.events.items():
            if event.kind == CREATED:
                self.objects[key] = Object(plan.accepted[key], created_by=number)
                continue
            known = self.objects[key]
            known.active = event.kind != DEACTIVATED
            if known.active:
                known.values = plan.accepted[key]


def _hold_back(roster: Roster, plan: Plan, held: set[Key]) -> None:
    """Take the removals that the guard holds back out of the plan (§6).

    A failed record goes only with its parents (§1): when these are held back, it stays as well.
    """
    for key in held:
        del plan.events[key]
    kept = set(held)
    for table in ("users", "classes", "enrollments"):
        for key, event in list(plan.events.items()):
            record = roster.find(*key)
            if key[0] != table or event.kind != DEACTIVATED or record is None:
                continue
            if is_failed(record) and keeps_its_parents(roster, key, kept):
                record.held = roster.active[table][key[1]]
                kept.add(key)
                del plan.events[key]


def _tell(night: Night, roster: Roster, plan: Plan, held: set[Key]) -> None:
    """Tell what was found and done (§8, §9)."""
    night.findings = all_findings(roster, faults_of_the_export(roster))
    night.reports = all_reports(roster)
    night.tables = count_outcomes(roster)
    night.outcomes = list_outcomes(roster)
    night.events = plan.events
    for table in night.tables:
        kinds = [event.kind for key, event in plan.events.items() if key[0] == table]
        night.changes[table] = {
            kind: kinds.count(kind) for kind in (CREATED, UPDATED, DEACTIVATED, REACTIVATED)
        }
    for table, records in roster.by_id.items():
        night.held |= {(table, id_) for id_, record in records.items() if record.held is not None}
    # In the order of the tables (§3), then by sourcedId: §8 gives none.
    for table, sourced_id in sorted(held, key=lambda key: (TABLES.index(key[0]), key[1])):
        reason = _reason(roster, (table, sourced_id))
        night.held_removals.append((f"{table}.csv", sourced_id, reason))
    if night.held_removals:
        rows = [("File", "SourcedId", "Reason"), *night.held_removals]
        cells = [[csv_cell(cell) for cell in row] for row in rows]
        night.reports["held_removals.csv"] = report_bytes(cells)
    failed = any(finding.severity == "failure" for finding in night.findings)
    if failed or night.held_removals:
        night.status = "Completed with Errors"


def _reason(roster: Roster, key: Key) -> str:
    """Say why an object would go (§6)."""
    record = roster.find(*key)
    if record is None:
        return "not in the data"
    return "removed by the SIS" if record.outcome == "removed" else "left out"
