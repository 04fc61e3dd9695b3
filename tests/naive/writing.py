"""What is said in the end: the findings in order, and the four reports as bytes (§8)."""

from collections.abc import Sequence

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
        of_table: list[Finding] = []
        for record in roster.records.get(table, []):
            for said in record.said:
                of_table.append(_finding(record, said, faults))
        findings += sorted(of_table, key=_place_in_table)
    return findings


def _place_in_table(finding: Finding) -> tuple[bool, int, str, str, str, str]:
    """Order by row, records without one last; then Field, Error Message, code (§8)."""
    return (
        *(finding.row is None, finding.row or 0),
        # The contract does not order alike findings on records without a row: by sourcedId.
        *(finding.field, finding.message, finding.code, finding.sourcedId),
    )


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
            reports[f"{table}_sync_report.csv"] = report_bytes([header, *rows])
    return reports


def report_bytes(rows: Sequence[Sequence[str]]) -> bytes:
    """Write the rows of a report, whose cells are written already (§8)."""
    return "".join(",".join(cells) + "\r\n" for cells in rows).encode("utf-8-sig")


def _report_rows(records: list[Record]) -> list[tuple[str, str, str, str]]:
    """Give the rows of one report, rows alike only once (§8)."""
    rows: list[tuple[bool, int, str, str, str]] = []
    for record in records:
        for said in record.failures():
            concerned = csv_cell(_concerned_id(record, said))
            place = (record.row is None, record.row or 0)
            rows.append((*place, csv_cell(said.field), csv_cell(said.message), concerned))
    in_order = [(row[4], row[2], "Failure", row[3]) for row in sorted(rows)]
    return list(dict.fromkeys(in_order))


def _concerned_id(record: Record, said: Said) -> str:
    """Give the id of the user, class or school that a failure is about (§8)."""
    if record.table != "enrollments":
        return record.sourced_id
    column = said.field if said.field in _REFERENCES else "userSourcedId"
    return record.text(column) or record.sourced_id


def csv_cell(text: str) -> str:
    """Write a cell that no spreadsheet takes for a formula, in RFC 4180 quotes if needed (§8)."""
    if text.startswith(("=", "+", "-", "@", "\t", "\r")):
        text = "'" + text
    if any(character in text for character in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text
