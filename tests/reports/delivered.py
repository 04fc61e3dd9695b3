"""Deliveries for tests: changes of the smallest district, checked, and what was written."""

import csv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from firstbell.engine.policy import Policy
from firstbell.engine.result import SyncResult
from firstbell.reports.check import checked
from firstbell.reports.write import write_reports
from firstbell.rules.example import AS_OF, Example, files_of

POLICY = Policy(AS_OF)


def deliver(files: Mapping[str, bytes], folder: Path) -> Path:
    """Writes files into a folder, made for them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


@contextmanager
def synced(example: Example, folder: Path) -> Iterator[SyncResult]:
    """What a sync makes of a change of the smallest district."""
    policy = Policy(AS_OF, onboarded=example.onboarded, never=example.never)
    with checked(deliver(files_of(example), folder / "delivery"), policy) as result:
        yield result


def reports_of(
    files: Mapping[str, bytes], folder: Path, policy: Policy = POLICY
) -> dict[str, bytes]:
    """The reports of a delivery: file name → content."""
    with checked(deliver(files, folder / "delivery"), policy) as result:
        write_reports(result, folder / "reports")
    return {path.name: path.read_bytes() for path in sorted((folder / "reports").iterdir())}


def table(report: bytes) -> list[list[str]]:
    """The rows of a report, its header first."""
    return list(csv.reader(report.decode("utf-8-sig").splitlines(keepends=True)))
