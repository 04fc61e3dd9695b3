"""Files that people hand over, on the storage's own disk until they have been synced or checked."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import BinaryIO

from firstbell.store.models import AuditEntry, Sync
from firstbell.store.retention import uploads_folder

#: The files are unpacked or copied once more while they are read.
_TIMES = 2
#: What uploads leave of the disk, which the database and the syncs of others may be on.
_LEFT = 1 << 30


class Upload:
    """A folder of one upload, which only our own user may look into."""

    def __init__(self, folder: Path) -> None:
        """Of the files in a folder that is there."""
        self.folder = folder
        self._kept = False

    def has_room_for(self, size: int) -> bool:
        """Whether so many bytes can be taken, and be read then."""
        return shutil.disk_usage(self.folder).free >= _LEFT + _TIMES * size

    def create(self, name: str) -> BinaryIO:
        """Makes a file to write to.

        Args:
            name: one of ours, never one as it was sent.

        Raises:
            FileExistsError: There is one of that name.
        """
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        return os.fdopen(os.open(self.folder / name, flags, 0o600), "wb")

    @property
    def delivery(self) -> Path:
        """What a sync is to read: the archive, or the folder with the files."""
        archives = [file for file in self.folder.iterdir() if file.suffix.lower() == ".zip"]
        return archives[0] if archives else self.folder

    def keep(self) -> Path:
        """Lets the files outlive the block, because a sync or check has them now; their path."""
        self._kept = True
        return self.delivery

    @property
    def is_kept(self) -> bool:
        """Whether somebody has the files."""
        return self._kept


@contextmanager
def new_upload() -> Iterator[Upload]:
    """A new folder; it is gone behind the block unless its files are kept."""
    uploads_folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    upload = Upload(Path(mkdtemp(dir=uploads_folder())))
    with ExitStack() as gone:
        gone.callback(shutil.rmtree, upload.folder, ignore_errors=True)
        yield upload
        if upload.is_kept:
            gone.pop_all()


def upload_recorded(*, sync: Sync, who: str) -> None:
    """Says in the audit log who handed over what a sync reads, in the caller's transaction."""
    AuditEntry.objects.create(
        district_id=sync.district_id, who=who, what="roster uploaded", details={"sync": sync.pk}
    )
