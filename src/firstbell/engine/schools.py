"""The schools of a feed, and how much it has of each: for those who decide which come in."""

from pathlib import Path

from firstbell.engine.lists import several_orgs
from firstbell.engine.result import SyncResult
from firstbell.feed.database import text

#: Beside the feed, until the sync has ended.
NAME = "schools.parquet"


def write_schools(result: SyncResult, folder: Path) -> None:
    """Writes the schools of a feed, with their students, staff, classes and enrollments.

    What is removed or out of scope is not counted, whatever was decided for the school.

    Args:
        result: what came of the sync.
        folder: of the sync.
    """
    several = several_orgs(result.version)
    result.database.execute(f"""
        COPY (
            WITH named AS (
                SELECT r.pos, r."orgSourcedIds" AS id, r."role" FROM records_users AS r
                WHERE r."orgSourcedIds" IS NOT NULL AND NOT {several}
                UNION ALL
                SELECT s.pos, s.id, r."role" FROM several_users AS s JOIN records_users AS r USING (pos)
            ), people AS (
                SELECT id, count(DISTINCT pos) FILTER ("role" = 'student') AS students,
                       count(DISTINCT pos) FILTER ("role" <> 'student') AS staff
                FROM named ANTI JOIN {_left_out("users")} AS gone USING (pos) GROUP BY id
            ), taught AS ({_by_school("classes")}), enrolled AS ({_by_school("enrollments")})
            SELECT o.id AS sourced_id, o.name, coalesce(students, 0) AS students,
                   coalesce(staff, 0) AS staff, coalesce(taught.number, 0) AS classes,
                   coalesce(enrolled.number, 0) AS enrollments
            FROM (
                SELECT "sourcedId" AS id, coalesce(any_value("name"), '') AS name
                FROM records_orgs ANTI JOIN {_left_out("orgs")} AS gone USING (pos)
                WHERE "type" = 'school' AND "sourcedId" IS NOT NULL GROUP BY "sourcedId"
            ) AS o
            LEFT JOIN people USING (id) LEFT JOIN taught USING (id) LEFT JOIN enrolled USING (id)
        ) TO {text(str(folder / NAME))} (FORMAT parquet)
    """)


def _left_out(table: str) -> str:
    """The records of a table that do not come in, and not because of their school."""
    return (
        f"(SELECT pos FROM judged WHERE tab = {text(table)} AND pos IS NOT NULL AND (outcome ="
        " 'removed' OR outcome = 'skipped' AND NOT coalesce(starts_with(origin, 'orgs.csv:'), false)))"
    )


def _by_school(table: str) -> str:
    return (
        f'SELECT "schoolSourcedId" AS id, count(*) AS number FROM records_{table}'
        f' ANTI JOIN {_left_out(table)} AS gone USING (pos) GROUP BY "schoolSourcedId"'
    )
