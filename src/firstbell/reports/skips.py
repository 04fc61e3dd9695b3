"""Why records were left out without an error, so that an empty roster is never a riddle.

What a sync means §3 and §4, the rules marked *skip*.
"""

from collections.abc import Iterator

from firstbell.engine.result import SyncResult
from firstbell.oneroster.dictionary import FEED_TABLES
from firstbell.reports.counting import counted, noun

#: What is said of records that a rule left out: of one, and of several.
_OWN = {
    "classes.ended": ("{of} ended before {day}", "{of} ended before {day}"),
    "enrollments.ended": ("{of} ended before {day}", "{of} ended before {day}"),
    "users.not_enabled": ("{n} is not enabled", "{n} are not enabled"),
    "users.role_out_of_scope": (
        "{n} is neither student, teacher nor administrator",
        "{n} are neither student, teacher nor administrator",
    ),
    "users.roles_ended": (
        "{n} left out: all roles have ended or been removed",
        "{n} left out: all their roles have ended or been removed",
    ),
    "enrollments.role_out_of_scope": (
        "{n} has a role that is not taken in",
        "{n} have a role that is not taken in",
    ),
    "orgs.never": ("{n} is marked never", "{n} are marked never"),
}

#: What is asked when no class is left.
_EARLIER_YEAR = "is this the export of an earlier year?"

#: What is said of terms and courses that cannot be used, by what the code ends in.
_UNUSABLE = {
    "row_unreadable": ("its row cannot be read", "their rows cannot be read"),
    "sourced_id_required": ("it has no sourcedId", "they have no sourcedId"),
    "sourced_id_not_allowed": (
        "its sourcedId is too long or has a control character",
        "their sourcedIds are too long or have a control character",
    ),
    "sourced_id_conflict": (
        "rows with its sourcedId differ",
        "rows with the same sourcedId differ",
    ),
}

#: What is said of records that were left out with a parent, by what left the parent out.
_WITH_PARENT = {
    "orgs.not_onboarded": "{whose} school is not onboarded",
    "orgs.never": "{whose} school is marked never",
    "orgs.removed": "{whose} school is removed in the SIS",
    "users.not_enabled": "{whose} user is not enabled",
    "users.role_out_of_scope": "{whose} user is neither student, teacher nor administrator",
    "users.roles_ended": "all roles of {whose} user have ended or been removed",
    "users.removed": "{whose} user is removed in the SIS",
    "classes.ended": "{whose} class has ended",
    "classes.removed": "{whose} class is removed in the SIS",
}


def explain_skips(result: SyncResult) -> tuple[str, ...]:
    """One sentence without a full stop for each reason why records were left out.

    `2 of 2 classes ended before 2026-11-24`, `12 users left out: their school is not onboarded`.
    """
    return tuple(_sentences(result))


def _sentences(result: SyncResult) -> Iterator[str]:
    places = list(FEED_TABLES)
    found = result.database.execute(
        """
        SELECT tab, CASE WHEN code = 'left_with_parent' THEN split_part(origin, ':', -1)
                         ELSE code END AS reason,
               CASE WHEN code = 'left_with_parent' THEN split_part(origin, '.csv:', 1) END AS parent,
               count(*) AS n
        FROM judged WHERE outcome IN ('skipped', 'removed')
        GROUP BY tab, reason, parent
        ORDER BY list_position(?::VARCHAR[], tab), n DESC, reason, parent
        """,
        [places],
    ).fetchall()
    for table, reason, parent, number in found:
        if parent is not None:
            yield _left_with_parent(table, reason, parent, number)
        elif reason == "removed":
            yield f"{counted(number, table)} {'is' if number == 1 else 'are'} removed in the SIS"
        else:
            yield _left_out(result, table, reason, number)


def _left_with_parent(table: str, reason: str, parent: str, number: int) -> str:
    code = f"{parent}.removed" if reason == "removed" else reason
    because = _WITH_PARENT[code].format(whose="its" if number == 1 else "their")
    return f"{counted(number, table)} left out: {because}"


def _left_out(result: SyncResult, table: str, code: str, number: int) -> str:
    one, several = _OWN.get(code) or _cannot_be_used(code)
    read = result.counts[table].read
    things = counted(number, table)
    if table == "orgs":
        things = f"{number:,} {'school' if number == 1 else 'schools'}"
    said = (one if number == 1 else several).format(
        n=things, of=f"{number:,} of {read:,} {noun(read, table)}", day=result.policy.as_of
    )
    return f"{said}: {_EARLIER_YEAR}" if code == "classes.ended" and number == read else said


def _cannot_be_used(code: str) -> tuple[str, str]:
    one, several = _UNUSABLE[code.split(".")[1]]
    return "{n} left out: " + one, "{n} left out: " + several
