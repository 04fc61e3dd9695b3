"""A folder or a zip archive → a Delivery: which file is which table. What a sync means §2.1."""

import hashlib
import lzma
import os
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from firstbell.feed.refusal import Reason, Refused, cannot_read, is_out_of_room
from firstbell.oneroster.dictionary import FEED_TABLES, STANDARD_FILES

_BLOCK = 1 << 20
_READ = {*FEED_TABLES, "roles", "manifest"}
_UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError),
    *(struct.error, ValueError, OverflowError, RuntimeError, IndexError, OSError),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a delivery may cost."""

    #: Bytes that an archive may unpack to.
    unpacked: int = 4 << 30
    #: Unpacked bytes for each packed one.
    ratio: int = 200
    #: Memory for DuckDB, as it writes sizes; beyond it, DuckDB spills to disk.
    memory: str = "1GB"
    #: Disk for spilling, as DuckDB writes sizes.
    spill: str = "40GB"


@dataclass(frozen=True, slots=True)
class Delivery:
    """The files of one delivery, on this machine's disk."""

    #: Files of the standard by their standard name without extension (`users`).
    files: dict[str, Path]
    #: Names of the .csv files that are no part of OneRoster, sorted.
    unknown: tuple[str, ...] = field(default=())


def digest_of(delivery: Delivery) -> str:
    """What tells deliveries apart, in hexadecimal: that of the same files is the same."""
    digest = hashlib.sha256()
    for name in sorted(delivery.files):
        with delivery.files[name].open("rb") as file:
            digest.update(f"{name} {hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    for name in delivery.unknown:
        digest.update(f"? {name}\n".encode())
    return digest.hexdigest()


def open_package(path: Path, work: Path, limits: Limits | None = None) -> Delivery:
    """Finds the files of a delivery; unpacks them when it is an archive.

    Args:
        path: a folder or a .zip, its files at its root or in one folder.
        work: an existing folder of ours, where the files that a sync reads are copied or unpacked
            to: whoever delivers may go on writing, and their names are theirs.
        limits: what an archive may unpack to.

    Raises:
        Refused: there is nothing there, the archive is damaged, encrypted, escapes its folder or
            unpacks past the limit, or it cannot be told which files are meant.
    """
    try:
        if path.is_dir():
            return _folder(path, work)
        if not path.exists():
            raise Refused(Reason.PATH_MISSING, path=_shown(path.name or path))
        if not path.is_file() or (not zipfile.is_zipfile(path) and path.suffix.lower() != ".zip"):
            raise Refused(Reason.NOT_A_DELIVERY, path=_shown(path.name or path))
    except OSError as error:
        raise cannot_read(_shown(path.name or path), error) from error
    return _archive(path, work, limits or Limits())


def _folder(path: Path, work: Path) -> Delivery:
    inside = [entry for entry in sorted(path.iterdir()) if _counts(entry.name)]
    names = [PurePosixPath(entry.name) for entry in inside if entry.is_file()]
    for folder in (entry for entry in inside if entry.is_dir()):
        names += [
            PurePosixPath(folder.name, entry.name)
            for entry in sorted(folder.iterdir())
            if entry.is_file() and _counts(entry.name)
        ]
    known, unknown = _sort_out(names, path)
    files = _our_files(known, work)
    for table, ours in files.items():
        shutil.copyfile(path / known[table], ours)
    return Delivery(files, unknown)


def _our_files(known: dict[str, PurePosixPath], work: Path) -> dict[str, Path]:
    """Where the files that a sync reads are put: by table, under the table's name."""
    return {table: work / f"{table}.csv" for table in known if table in _READ}


def _archive(path: Path, work: Path, limits: Limits) -> Delivery:
    try:
        with zipfile.ZipFile(path) as archive:
            _check_entries(archive.infolist(), path, limits)
            entries = [
                (name, entry)
                for entry in archive.infolist()
                if not entry.is_dir() and all(map(_counts, (name := _name_of(entry)).parts))
            ]
            known, unknown = _sort_out(sorted(name for name, _ in entries), path)
            files = _our_files(known, work)
            entry_of = dict(entries)
            for table, ours in files.items():
                with archive.open(entry_of[known[table]]) as packed, ours.open("wb") as unpacked:
                    shutil.copyfileobj(packed, unpacked, _BLOCK)
    except _UNREADABLE as error:
        if isinstance(error, OSError) and is_out_of_room(error):
            raise cannot_read(_shown(path.name), error) from error
        raise Refused(Reason.ARCHIVE_DAMAGED, path=_shown(path.name or path)) from error
    return Delivery(files, unknown)


def _check_entries(entries: list[zipfile.ZipInfo], path: Path, limits: Limits) -> None:
    """Refuses an archive by its table of contents, before anything is unpacked."""
    for entry in entries:
        name = _name_of(entry)
        if (
            name.is_absolute()
            or ".." in name.parts
            or (name.parts[:1] and name.parts[0][1:2] == ":")
        ):
            raise Refused(Reason.ARCHIVE_ESCAPES, path=_shown(path.name or path))
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise Refused(Reason.ARCHIVE_ESCAPES, path=_shown(path.name or path))
        if entry.flag_bits & 1:
            raise Refused(Reason.ARCHIVE_ENCRYPTED, path=_shown(path.name or path))
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if unpacked > limits.unpacked:
        limit = f"{limits.unpacked / (1 << 30):g} GiB"
        raise Refused(Reason.ARCHIVE_TOO_LARGE, path=_shown(path.name), limit=limit)
    if unpacked > limits.ratio * max(packed, 1):
        limit = f"{limits.ratio} times its own size"
        raise Refused(Reason.ARCHIVE_TOO_LARGE, path=_shown(path.name), limit=limit)


def _name_of(entry: zipfile.ZipInfo) -> PurePosixPath:
    """An entry's name; old tools for Windows write backslashes."""
    return PurePosixPath(entry.filename.replace("\\", "/"))


def _shown(name: str | Path) -> str:
    """A file's name as text, whatever its bytes are."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _counts(name: str) -> bool:
    return not name.startswith(".") and name != "__MACOSX"


def _sort_out(
    names: Iterable[PurePosixPath], path: Path
) -> tuple[dict[str, PurePosixPath], tuple[str, ...]]:
    """Which file is which table, and which .csv files are no part of the standard.

    The files are those at the root when one of the standard is there, otherwise those of the one
    folder that holds some.
    """
    standard = {f"{table}.csv".lower(): table for table in STANDARD_FILES}
    folders: dict[PurePosixPath, list[PurePosixPath]] = {}
    for name in names:
        if len(name.parts) <= 2:
            folders.setdefault(name.parent, []).append(name)
    holding = [
        folder
        for folder, inside in folders.items()
        if any(name.name.lower() in standard for name in inside)
    ]
    root = PurePosixPath(".")
    if not holding:
        raise Refused(Reason.NO_FILES, path=_shown(path.name or path))
    if root not in holding and len(holding) > 1:
        raise Refused(Reason.TWO_FOLDERS, path=_shown(path.name or path))
    known: dict[str, PurePosixPath] = {}
    unknown: list[str] = []
    for name in folders[root if root in holding else holding[0]]:
        table = standard.get(name.name.lower())
        if table is None:
            if name.suffix.lower() == ".csv":
                unknown.append(_shown(name.name))
        elif table in known and table in _READ:
            raise Refused(Reason.TWICE_DELIVERED, file=f"{table}.csv")
        else:
            known[table] = name
    return known, tuple(sorted(unknown))
