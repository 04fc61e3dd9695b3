"""From the files of a delivery to a feed, or to the reason why the sync is Failed (§2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .carrying import LastFeed, carried, merged
from .reading import Sheet, decode, read_sheet
from .standard import KNOWN_FILES, LENIENT, TABLES, columns, needed_columns
from .words import Finding


class Failed(Exception):
    """The sync is Failed; the text is a short word for why (§2)."""


@dataclass
class Told:
    """What was told of a delivery before it turned out to be Failed (§2)."""

    version: str | None = None
    deltas: set[str] = field(default_factory=set)  # tables that the manifest called delta


@dataclass
class Feed:
    """The tables that are in the feed, and what was said about whole files (§1, §2)."""

    version: str
    sheets: dict[str, Sheet] = field(default_factory=dict)
    said: list[Finding] = field(default_factory=list)
    bulks: set[str] = field(default_factory=set)  # tables read in full from this delivery
    from_api: bool = False  # made of what an API answered (§2.5)

    def say(self, file: str, about: str, code: str, message: str) -> None:
        """Note a feed-level warning (§1)."""
        self.said.append(Finding(file, None, "", about, "warning", code, message, "", ""))


def find_version(files: Mapping[str, str], properties: Mapping[str, str]) -> str:
    """Tell the OneRoster version, 1.0 being checked as 1.1 (§2.5, §2.7)."""
    if "roles" in files:
        return "1.2"
    stated = properties.get("oneroster.version", "")
    if stated in ("", "1", "1.0", "1.1"):
        return "1.1"
    if stated == "1.2":
        return "1.2"
    raise Failed(f"version_unknown:{stated}")


def read_feed(files: Mapping[str, bytes], told: Told, last: LastFeed | None = None) -> Feed:
    """Read a delivery, the first one where there is no last feed; `told` is filled (§2)."""
    last = last or LastFeed()
    names, strangers = _sort_files(files)
    properties: dict[str, str] = {}
    manifest_is_utf8 = True
    if "manifest" in names:
        text, manifest_is_utf8 = decode(files[names["manifest"]])
        properties = _read_manifest(text)
    modes = {
        table: properties.get(f"file.{table}".lower(), "").lower() for table in (*TABLES, "roles")
    }
    told.deltas = {table for table, mode in modes.items() if mode == "delta"}
    feed = Feed(find_version(names, properties), from_api="firstbell.api" in properties)
    told.version = feed.version
    for stranger in strangers:
        feed.say(
            stranger, "", "feed.unknown_file", "this file is not part of OneRoster and is ignored"
        )
    if not manifest_is_utf8:
        _say_not_utf8(feed, "manifest")
    tables = list(TABLES)
    if feed.version == "1.2":
        tables.append("roles")
    for table in tables:
        _check_presence(table, table in names, modes[table], last)
    for table in tables:
        sheet = None
        if table in names:
            sheet = _read_table(feed, table, files[names[table]], modes[table])
        if sheet is None:
            if table in last.sheets:
                feed.sheets[table] = carried(last.sheets[table])
        elif modes[table] == "delta":
            feed.sheets[table] = merged(table, sheet, last.sheets[table])
        else:
            feed.sheets[table] = sheet
            feed.bulks.add(table)
    return feed


def _sort_files(files: Mapping[str, bytes]) -> tuple[dict[str, str], list[str]]:
    """Tell the standard's files, in any case, from unknown .csv files (§2.1)."""
    names: dict[str, str] = {}
    strangers: list[str] = []
    for delivered in sorted(files):
        if delivered.startswith(".") or delivered.startswith("__MACOSX"):
            continue
        known = ""
        for name in KNOWN_FILES:
            if delivered.lower() == f"{name}.csv".lower():
                known = name
        if known in names and known in (*TABLES, "roles", "manifest"):
            raise Failed(f"file_twice:{known}.csv")
        if known != "":
            names[known] = delivered
        elif delivered.lower().endswith(".csv"):
            strangers.append(delivered)
    return names, strangers


def _read_manifest(text: str) -> dict[str, str]:
    """Read the manifest's properties by their names in lower case; the first of a name counts."""
    sheet = read_sheet(text, ["propertyName", "value"])
    properties: dict[str, str] = {}
    for line in sheet.lines:
        name = line.cells.get("propertyName", "").lower()
        if line.fault == "" and name != "":
            properties.setdefault(name, line.cells.get("value", ""))
    return properties


def _check_presence(table: str, present: bool, mode: str, last: LastFeed) -> None:
    """Stop for a file that should be there and is not, and for a delta that adds to nothing (§2).

    Only the manifest's word `absent` makes a needed table one that was not delivered (§2.6).
    """
    if mode in ("bulk", "delta") and not present:
        raise Failed(f"promised_file:{table}.csv")
    if mode == "delta" and table not in last.sheets:
        raise Failed(f"delta_before_bulk:{table}.csv")
    if mode == "delta" and table in last.lost:
        raise Failed(f"delta_lost:{table}.csv")
    if not present and table not in LENIENT:
        if mode != "absent" or table not in last.sheets:
            raise Failed(f"missing_file:{table}.csv")


def _read_table(feed: Feed, table: str, data: bytes, mode: str) -> Sheet | None:
    """Read one file, unless it stops the sync or counts as not delivered (§2)."""
    text, is_utf8 = decode(data)
    sheet = read_sheet(text, columns(feed.version, table))
    if not is_utf8 and table != "roles":
        _say_not_utf8(feed, table)
    if mode == "absent" and table != "roles":
        feed.say(
            f"{table}.csv",
            "",
            f"{table}.present_though_absent",
            "the manifest says absent, but the file is there and was read",
        )
    if table in LENIENT:
        nothing = _why_not_delivered(sheet)
        if nothing != "":
            message = f"the file has {nothing} and counts as not delivered"
            feed.say(f"{table}.csv", "", f"{table}.not_delivered", message)
            return None
    _check_sheet(feed.version, table, sheet, mode)
    if table != "roles":
        _say_about_columns(feed, table, sheet, mode)
    return sheet


def _say_not_utf8(feed: Feed, table: str) -> None:
    """Say that a file had to be read as Windows-1252 (§2.1)."""
    feed.say(
        f"{table}.csv",
        "",
        f"{table}.not_utf8",
        "the file is not UTF-8 and was read as Windows-1252",
    )


def _why_not_delivered(sheet: Sheet) -> str:
    """Say why a courses or academicSessions file counts as not delivered, '' if it does not."""
    if not sheet.readable_header:
        return "a header that cannot be read"
    if "sourcedId" not in sheet.columns:
        return "no sourcedId column"
    if sheet.twice:
        return "a column twice"
    if not sheet.lines:
        return "no rows"
    return ""


def _check_sheet(version: str, table: str, sheet: Sheet, mode: str) -> None:
    """Stop for a file that cannot be used at all; a delta may be empty (§2)."""
    if table in LENIENT:
        return
    if not sheet.readable_header:
        raise Failed(f"header_unreadable:{table}.csv")
    for column in needed_columns(version, table):
        if column not in sheet.columns:
            raise Failed(f"missing_column:{table}.csv:{column}")
    for column in sheet.twice:
        raise Failed(f"column_twice:{table}.csv:{column}")
    if table in ("orgs", "users", "roles") and not sheet.lines and mode != "delta":
        raise Failed(f"no_rows:{table}.csv")


def _say_about_columns(feed: Feed, table: str, sheet: Sheet, mode: str) -> None:
    """Say what is odd about a file as a whole: its mode, its columns, its passwords (§2, §4)."""
    file = f"{table}.csv"
    if mode not in ("", "absent", "bulk", "delta"):
        message = "the manifest says neither absent, bulk nor delta; the file was read as bulk"
        feed.say(file, "", f"{table}.mode_unknown", message)
    for cell in sheet.unknown:
        message = "this column is not part of OneRoster and is ignored"
        feed.say(file, cell, f"{table}.unknown_column", message)
    if table == "users":
        for line in sheet.lines:
            if line.fault == "" and line.cells.get("password", "") != "":
                feed.say(file, "password", "users.password_ignored", "password is ignored")
                break
    readable = [line for line in sheet.lines if line.fault == ""]
    if readable and all(line.surplus for line in readable):
        message = f"row has {readable[0].width} columns, expected {len(sheet.header)}"
        feed.say(file, "row", f"{table}.row_has_surplus_cells", message)
        for line in readable:
            line.surplus = False
