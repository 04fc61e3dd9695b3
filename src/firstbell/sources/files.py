"""Files as a source: a folder or archive that is written every day, and files that people upload."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from firstbell.sources.kind import Kind, Setting


def _whole(path: Path) -> Path:
    if not path.is_absolute():
        raise ValueError("Write the whole path, such as /srv/maple-valley")
    return path


@dataclass(frozen=True, slots=True)
class FolderSettings:
    """A folder or archive on this machine; it need not be there yet."""

    path: Annotated[
        Path,
        AfterValidator(_whole),
        Setting("Folder or .zip", "Where that is on the server, such as /srv/maple-valley."),
    ]


@dataclass(frozen=True, slots=True)
class UploadSettings:
    """There is nothing to say of uploads."""


def _folder(settings: FolderSettings, secret: str) -> Path:
    return settings.path


FOLDER = Kind(
    "folder",
    "A folder or .zip that its SIS writes every day",
    "the folder or .zip",
    FolderSettings,
    _folder,
)
UPLOAD = Kind("upload", "Its people upload the files", "uploaded files", UploadSettings, None)
