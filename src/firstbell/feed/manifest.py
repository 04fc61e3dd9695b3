"""manifest.csv: the version of the standard, and how each file is meant. What a sync means §2.5."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from firstbell.feed import encoding
from firstbell.feed.refusal import Reason, Refused, cannot_read
from firstbell.feed.row import take_apart
from firstbell.oneroster.dictionary import Version

_LARGEST = 1 << 20
#: The property, beside those of the standard, that says that the files were made of an API's answers.
FROM_API = "firstbell.api"
_VERSIONS = {"1": Version.V1_1, "1.0": Version.V1_1, "": Version.V1_1} | {v: v for v in Version}


class Mode(StrEnum):
    """How a file of a delivery is meant."""

    #: The file is not part of the delivery.
    ABSENT = "absent"
    #: The file is the whole table.
    BULK = "bulk"
    #: The file holds changes of the table only.
    DELTA = "delta"
    #: The manifest says something else.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest says; without one, nothing."""

    #: As written; empty when it says none.
    version_text: str
    #: By table; tables that the manifest says nothing of are not in it.
    modes: Mapping[str, Mode]
    #: It was no UTF-8 and has been read as Windows-1252.
    recoded: bool = False
    #: We wrote it ourselves, beside what an API told.
    from_api: bool = False
    #: What the system is called that it was exported from, `source.systemName`; empty: it says none.
    source: str = ""

    def mode_of(self, table: str) -> Mode | None:
        """How the file of a table is meant; None when the manifest does not say."""
        return self.modes.get(table.lower())


NO_MANIFEST = Manifest("", {})


def version_of(manifest: Manifest, *, has_roles: bool) -> Version:
    """The version of the standard: `roles.csv` makes it 1.2 whatever the manifest says.

    Raises:
        Refused: the manifest names a version that First Bell does not know.
    """
    if has_roles:
        return Version.V1_2
    if manifest.version_text not in _VERSIONS:
        raise Refused(Reason.VERSION_UNKNOWN, version=manifest.version_text)
    return _VERSIONS[manifest.version_text]


def read_manifest(path: Path, work: Path) -> Manifest:
    """Reads a manifest; property names and values in any case, the first of each counts.

    Args:
        path: the manifest as delivered.
        work: an existing folder of ours.
    """
    try:
        if encoding.is_utf_16(path):
            path = encoding.from_utf_16(path, work / "manifest.utf8.csv")
        content, recoded = _content(path, work)
    except OSError as error:
        raise cannot_read(path.name, error) from error
    properties = _properties(content)
    version = properties.get("oneroster.version", "")
    modes = {
        name.removeprefix("file."): _mode(value)
        for name, value in properties.items()
        if name.startswith("file.") and value
    }
    source = properties.get("source.systemname", "")
    return Manifest(version, modes, recoded, from_api=FROM_API in properties, source=source)


def _content(path: Path, work: Path) -> tuple[bytes, bool]:
    """The manifest as UTF-8, and whether it was none."""
    with path.open("rb") as file:
        content = file.read(_LARGEST).removeprefix(encoding.UTF_8_MARK)
    try:
        content.decode()
    except UnicodeDecodeError:
        recoded = encoding.from_windows_1252(path, work / "manifest.recoded.csv")
        return recoded.read_bytes()[:_LARGEST], True
    return content, False


def _properties(content: bytes) -> dict[str, str]:
    """Property → value, names in lower case; the first of each counts, unreadable rows do not."""
    header = take_apart(content, 0, {})
    columns = [name.lower() for name in header.texts]
    while columns and not columns[-1]:
        columns.pop()
    properties: dict[str, str] = {}
    if header.trouble or not {"propertyname", "value"} <= set(columns):
        return properties
    name_at, value_at = columns.index("propertyname"), columns.index("value")
    position = header.next
    while position < len(content):
        row = take_apart(content, position, {})
        position = row.next
        cells = row.texts
        well_formed = not row.trouble and not row.goes_on and len(cells) >= len(columns)
        if well_formed and not any(cells[len(columns) :]) and cells[name_at]:
            properties.setdefault(cells[name_at].lower(), cells[value_at])
    return properties


def _mode(value: str) -> Mode:
    try:
        return Mode(value.lower())
    except ValueError:
        return Mode.UNKNOWN
