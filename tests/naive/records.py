"""From the lines of a file to its records, and their identity (§1, §2.3, §3)."""

from collections.abc import Sequence

from .delivery import Feed
from .reading import Line, made_out_id
from .standard import LENIENT, UNJUDGED, columns
from .values import is_allowed_id
from .words import Record, Roster


def build_records(roster: Roster, feed: Feed) -> None:
    """Make the records of every table of the feed, with their identity and removals judged (§3)."""
    for table, sheet in feed.sheets.items():
        if table == "roles":
            continue
        for place, line in enumerate(sheet.lines):
            line.place = place
        records = _records_of(roster.version, table, sheet.lines)
        roster.records[table] = records
        roster.columns[table] = sheet.columns
        by_id: dict[str, Record] = {}
        for record in records:
            if record.readable and record.sourced_id != "":
                by_id[record.sourced_id] = record
        for record in records:
            if not record.readable and record.sourced_id != "":
                by_id.setdefault(record.sourced_id, record)
        roster.by_id[table] = by_id


def is_removed(status: str) -> bool:
    """Tell whether a row says that its object is gone (§3)."""
    return status.lower() in ("tobedeleted", "inactive")


def _records_of(version: str, table: str, lines: Sequence[Line]) -> list[Record]:
    """Gather the rows that share a sourcedId, in the order of the records' own rows (§1)."""
    records: list[Record] = []
    groups: dict[str, list[Line]] = {}
    for line in lines:
        sourced_id = line.cells.get("sourcedId", "")
        if line.fault != "":
            records.append(_unreadable(table, line))
        elif sourced_id == "":
            record = _record(version, table, line)
            _break_identity(record, "sourced_id_required", "sourcedId is required", "sourcedId")
            records.append(record)
        else:
            groups.setdefault(sourced_id, []).append(line)
    for group in groups.values():
        records.append(_grouped(version, table, group))
    return sorted(records, key=lambda record: record.place)


def _record(version: str, table: str, line: Line) -> Record:
    """Make a record of its own row, and note the cells that cannot be stored (§4)."""
    row = None if line.carried else line.number
    record = Record(table, line.place, row, line.cells.get("sourcedId", ""), dict(line.cells))
    for column in columns(version, table):
        if column not in UNJUDGED and "\0" in record.raw(column):
            record.not_storable.add(column)
    return record


def _unreadable(table: str, line: Line) -> Record:
    """Make the record of an unreadable row, with its sourcedId if that can be made out (§2.3)."""
    made_out = made_out_id(line)
    row = None if line.carried else line.number
    record = Record(table, line.place, row, made_out, {}, readable=False)
    _break_identity(record, "row_unreadable", line.fault, "row")
    return record


def _break_identity(record: Record, rule: str, message: str, about: str) -> None:
    """Fail a record for its identity, with this finding alone; gently where it is lenient (§3)."""
    record.said = []
    record.broken_identity = True
    value = record.sourced_id if about == "sourcedId" else ""
    if record.table in LENIENT:
        record.warn(about, rule, message, value)
        record.outcome = "skipped"
    else:
        record.fail(about, rule, message, value, None)
        record.outcome = "failed"


def _grouped(version: str, table: str, group: Sequence[Line]) -> Record:
    """Make one record of all rows with one sourcedId (§1, §3)."""
    living = [line for line in group if not is_removed(line.cells.get("status", ""))]
    rows = living or group
    record = _record(version, table, rows[0])
    if not is_allowed_id(record.sourced_id):
        message = "sourcedId must be at most 255 printable characters"
        _break_identity(record, "sourced_id_not_allowed", message, "sourcedId")
        return record
    if not living:
        record.outcome = "removed"
        record.left_out = (record.file, record.sourced_id, "removed")
        return record
    if _differ(version, table, rows):
        message = "sourcedId is used by more than one row"
        _break_identity(record, "sourced_id_conflict", message, "sourcedId")
        return record
    if len(rows) > 1:
        record.warn("sourcedId", "row_repeated", "row is repeated", record.sourced_id)
    if rows[0].surplus:
        message = f"row has {rows[0].width} columns, expected {rows[0].expected}"
        record.warn("row", "row_has_surplus_cells", message, "")
    return record


def _differ(version: str, table: str, rows: Sequence[Line]) -> bool:
    """Tell whether rows differ in a column of the standard that counts (§4)."""
    for row in rows[1:]:
        for column in columns(version, table):
            if column in UNJUDGED:
                continue
            if row.cells.get(column, "") != rows[0].cells.get(column, ""):
                return True
    return False
