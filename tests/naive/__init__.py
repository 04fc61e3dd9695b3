"""The naive reading: `firstbell check` once more, as loops over dicts, straight from the contract.

It shares no code with the project, so that the two can be compared with one another.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from .causes import faults_of_the_export
from .delivery import Failed, Told, read_feed
from .judging import count_outcomes, judge, list_outcomes
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
    outcomes: dict[str, list[tuple[int | None, str, str]]] = field(default_factory=dict)
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
    told = Told()
    try:
        feed = read_feed(files, told)
    except Failed as failed:
        return Naive("Failed", told.version, str(failed))
    roster = Roster(
        *(feed.version, as_of, onboarded, never, product),
        feed_level=feed.said,
        from_api=feed.from_api,
    )
    judge(roster, feed)
    result = Naive("Completed", feed.version, None)
    result.findings = all_findings(roster, faults_of_the_export(roster))
    result.reports = all_reports(roster)
    if any(finding.severity == "failure" for finding in result.findings):
        result.status = "Completed with Errors"
    result.tables = count_outcomes(roster)
    result.outcomes = list_outcomes(roster)
    return result
