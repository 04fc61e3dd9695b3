"""A check of files that exist only in memory, its outcome in the words of the naive reading."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from firstbell.engine.policy import Policy
from firstbell.engine.result import SyncResult
from firstbell.feed.refusal import Reason, Refused
from firstbell.oneroster.dictionary import FEED_TABLES
from firstbell.reports.check import checked
from firstbell.reports.findings import message_of
from firstbell.reports.sync_reports import write_sync_reports
from tests.naive import Finding

#: Row (None for a row of an earlier feed), sourcedId, outcome.
Outcome = tuple[int | None, str, str]


@dataclass(frozen=True)
class Ours:
    """What a check comes to."""

    status: str
    refused: Reason | None = None
    tables: dict[str, dict[str, int]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    outcomes: dict[str, list[Outcome]] = field(default_factory=dict)
    reports: dict[str, bytes] = field(default_factory=dict)
    #: Codes of the rules that left records out, where the leaving-out began.
    skips: frozenset[str] = frozenset()


def check_files(files: Mapping[str, bytes], policy: Policy) -> Ours:
    """Checks a delivery given as file name → content."""
    with TemporaryDirectory() as folder:
        delivery, out = Path(folder, "delivery"), Path(folder, "out")
        for path in (delivery, out):
            path.mkdir()
        for name, content in files.items():
            (delivery / name).write_bytes(content)
        try:
            with checked(delivery, policy) as result:
                return told(result, out)
        except Refused as refused:
            return Ours("Failed", refused.reason)


def told(result: SyncResult, out: Path) -> Ours:
    """What came of a sync, its reports written to `out`."""
    skips = result.database.execute(
        "SELECT DISTINCT code FROM judged WHERE outcome = 'skipped' AND code LIKE '%.%'"
        " AND code NOT LIKE '%row_unreadable' AND code NOT LIKE '%sourced_id%'"
    ).fetchall()
    return Ours(
        status=result.status.value,
        tables={
            table: {name: getattr(counts, name) for name in counts.__slots__}
            for table, counts in result.counts.items()
        },
        findings=_findings(result),
        outcomes={table: _outcomes(result, table) for table in result.counts},
        reports={one.path.name: one.path.read_bytes() for one in write_sync_reports(result, out)},
        skips=frozenset(code for (code,) in skips),
    )


def _findings(result: SyncResult) -> list[Finding]:
    """All findings in the order of findings.csv."""
    said = [
        Finding(
            *(about.file, None, "", about.field, "warning", about.code),
            *(message_of(about, result.version), "", ""),
        )
        for about in result.said
    ]
    files = [f"{table}.csv" for table in FEED_TABLES]
    said.sort(
        key=lambda f: (
            *((files.index(f.file), "") if f.file in files else (len(files), f.file)),
            *(f.field, f.message, f.code),
        )
    )
    found = result.database.execute(
        "SELECT tab || '.csv', row, coalesce(sourcedId, ''), field, severity, code,"
        " coalesce(f.message, m.message) AS message, coalesce(value, ''), coalesce(cause, '')"
        " FROM findings AS f LEFT JOIN messages AS m USING (code)"
        f" ORDER BY list_position({list(FEED_TABLES)}, tab), row, field, message, code, sourcedId NULLS FIRST"
    ).fetchall()
    return said + [Finding(*cells) for cells in found]


def _outcomes(result: SyncResult, table: str) -> list[Outcome]:
    row = result.files[table].row_number("r.pos")
    return result.database.execute(
        f"SELECT {row} AS row, coalesce(r.sourcedId, ''),"
        f" coalesce(j.outcome, 'accepted') FROM records_{table} AS r"
        f" LEFT JOIN (FROM judged WHERE tab = '{table}' AND pos IS NOT NULL) AS j USING (pos)"
        " UNION ALL SELECT row, coalesce(sourcedId, ''), outcome FROM judged"
        f" WHERE tab = '{table}' AND pos IS NULL ORDER BY ALL"
    ).fetchall()
