"""The naive reading: `firstbell check` once more, as loops over dicts, straight from the contract.

It shares no code with the project, so that the two can be compared with one another.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from .causes import faults_of_the_export
from .delivery import Failed, Feed, read_feed
from .enrolling import judge_enrollments_alone, judge_enrollments_finally
from .people import judge_users
from .places import judge_courses, judge_orgs, judge_sessions
from .records import build_records
from .roles import give_roles
from .standard import TABLES
from .teaching import check_primary_teachers, judge_classes
from .words import Finding, Roster
from .writing import all_findings, all_reports

__all__ = ["Finding", "Naive", "check"]


@dataclass
class Naive:
    """What a check comes to (§8, §9)."""

    status: str
    version: str | None
    failed_because: str | None
    tables: dict[str, dict[str, int]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    outcomes: dict[str, list[tuple[int, str, str]]] = field(default_factory=dict)
    reports: dict[str, bytes] = field(default_factory=dict)


def check(
    files: Mapping[str, bytes],
    *,
    as_of: date,
    onboarded: set[str] | None = None,
    never: frozenset[str] = frozenset(),
    product: str = "First Bell",
) -> Naive:
    """Check a first delivery as a careful person would by hand (§2 to §5, §8, §9)."""
    version: list[str] = []
    try:
        feed = read_feed(files, version)
    except Failed as failed:
        return Naive("Failed", version[0] if version else None, str(failed))
    roster = Roster(feed.version, as_of, onboarded, never, product, feed_level=feed.said)
    _judge(roster, feed)
    result = Naive("Completed", feed.version, None)
    result.findings = all_findings(roster, faults_of_the_export(roster))
    result.reports = all_reports(roster)
    if any(finding.severity == "failure" for finding in result.findings):
        result.status = "Completed with Errors"
    for table in TABLES:
        if table not in roster.records:
            continue
        counts = {"read": 0, "accepted": 0, "failed": 0, "skipped": 0, "removed": 0}
        rows: list[tuple[int, str, str]] = []
        for record in roster.records[table]:
            counts["read"] += 1
            counts[record.outcome] += 1
            rows.append((record.row, record.sourced_id, record.outcome))
        result.tables[table] = counts
        result.outcomes[table] = rows
    return result


def _judge(roster: Roster, feed: Feed) -> None:
    """Judge every record, parents before children (§3)."""
    build_records(roster, feed)
    if "roles" in feed.sheets:
        give_roles(roster, feed.sheets["roles"])
    judge_orgs(roster)
    if "academicSessions" in roster.records:
        judge_sessions(roster)
    if "courses" in roster.records:
        judge_courses(roster)
    judge_users(roster)
    judge_enrollments_alone(roster)
    judge_classes(roster)
    judge_enrollments_finally(roster)
    check_primary_teachers(roster)
