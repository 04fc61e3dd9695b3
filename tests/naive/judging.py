"""Every record judged, parents before children (§3)."""

from .delivery import Feed
from .enrolling import judge_enrollments_alone, judge_enrollments_finally
from .holding import hold, warn_of_absence
from .people import judge_users
from .places import judge_courses, judge_orgs, judge_sessions
from .records import build_records
from .roles import give_roles
from .standard import TABLES
from .teaching import check_primary_teachers, judge_classes
from .words import Roster


def judge(roster: Roster, feed: Feed) -> None:
    """Judge every record; what is active in the system is held where it must be (§1, §3)."""
    build_records(roster, feed)
    if "roles" in feed.sheets:
        give_roles(roster, feed.sheets["roles"])
    judge_orgs(roster)
    hold(roster, "orgs")
    if "academicSessions" in roster.records:
        judge_sessions(roster)
        hold(roster, "academicSessions")
    if "courses" in roster.records:
        judge_courses(roster)
        hold(roster, "courses")
    judge_users(roster)
    hold(roster, "users")
    judge_enrollments_alone(roster)
    judge_classes(roster)
    hold(roster, "classes")
    judge_enrollments_finally(roster)
    hold(roster, "enrollments")
    check_primary_teachers(roster)
    warn_of_absence(roster)


def count_outcomes(roster: Roster) -> dict[str, dict[str, int]]:
    """Count what became of the records of each table of the feed (§9)."""
    tables: dict[str, dict[str, int]] = {}
    for table in TABLES:
        if table not in roster.records:
            continue
        counts = {"read": 0, "accepted": 0, "failed": 0, "skipped": 0, "removed": 0}
        for record in roster.records[table]:
            counts["read"] += 1
            counts[record.outcome] += 1
        tables[table] = counts
    return tables


def list_outcomes(roster: Roster) -> dict[str, list[tuple[int | None, str, str]]]:
    """Give row, sourcedId and outcome of every record, those without a row last (§8)."""
    tables: dict[str, list[tuple[int | None, str, str]]] = {}
    for table in TABLES:
        if table in roster.records:
            rows = [(r.row, r.sourced_id, r.outcome) for r in roster.records[table]]
            tables[table] = sorted(rows, key=lambda row: (row[0] is None, row[0] or 0, *row[1:]))
    return tables
