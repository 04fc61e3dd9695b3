"""The roles of OneRoster 1.2: they give each user a role and orgs (§2.7)."""

from .places import has_ended
from .reading import Line, Sheet
from .records import is_removed
from .standard import ROLES_IN_SCOPE
from .values import as_date
from .words import Record, Roster


def give_roles(roster: Roster, roles: Sheet) -> None:
    """Give every user its role and orgs, or leave it out when all its role rows are set aside."""
    by_user: dict[str, list[Line]] = {}
    for line in roles.lines:
        user_id = line.cells.get("userSourcedId", "")
        if user_id != "":
            by_user.setdefault(user_id, []).append(line)
    for user in roster.records["users"]:
        if not user.readable or user.sourced_id == "":
            continue
        rows = by_user.get(user.sourced_id, [])
        left = [row for row in rows if not _is_set_aside(roster, row)]
        user.role_rows = [_storable(row.cells) for row in left]
        _set(user, "role", _chosen_role(user, left))
        orgs = [row.cells.get("orgSourcedId", "") for row in left]
        for org in orgs:
            if org != "" and org not in user.orgs:
                user.orgs.append(org)
        _set(user, "orgSourcedIds", ",".join(user.orgs))
        user.without_roles = not rows
        user.roles_ended = bool(rows) and not left


def _is_set_aside(roster: Roster, row: Line) -> bool:
    """Tell whether a role row is removed, unreadable or ended (§2.7)."""
    if row.fault != "" or is_removed(row.cells.get("status", "")):
        return True
    end = row.cells.get("endDate", "")
    return "\0" not in end and has_ended(as_date(end), roster.as_of)


def _chosen_role(user: Record, rows: list[Line]) -> str:
    """Choose the first primary role in scope, those at the primary org before others (§2.7)."""
    primary = [row for row in rows if row.cells.get("roleType", "").lower() == "primary"]
    home = user.text("primaryOrgSourcedId")
    at_home = [row for row in primary if home != "" and row.cells.get("orgSourcedId", "") == home]
    for row in at_home + primary:
        role = row.cells.get("role", "")
        if role.lower() in ROLES_IN_SCOPE:
            return role
    for row in primary:
        return row.cells.get("role", "")
    return ""


def _storable(cells: dict[str, str]) -> dict[str, str]:
    """Leave out the cells that hold a NUL (§4)."""
    return {column: cell for column, cell in cells.items() if "\0" not in cell}


def _set(user: Record, column: str, value: str) -> None:
    """Write a cell of the user as if users.csv had it."""
    user.cells[column] = value
    if "\0" in value:
        user.not_storable.add(column)
