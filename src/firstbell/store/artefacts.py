"""Where what comes of syncs is kept on disk: a folder a sync, and the roster as applied.

districts/7/syncs/41/2/feed/…         what was read at the second attempt, see `feed.snapshot`
districts/7/syncs/41/2/reports/…      what was said
districts/7/checks/9/1/reports/…       what was said of files that were only checked
districts/7/applied/12-41-3f0c9a1e/…  the roster at version 12 of the district, last applied by 41, in
                                      the columns that a roster has now
"""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from time import time

import duckdb
from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from firstbell.engine.applied import stored_columns
from firstbell.feed.database import is_whole, quoted, text
from firstbell.store.columns import ROSTER_TABLES, snake
from firstbell.store.models import Check, District, Sync

#: What a folder is called until it is whole.
_MAKING = "making-"
#: Seconds that it may take.
_LONGEST = 3600


def folder_of(sync: Sync) -> Path:
    """The folder of what came of a sync, at its last attempt; it may not be there.

    An earlier attempt, of a process that was stopped and goes on, writes beside it.
    """
    return _folder(sync.district_id) / "syncs" / str(sync.pk) / str(sync.attempts)


def folder_of_check(check: Check) -> Path:
    """The folder of what came of a check, at its last attempt; it may not be there."""
    return _folder(check.district_id) / "checks" / str(check.pk) / str(check.attempts)


def new_folder_of_check(check: Check) -> Path:
    """As `new_folder_of`, for a check."""
    return _new(folder_of_check(check))


def new_folder_of(sync: Sync) -> Path:
    """The folder of an attempt that begins, empty; what earlier ones have left is removed."""
    return _new(folder_of(sync))


def remove_folder_of(sync: Sync) -> None:
    """Removes what was made for a sync that failed before anything could come of it."""
    shutil.rmtree(folder_of(sync).parent, ignore_errors=True)


def forget_applied(district: District) -> None:
    """Drops the roster as it is kept in storage; it is made from the database again."""
    shutil.rmtree(_folder(district.pk) / "applied", ignore_errors=True)


def applied_folder(district: District) -> Path | None:
    """The folder of the roster as applied, see `engine.applied`; None when nothing ever was.

    It is a cache: it is made from the database when it is missing or damaged.

    Args:
        district: whose; if it has changed meanwhile, the folder is that of the district as it is.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        district = District.objects.get(pk=district.pk)
        if district.applied_sync_id is None:
            return None
        folder = _applied(district)
        if not _is_whole(folder):
            _make_applied(cursor, district, folder)
    return folder


@contextmanager
def roster_held(district: District) -> Iterator[Path | None]:
    """As `applied_folder`; the files stay while the block runs, whatever is applied meanwhile.

    Args:
        district: whose.
    """
    folder = applied_folder(district)
    if folder is None:
        yield None
        return
    held = Path(mkdtemp(prefix=_MAKING, dir=folder.parent))
    try:
        try:
            _link_all(folder, held)
        except FileNotFoundError:  # a sync that was just applied has removed it
            _link_all(applied_folder(district) or folder, held)
        yield held
    finally:
        shutil.rmtree(held, ignore_errors=True)


def _link_all(folder: Path, held: Path) -> None:
    for table in ROSTER_TABLES:
        file = held / f"{table}.parquet"
        file.unlink(missing_ok=True)
        file.hardlink_to(folder / file.name)


def keep_applied(district: District, made: Path) -> None:
    """Keeps the roster that a sync has left in `made`, in place of earlier ones, if it can.

    Args:
        district: as it is when the sync has been applied.
        made: the folder; it is moved.
    """
    folder = _applied(district)
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        folder.parent.mkdir(parents=True, exist_ok=True)
        made.rename(folder)
        for other in folder.parent.iterdir():
            if other != folder and not _is_being_made(other):
                shutil.rmtree(other, ignore_errors=True)


def _new(folder: Path) -> Path:
    shutil.rmtree(folder.parent, ignore_errors=True)
    _make_root()
    folder.mkdir(parents=True)
    return folder


def _root() -> Path:
    return Path(settings.FIRSTBELL_STORAGE) / "districts"


def _make_root() -> None:
    """Makes the folder of feeds and reports, which are about people: no other user may look in."""
    _root().mkdir(mode=0o700, parents=True, exist_ok=True)


def _folder(district_id: int) -> Path:
    return _root() / str(district_id)


def _applied(district: District) -> Path:
    columns = repr([(table, stored_columns(table)) for table in ROSTER_TABLES])
    shape = sha256(columns.encode()).hexdigest()[:8]
    name = f"{district.version}-{district.applied_sync_id}-{shape}"
    return _folder(district.pk) / "applied" / name


def _is_whole(folder: Path) -> bool:
    """Whether all tables are there, and none was cut off."""
    return all(is_whole(folder / f"{table}.parquet") for table in ROSTER_TABLES)


def _make_applied(cursor: CursorWrapper, district: District, folder: Path) -> None:
    _make_root()
    folder.parent.mkdir(parents=True, exist_ok=True)
    making = Path(mkdtemp(prefix=_MAKING, dir=folder.parent))
    with closing(duckdb.connect()) as files:
        for table in ROSTER_TABLES:
            _read_roster(cursor, files, district, table, making)
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):  # another process has made it at the same moment
        making.rename(folder)
    shutil.rmtree(making, ignore_errors=True)


def _is_being_made(folder: Path) -> bool:
    """Whether another process may be at it; one that died leaves it for ever."""
    with suppress(OSError):
        return folder.name.startswith(_MAKING) and folder.stat().st_mtime > time() - _LONGEST
    return False


def _read_roster(
    cursor: CursorWrapper,
    files: duckdb.DuckDBPyConnection,
    district: District,
    table: str,
    folder: Path,
) -> None:
    """Writes one table of the roster from the database."""
    columns = {"sourcedId": "VARCHAR", **stored_columns(table)}
    chosen, back = [], []
    for name, kind in columns.items():
        column = f'"{snake(name)}"'
        chosen.append(f"array_to_json({column})" if kind == "VARCHAR[]" else column)
        cell = quoted(name)
        read = (
            f"from_json({cell}::JSON, '[\"VARCHAR\"]')"
            if kind == "VARCHAR[]"
            else f"{cell}::{kind}"
        )
        back.append(f"{read} AS {cell}")
    csv = folder / f"{table}.csv"
    with (
        csv.open("wb") as file,
        cursor.db.wrap_database_errors,
        cursor.copy(
            f"COPY (SELECT {', '.join(chosen)}, deactivated_at IS NULL FROM {ROSTER_TABLES[table]}"
            f" WHERE district_id = {int(district.pk)}) TO STDOUT (FORMAT csv)"
        ) as copy,
    ):
        file.writelines(copy)
    typed = ", ".join(f"{text(name)}: 'VARCHAR'" for name in (*columns, "active"))
    files.execute(
        f"COPY (SELECT {', '.join(back)}, active = 't' AS active FROM read_csv({text(str(csv))},"
        f" columns = {{{typed}}}, header = false, auto_detect = false, quote = '\"', escape = '\"',"
        f" delim = ',', parallel = false, null_padding = false))"
        f" TO {text(str(folder / f'{table}.parquet'))} (FORMAT parquet)"
    )
    csv.unlink()
