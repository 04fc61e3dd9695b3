"""summary.json: a check in numbers, for programs. What a sync means §9."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

from firstbell.engine.compare import Changes
from firstbell.engine.night import Night
from firstbell.engine.result import Counts, Status, SyncResult
from firstbell.oneroster.dictionary import Version
from firstbell.rules.catalogue import rule

NAME = "summary.json"


@dataclass(frozen=True, slots=True)
class Synced:
    """What a sync adds to a check."""

    #: Its id; None for a preview.
    sync: int | None
    night: Night


@dataclass(frozen=True, slots=True)
class Summary:
    """What came of a check."""

    status: Status
    as_of: date
    #: Why it failed, in one sentence without a full stop; None when it did not.
    reason: str | None = None
    #: None when it failed.
    version: Version | None = None
    #: By table of the feed.
    tables: Mapping[str, Counts] = field(default_factory=dict)
    #: By severity, those on whole files included.
    findings: Mapping[str, int] = field(default_factory=lambda: {"failure": 0, "warning": 0})
    #: By rule, sorted.
    codes: Mapping[str, int] = field(default_factory=dict)
    #: File names of the sync reports that there are.
    reports: Sequence[str] = ()
    #: The id of a sync; None for a preview.
    sync: int | None = None
    #: What a sync changes, by table, nothing when it failed; None for a check, whose JSON has
    #: neither this nor the sync.
    changes: Mapping[str, Changes] | None = None

    def as_json(self) -> str:
        """The text of summary.json: plain ASCII, so that any console can show it."""
        members: dict[str, object] = {
            "status": self.status,
            "reason": self.reason,
            "as_of": self.as_of.isoformat(),
            "version": self.version,
            "tables": {table: asdict(counts) for table, counts in self.tables.items()},
            "findings": dict(self.findings),
            "codes": dict(self.codes),
            "reports": list(self.reports),
        }
        if self.changes is not None:
            members["sync"] = self.sync
            members["changes"] = {table: asdict(one) for table, one in self.changes.items()}
        return json.dumps(members, indent=2) + "\n"


def summary_of(result: SyncResult, reports: Sequence[str], synced: Synced | None = None) -> Summary:
    """Sums up a sync.

    Args:
        result: what came of it.
        reports: file names of the sync reports that were written.
        synced: what it changes; None for a check.
    """
    severities: Counter[str] = Counter({"failure": 0, "warning": 0})
    codes: Counter[str] = Counter()
    counted = result.database.execute(
        "SELECT code, severity, count(*) FROM findings GROUP BY ALL"
    ).fetchall()
    said = [(said.code, rule(said.code, result.version).severity, 1) for said in result.said]
    for code, severity, number in (*counted, *said):
        severities[severity] += number
        codes[code] += number
    return Summary(
        status=synced.night.status if synced else result.status,
        as_of=result.policy.as_of,
        version=result.version,
        tables=result.counts,
        findings=severities,
        codes=dict(sorted(codes.items())),
        reports=reports,
        sync=synced.sync if synced else None,
        changes=synced.night.changes if synced else None,
    )


def write_summary(summary: Summary, out: Path) -> Path:
    """Writes summary.json."""
    path = out / NAME
    path.write_text(summary.as_json(), encoding="utf-8", newline="\n")
    return path
