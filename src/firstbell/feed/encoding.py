"""Whatever encoding a file came in → UTF-8. What a sync means §2.1."""

import codecs
from pathlib import Path

_BLOCK = 1 << 20
UTF_8_MARK = codecs.BOM_UTF8


def _keep_as_control(error: UnicodeError) -> tuple[str, int]:
    """Windows-1252 leaves five bytes undefined: they become the characters of the same number."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(map(chr, error.object[error.start : error.end])), error.end


codecs.register_error("firstbell-keep-as-control", _keep_as_control)


def is_utf_16(path: Path) -> bool:
    """Whether a file begins with the byte order mark of UTF-16."""
    with path.open("rb") as file:
        return file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def from_utf_16(path: Path, to: Path) -> Path:
    """Writes a UTF-16 file as UTF-8; what is no UTF-16 becomes U+FFFD. Returns `to`."""
    return _recode(path, to, codecs.getincrementaldecoder("utf-16")("replace"))


def from_windows_1252(path: Path, to: Path) -> Path:
    """Writes a Windows-1252 file as UTF-8. Returns `to`."""
    decoder = codecs.getincrementaldecoder("cp1252")("firstbell-keep-as-control")
    return _recode(path, to, decoder)


def _recode(path: Path, to: Path, decoder: codecs.IncrementalDecoder) -> Path:
    with path.open("rb") as source, to.open("wb") as target:
        if source.read(len(UTF_8_MARK)) != UTF_8_MARK:
            source.seek(0)
        while block := source.read(_BLOCK):
            target.write(decoder.decode(block).encode("utf-8", "replace"))
        target.write(decoder.decode(b"", final=True).encode("utf-8", "replace"))
    return to
