"""What is said in the end: the findings in order, and the four reports as bytes (§8)."""

from .standard import TABLES
from .words import Finding, Record, Roster, Said

_REPORTS = ("users", "classes", "orgs", "enrollments")
_REFERENCES = ("userSourcedId", "classSourcedId", "schoolSourcedId")


def all_findings(roster: Roster, faults: set[str]) -> list[Finding]:
    """Give all findings in the order of findings.csv (§8)."""
    files = [f"{table}.csv" for table in TABLES]

    def place(finding: Finding) -> tuple[int, str, str, str, str]:
        known = finding.file in files
        number = files.index(finding.file) if known else len(files)
        name = "" if known else finding.file
        return number, name, finding.field, finding.message, finding.code

    findings = sorted(roster.feed_level, key=place)
    for table in TABLES:
        for record in roster.records.get(table, []):
            for said in sorted(record.said, key=lambda s: (s.field, s.message, s.code)):
                findings.append(_finding(record, said, faults))
    return findings


def _finding(record: Record, said: Said, faults: set[str]) -> Finding:
    """Write one finding, its cause in words (§5)."""
    cause = said.cause
    if cause is None and said.severity == "failure" and said.code in faults:
        cause = (record.file, "", said.code)
    if cause is not None and cause[2] in faults:
        cause = (cause[0], "", cause[2])
    return Finding(
        file=record.file,
        row=record.row,
        sourcedId=record.sourced_id,
        field=said.field,
        severity=said.severity,
        code=said.code,
        message=said.message,
        value=said.value,
        cause="" if cause is None else ":".join(cause),
    )


def all_reports(roster: Roster) -> dict[str, bytes]:
    """Give the reports of the tables that have a failure (§8)."""
    reports: dict[str, bytes] = {}
    for table in _REPORTS:
        rows = _report_rows(roster.records[table])
        if rows:
            header = ("SourcedId", "Field", "Status", "Error Message")
            lines = [",".join(cells) + "\r\n" for cells in [header, *rows]]
            reports[f"{table}_sync_report.csv"] = "".join(lines).encode("utf-8-sig")
    return reports


def _report_rows(records: list[Record]) -> list[tuple[str, str, str, str]]:
    """Give the rows of one report, rows alike only once (§8)."""
    rows: list[tuple[str, str, str, str]] = []
    for record in records:
        for said in record.failures():
            concerned = _cell(_concerned_id(record, said))
            rows.append((concerned, _cell(said.field), "Failure", _cell(said.message)))
    return list(dict.fromkeys(rows))


def _concerned_id(record: Record, said: Said) -> str:
    """Give the id of the user, class or school that a failure is about (§8)."""
    if record.table != "enrollments":
        return record.sourced_id
    column = said.field if said.field in _REFERENCES else "userSourcedId"
    return record.text(column) or record.sourced_id


def _cell(text: str) -> str:
    """Write a cell that no spreadsheet takes for a formula, in RFC 4180 quotes if needed (§8)."""
    if text.startswith(("=", "+", "-", "@", "\t", "\r")):
        text = "'" + text
    if any(character in text for character in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text
