"""The four sync reports: what was not created, and must be fixed. What a sync means §8."""

from collections.abc import Iterator
from pathlib import Path

from firstbell.engine.result import SyncResult
from firstbell.feed.database import count, quoted, text
from firstbell.reports.csv_file import CsvFile, cell_sql, line_sql, stream, write_lines

#: The tables that have a report, in the order in which reports are listed.
REPORTED_TABLES = ("users", "classes", "orgs", "enrollments")

HEADER = ("SourcedId", "Field", "Status", "Error Message")

#: The fields of an enrollment that name whom a failure concerns.
_CONCERNED = ("userSourcedId", "classSourcedId", "schoolSourcedId")


def name_of(table: str) -> str:
    """The file name of a table's sync report.

    >>> name_of("users")
    'users_sync_report.csv'
    """
    return f"{table}_sync_report.csv"


def write_sync_reports(result: SyncResult, out: Path) -> Iterator[CsvFile]:
    """Writes the sync report of each table that has a failure."""
    for table in REPORTED_TABLES:
        failures = f"FROM findings WHERE tab = {text(table)} AND severity = 'failure'"
        if count(result.database, f"SELECT count(*) {failures}"):
            blocks = stream(result.database, _query(table))
            lines = ([line for (line,) in rows] for rows in blocks)
            yield write_lines(out / name_of(table), HEADER, lines)


def _query(table: str) -> str:
    """A row a failure, by row, Field and Error Message; rows alike only once, at the first."""
    concerned, join = "f.sourcedId", ""
    if table == "enrollments":
        concerned = f"coalesce({_whom_it_concerns()}, f.sourcedId)"
        join = "LEFT JOIN rows_enrollments AS r ON r.rowid = f.pos"
    return f"""
        SELECT {line_sql(["id", "field", "'Failure'", "message"])}
        FROM (
            SELECT {cell_sql(concerned)} AS id, {cell_sql("f.field")} AS field, f.row,
                   {cell_sql("coalesce(f.message, m.message)")} AS message
            FROM findings AS f
            LEFT JOIN messages AS m USING (code)
            {join}
            WHERE f.tab = {text(table)} AND f.severity = 'failure'
        )
        GROUP BY id, field, message
        ORDER BY min(row) NULLS LAST, field, message, id NULLS FIRST
    """


def _whom_it_concerns() -> str:
    """An expression: the id in the column that the field names, else the user's."""
    fields = " ".join(f"WHEN {text(name)} THEN r.{quoted(name)}" for name in _CONCERNED)
    cell = f'CASE f.field {fields} ELSE r."userSourcedId" END'
    return f"CASE WHEN NOT contains({cell}, chr(0)) THEN {cell} END"
