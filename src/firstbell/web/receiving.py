"""Takes uploaded files from a request straight to disk, and never into memory."""

import errno
import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.utils.translation import gettext as _

from firstbell.oneroster.dictionary import FEED_TABLES, STANDARD_FILES
from firstbell.store.uploads import Upload

#: The files that a sync reads.
READ = (*FEED_TABLES, "roles", "manifest")
_NAMES = {f"{table}.csv".lower(): f"{table}.csv" for table in STANDARD_FILES}
_ARCHIVE = ".zip"
#: Names of archives that are kept as they are, for people to know them again.
_PLAIN = re.compile(r"[\w() -][\w.() -]{0,95}\.zip", re.ASCII | re.IGNORECASE)
#: The form's other fields, and what stands around the files.
_AROUND = 1 << 16
#: Of an upload that is so many times too large the rest is not waited for.
_FAR_TOO_LARGE = 2
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


class Receiver(FileUploadHandler):
    """Writes the files of one request into the folder of an upload.

    Names as they were sent are only looked at: a file is written under its standard name. What is no
    file of OneRoster is left out, but for its name where that ends in .csv, so that the findings tell
    of it.
    """

    chunk_size = 1 << 20

    def __init__(self, upload: Upload) -> None:
        """Of an empty folder."""
        super().__init__()
        #: Why nothing of it can be used, in a sentence; empty when it can.
        self.problem = ""
        self._upload = upload
        self._most: int = settings.FIRSTBELL_MOST_UPLOADED
        self._left = self._most
        self._announced = 0
        self._names: set[str] = set()
        self._file: BinaryIO | None = None

    def handle_raw_input(
        self,
        input_data: Any,
        META: Mapping[str, str],
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Is told how much there is to come."""
        self._announced = content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begins with a file, or leaves it out."""
        super().new_file(*args, **kwargs)
        if self._announced > self._most + _AROUND:
            self._stop(too_large(self._most))
        if not self._upload.has_room_for(self._announced):
            self._stop(_no_room())
        name = self._name_for(self.file_name or "")
        if name in self._names:
            self._stop(_("%(file)s is there twice. Choose it once.") % {"file": name})
        self._names.add(name)
        if sum(map(_is_archive, self._names)) and len(self._names) > 1:
            self._stop(_("Choose one .zip, or the CSV files together, and not both."))
        self._file = self._upload.create(name)
        if not _is_wanted(name):
            self._close()
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Writes a piece of the file."""
        self._left -= len(raw_data)
        if self._left < 0:
            self._stop(too_large(self._most))
        if not self._upload.has_room_for(0):  # others write at the same time
            self._stop(_no_room())
        assert self._file  # noqa: S101 - a file has begun
        try:
            self._file.write(raw_data)
        except OSError as error:
            if error.errno in _NO_ROOM:
                self._stop(_no_room())
            raise

    def file_complete(self, file_size: int) -> None:
        """Ends a file; there is no need for Django to keep it."""
        self._close()

    def upload_interrupted(self) -> None:
        """Ends a file that was cut off."""
        self._close()

    @property
    def has_files(self) -> bool:
        """Whether there is anything that a sync can read."""
        return any(map(_is_wanted, self._names))

    def _name_for(self, sent: str) -> str:
        name = PurePosixPath(sent.replace("\\", "/")).name
        if _is_archive(name):
            return name if _PLAIN.fullmatch(name) else f"roster{_ARCHIVE}"
        if standard := _NAMES.get(name.lower()):
            return standard
        if not name.lower().endswith(".csv"):
            raise SkipFile
        return re.sub(r"[^\w.() -]|^\.", "_", name, flags=re.ASCII)[-100:]

    def _stop(self, problem: str) -> None:
        self.problem = problem
        self._close()
        raise StopUpload(connection_reset=self._announced > _FAR_TOO_LARGE * self._most + _AROUND)

    def _close(self) -> None:
        if self._file:
            self._file.close()
        self._file = None


def too_large(most: int) -> str:
    """What is said of files that are more than we take."""
    said = _("These files are larger than %(limit)s together. Send only those that a sync needs.")
    return said % {"limit": in_words(most)}


def in_words(size: int) -> str:
    """A limit as people say it, such as `2 GiB`.

    >>> in_words(2 << 30)
    '2 GiB'
    """
    for power, unit in ((30, "GiB"), (20, "MiB"), (10, "KiB")):
        if size >= 1 << power:
            return f"{size / (1 << power):g} {unit}"
    return f"{size} B"


def _no_room() -> str:
    return _("There is not enough room for these files just now. Try again later.")


def _is_archive(name: str) -> bool:
    return name.lower().endswith(_ARCHIVE)


def _is_wanted(name: str) -> bool:
    return _is_archive(name) or name.removesuffix(".csv") in READ
