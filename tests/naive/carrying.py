"""What stays of the last feed when a table comes as changes only, or not at all (§2.6, Delta)."""

from dataclasses import dataclass, field, replace

from .reading import Line, Sheet, made_out_id


@dataclass
class LastFeed:
    """The tables of the last delivery that could be read, merged with those before (§2)."""

    sheets: dict[str, Sheet] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)  # tables of which a delta could not be read


def carried(sheet: Sheet) -> Sheet:
    """Take over a table of the last feed: its rows have no row number any more (§2.6)."""
    return Sheet(
        readable_header=True,
        columns=set(sheet.columns),
        lines=[_carried(line) for line in sheet.lines],
    )


def merged(table: str, today: Sheet, last: Sheet) -> Sheet:
    """Put the rows of a delta in the place of those they replace, before the others (Delta)."""
    replaced = {_key(table, today, line) for line in today.lines if line.fault == ""}
    replaced.discard("")
    kept = [line for line in carried(last).lines if _key(table, today, line) not in replaced]
    return replace(today, columns=today.columns | last.columns, lines=today.lines + kept)


def _key(table: str, today: Sheet, line: Line) -> str:
    """Say by what a row replaces or is replaced: its sourcedId, or the user of a role row."""
    if table == "roles" and "sourcedId" not in today.columns:
        return line.cells.get("userSourcedId", "")
    return made_out_id(line) if line.fault != "" else line.cells.get("sourcedId", "")


def _carried(line: Line) -> Line:
    """Carry a row over, without its password and its surplus cells (§2.2, §2.3)."""
    cells = {column: cell for column, cell in line.cells.items() if column != "password"}
    return replace(line, cells=cells, carried=True, surplus=False)
