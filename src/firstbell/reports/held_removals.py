"""held_removals.csv: what would have gone, and stays until a person decides. What a sync means §6."""

from pathlib import Path

from firstbell.engine.night import Night
from firstbell.oneroster.dictionary import FEED_TABLES
from firstbell.reports.csv_file import CsvFile, cell_sql, line_sql, stream, write_lines

NAME = "held_removals.csv"

HEADER = ("File", "SourcedId", "Reason")

_QUERY = f"""
    SELECT {line_sql(["tab || '.csv'", cell_sql("id"), "reason"])} FROM held_removals
    ORDER BY list_position({list(FEED_TABLES)}, tab), id
"""


def write_held_removals(night: Night, out: Path) -> list[CsvFile]:
    """Writes the removals that the guard holds back, when it holds some."""
    if not (night.decision and night.decision.held):
        return []
    rows = stream(night.result.database, _QUERY)
    return [write_lines(out / NAME, HEADER, ([line for (line,) in block] for block in rows))]
