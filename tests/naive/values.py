"""How one cell is read: trimming, lists, dates, grades, email addresses (§2.2, §4)."""

import re
from datetime import date

_SPACE = " \t\r\n\u00a0"
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})([T ].*)?", re.DOTALL)
_EMAIL = re.compile(
    r'[^\x00-\x20\x7F\xA0@<>,;"]+'
    r'@[^\x00-\x20\x7F\xA0@<>,;".]+'
    r'(\.[^\x00-\x20\x7F\xA0@<>,;".]+)+'
)


def trim(cell: str) -> str:
    """Take spaces, tabs, line ends and no-break spaces off both ends (§2.2)."""
    return cell.strip(_SPACE)


def items(cell: str) -> list[str]:
    """Take a list apart: trimmed, without empty items and repeats (§4)."""
    found: list[str] = []
    for part in cell.split(","):
        item = trim(part)
        if item != "" and item not in found:
            found.append(item)
    return found


def as_date(cell: str) -> date | None:
    """Read a date, perhaps followed by a time; None when it is not one (§4)."""
    match = _DATE.fullmatch(cell)
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def is_boolean(cell: str) -> bool:
    """Tell whether a cell is true or false, in any case (§4)."""
    return cell.lower() in ("true", "false")


def is_email(cell: str) -> bool:
    """Tell whether a cell has the form of an email address (§4)."""
    return _EMAIL.fullmatch(cell) is not None


def normal_grade(code: str) -> str:
    """Write a grade code as CEDS does, in lower case: K is KG, 1 is 01 (§4)."""
    small = code.lower()
    if small == "k":
        return "kg"
    if len(small) == 1 and small in "0123456789":
        return "0" + small
    return small


def is_allowed_id(text: str) -> bool:
    """Tell whether a sourcedId is at most 255 printable characters (§4)."""
    if len(text) > 255:
        return False
    for character in text:
        if character < " " or character == "\x7f":
            return False
    return True


def snake(field: str) -> str:
    """Write a field's name as rule codes do: orgSourcedIds is org_sourced_ids."""
    return re.sub("[A-Z]", lambda match: "_" + match[0].lower(), field)
