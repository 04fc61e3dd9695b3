"""Why a whole sync cannot go on: the closed list of reasons, and the exception that carries one.

A refusal is neither a finding (one record is wrong) nor a bug (we are wrong): a person can act on
it, and nothing is applied. What a sync means §2 ("The sync is `Failed`").

    PATH_MISSING, NOT_A_DELIVERY, NO_FILES, TWICE_DELIVERED, TWO_FOLDERS     what was handed over
    ARCHIVE_DAMAGED, ARCHIVE_ENCRYPTED, ARCHIVE_ESCAPES, ARCHIVE_TOO_LARGE   the zip
    VERSION_UNKNOWN, FILE_PROMISED, DELTA_FIRST, DELTA_AFTER_LOST            the manifest
    LAST_FEED_LOST                                                           what is kept
    FILE_MISSING, COLUMN_MISSING, COLUMN_TWICE, HEADER_UNREADABLE, NO_ROWS   a needed file
    TOO_MANY_COLUMNS, LINE_TOO_LONG, FILE_UNREADABLE, DISK_FULL              reading it
    API_UNREACHABLE, API_WRONG_KEY, API_WRONG_CLOCK, API_FORBIDDEN           an API, and who we are there
    API_NOT_THERE, API_REDIRECTS, API_FAILS, API_UNREADABLE, API_RESTLESS    what it answers
    API_SHARES_NONE                                                          what it shares
"""

import errno
from collections.abc import Callable
from enum import Enum
from functools import partial
from typing import Any

import duckdb

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NO_ROOM_WORDS = (
    *("No space left", "Disk quota exceeded", "File too large"),
    *("max_temp_directory_size", "not enough space on the disk"),
)


class Reason(Enum):
    """One way a sync ends as `Failed`: a sentence, and what to do about it."""

    PATH_MISSING = (
        "{path} is not there",
        "Check that the delivery is in its place, and try again.",
    )
    NOT_A_DELIVERY = (
        "{path} is neither a folder nor a zip archive",
        "Hand over the folder with the CSV files, or a zip archive of it.",
    )
    NO_FILES = (
        "{path} holds no OneRoster file: orgs.csv, users.csv, classes.csv and enrollments.csv "
        "are needed",
        "Put the CSV files at the top of the folder or archive, or in one folder inside it.",
    )
    TWICE_DELIVERED = (
        "{file} is there more than once",
        "Keep the one that is right, and send the delivery again.",
    )
    TWO_FOLDERS = (
        "{path} holds OneRoster files in more than one folder",
        "Put the files of one delivery into one folder.",
    )
    ARCHIVE_DAMAGED = (
        "the archive {path} is damaged and cannot be unpacked",
        "Make the archive again, and check that the transfer was complete.",
    )
    ARCHIVE_ENCRYPTED = (
        "the archive {path} is encrypted",
        "Send the archive without a password.",
    )
    ARCHIVE_ESCAPES = (
        "the archive {path} names a file outside its own folder",
        "Make the archive again from the folder with the CSV files.",
    )
    ARCHIVE_TOO_LARGE = (
        "the archive {path} unpacks to more than the limit of {limit}",
        "Check that the archive is the right one; a larger limit is a setting.",
    )
    VERSION_UNKNOWN = (
        "manifest.csv names the OneRoster version “{version}”, which is not 1.0, 1.1 or 1.2",
        "Export the roster as OneRoster 1.1 or 1.2.",
    )
    FILE_PROMISED = (
        "manifest.csv promises {file}, but the file is not there",
        "Send the export again with all its files.",
    )
    DELTA_FIRST = (
        "{file} holds changes only (delta), and there is no full export before it",
        "Send a full (bulk) export first.",
    )
    DELTA_AFTER_LOST = (
        "{file} holds changes only (delta), but a change file was lost; send a full export",
        "Send {file} as a full (bulk) export; changes alone are taken again after it.",
    )
    LAST_FEED_LOST = (
        "the feed of the last sync is gone or damaged, and without it only a full export can be read",
        "Send a full (bulk) export of all files, also of academicSessions and courses.",
    )
    FILE_MISSING = (
        "{file} is missing",
        "Export the roster again with {file} in it.",
    )
    COLUMN_MISSING = (
        "{file} has no column {column}",
        "Add the column {column} to the export of {file}.",
    )
    COLUMN_TWICE = (
        "{file} has the column {column} twice",
        "Keep one column {column} in {file}.",
    )
    HEADER_UNREADABLE = (
        "{file} has a header row that cannot be read",
        "Export {file} again; its first row must name the columns.",
    )
    NO_ROWS = (
        "{file} has no rows",
        "Check the export: it holds nobody. Send it again when {file} is filled.",
    )
    TOO_MANY_COLUMNS = (
        "{file} has {columns} columns, more than the limit of {limit}",
        "Export {file} again; it does not look like a OneRoster file.",
    )
    LINE_TOO_LONG = (
        "{file} has a line of more than {limit}",
        "Export {file} again; it does not look like a CSV file.",
    )
    FILE_UNREADABLE = (
        "{file} cannot be opened: {trouble}",
        "Check that the file may be read, and that no other program holds it.",
    )
    DISK_FULL = (
        "there is not enough room on the disk to read the delivery",
        "Free some room in the temporary folder, and try again.",
    )

    API_UNREACHABLE = (
        "{source} could not be reached",
        "Nothing was applied. If it goes on, ask whoever runs {source} whether it works.",
    )
    API_WRONG_KEY = (
        "{source} answered 401: the key or secret is wrong",
        "Copy the key and the secret from {source} again, and test the connection.",
    )
    API_WRONG_CLOCK = (
        "{source} answered 401, and its clock and ours are {off} apart",
        "Set the clock of the machine that First Bell runs on.",
    )
    API_FORBIDDEN = (
        "{source} answered 403: this key may not read {collection}",
        "Share {collection} with this key in {source}.",
    )
    API_NOT_THERE = (
        "{source} answered 404: there are no {collection} at this address",
        "Check the address of the API; it ends before /ims/oneroster.",
    )
    API_REDIRECTS = (
        "{source} sends us to another address, where we do not take the key",
        "Set the address that it is at now.",
    )
    API_FAILS = (
        "{source} answered {status} when asked for {collection}",
        "Nothing was applied. If it goes on, ask whoever runs {source} whether it works.",
    )
    API_UNREADABLE = (
        "{source} answered with something that is not {collection}",
        "Check the address of the API, and ask whoever runs {source} whether it works.",
    )
    API_RESTLESS = (
        "{collection} changed each time that they were read from {source}",
        "Nothing was applied. Let the sync start when nobody changes the roster.",
    )

    API_SHARES_NONE = (
        "{source} shares no {collection}",
        "Nothing was applied. Share {collection} with this key in {source}.",
    )

    @property
    def retry(self) -> bool:
        """Whether it may pass by itself: the same sync is worth trying again a little later."""
        return self in _MAY_PASS

    @property
    def sentence(self) -> str:
        """The reason in one plain sentence, with `{names}` to fill in."""
        return str(self.value[0])

    @property
    def solution(self) -> str:
        """What to do about it, with `{names}` to fill in."""
        return str(self.value[1])


#: The delivery is not there yet, or not whole, or the machine cannot take it just now.
_MAY_PASS = frozenset(
    {
        Reason.PATH_MISSING,
        Reason.NO_FILES,
        Reason.ARCHIVE_DAMAGED,
        Reason.FILE_PROMISED,
        Reason.FILE_MISSING,
        Reason.FILE_UNREADABLE,
        Reason.DISK_FULL,
        Reason.API_UNREACHABLE,
        Reason.API_FAILS,
        Reason.API_UNREADABLE,
        Reason.API_RESTLESS,
    }
)


class Refused(Exception):
    """The sync cannot go on, and a person can act on it.

    Args:
        reason: why.
        **names: what the sentence names, such as `file="users.csv"`; never a cell of a record.
    """

    def __init__(self, reason: Reason, **names: str) -> None:
        """Fills the reason's sentence and solution with the names given."""
        self.reason, self.names = reason, names
        #: What the delivery brought, as far as it is known; see `feed.delivered`.
        self.delivered: tuple[Any, ...] = ()
        self.solution = reason.solution.format(**names)
        super().__init__(reason.sentence.format(**names))

    def __reduce__(self) -> tuple[Callable[[], "Refused"], tuple[()], dict[str, Any]]:
        """How it gets from one process to another."""
        return partial(Refused, self.reason, **self.names), (), {"delivered": self.delivered}


def cannot_read(file: str, error: OSError) -> Refused:
    """The refusal for what the system says when it does not let us read or unpack a file."""
    if is_out_of_room(error):
        return Refused(Reason.DISK_FULL)
    return Refused(Reason.FILE_UNREADABLE, file=file, trouble=error.strerror or "it is no path")


def is_out_of_room(error: BaseException) -> bool:
    """Whether an error, of the system or of DuckDB, says that no more can be written."""
    if isinstance(error, OSError):
        return error.errno in _NO_ROOM
    return isinstance(error, duckdb.Error) and any(word in str(error) for word in _NO_ROOM_WORDS)
