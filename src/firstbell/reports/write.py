"""Writes all reports of a sync into a folder, in place of those of an earlier one."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from firstbell.engine.result import SyncResult
from firstbell.oneroster.dictionary import FEED_TABLES
from firstbell.reports import findings, held_removals, summary, sync_reports, to_fix
from firstbell.reports.summary import Summary, Synced

#: Every file name that a report may have; no other file in the folder is ever touched.
NAMES = (
    *(sync_reports.name_of(table) for table in sync_reports.REPORTED_TABLES),
    *(to_fix.name_of(table) for table in FEED_TABLES),
    findings.NAME,
    held_removals.NAME,
    summary.NAME,
)


@dataclass(frozen=True, slots=True)
class Written:
    """The reports that were written."""

    summary: Summary
    #: All of them, in the order in which people look at them.
    files: tuple[Path, ...]
    #: How many rows those that are CSV files have, by file name.
    rows: Mapping[str, int]


def write_reports(result: SyncResult, out: Path, synced: Synced | None = None) -> Written:
    """Writes the reports of a sync that was not refused; they appear when all are complete.

    Args:
        result: what came of the sync.
        out: a folder, made if need be. Reports of an earlier run in it are replaced.
        synced: what the sync changes; None for a check.

    Raises:
        OSError: The folder or a file in it cannot be written.
    """
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".firstbell-", dir=out) as folder:
        made = Path(folder)
        reports = tuple(sync_reports.write_sync_reports(result, made))
        rows_to_fix = tuple(to_fix.write_rows_to_fix(result, made))
        everything = findings.write_findings(result, made)
        if synced:
            reports += tuple(held_removals.write_held_removals(synced.night, made))
        summed_up = summary.summary_of(result, [report.path.name for report in reports], synced)
        tables = (*reports, *rows_to_fix, everything)
        files = (*(one.path for one in tables), summary.write_summary(summed_up, made))
        remove_reports(out)
        for file in files:
            file.replace(out / file.name)
    rows = {one.path.name: one.rows for one in tables}
    return Written(summed_up, tuple(out / file.name for file in files), rows)


def remove_reports(out: Path) -> None:
    """Removes the reports of an earlier run from a folder, and nothing else.

    Raises:
        OSError: A file cannot be removed; on Windows, for a program holds it open.
    """
    errors: list[OSError] = []
    for name in reversed(NAMES):
        try:
            (out / name).unlink(missing_ok=True)
        except NotADirectoryError:
            return
        except OSError as error:
            errors.append(error)
    if errors:
        raise errors[0]
