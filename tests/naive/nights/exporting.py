"""What is active, as a OneRoster 1.1 bulk package (§9)."""

import csv
import io
from collections.abc import Sequence

from ..standard import KNOWN_FILES, TABLES, UNJUDGED, columns, enumeration
from ..words import Values

#: The tables to which lists of references lead.
_LISTS = {
    "orgSourcedIds": "orgs",
    "termSourcedIds": "academicSessions",
    "agentSourcedIds": "users",
}


def export(active: dict[str, dict[str, Values]]) -> dict[str, bytes]:
    """Write the six files and a manifest (§9)."""
    files: dict[str, bytes] = {"manifest.csv": _manifest()}
    for table in TABLES:
        names = columns("1.1", table)
        rows = [names]
        for sourced_id, values in sorted(active[table].items()):
            if table == "users" and not values.get("orgSourcedIds"):
                continue  # nobody is at no org in a file
            cells = [_cell(active, values, column) for column in names[1:]]
            rows.append([sourced_id, *cells])
        files[f"{table}.csv"] = _bytes(rows)
    return files


def _cell(active: dict[str, dict[str, Values]], values: Values, column: str) -> str:
    """Write a value as stored; of a list of references only those that are active (§9)."""
    value = values.get(column, "")
    if column in UNJUDGED:
        return ""
    if column == "role" and value not in enumeration("1.1", "users", "role"):
        return "administrator"  # 1.1 has no word for the administrators of 1.2
    if isinstance(value, str):
        return value
    if column in _LISTS:
        value = tuple(item for item in value if item in active[_LISTS[column]])
    return ",".join(value)


def _manifest() -> bytes:
    """Say that the six files are all there is; the contract names no other property."""
    rows = [("propertyName", "value"), ("manifest.version", "1.0"), ("oneroster.version", "1.1")]
    for name in sorted(KNOWN_FILES):
        if name not in ("manifest", "roles", "userProfiles", "userResources"):
            rows.append((f"file.{name}", "bulk" if name in TABLES else "absent"))
    return _bytes(rows)


def _bytes(rows: Sequence[Sequence[str]]) -> bytes:
    """Write a file."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
