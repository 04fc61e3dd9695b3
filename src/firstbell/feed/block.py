"""What a block of a CSV file, some whole lines of it, looks like: asked of many lines at once."""

import mmap
import re

import numpy as np
from numpy.typing import NDArray

from firstbell.feed.refusal import Reason, Refused

_BLOCK = 1 << 20
_LONGEST_LINE = 32 << 20
_CONTROL = bytes((*range(32), 127))
_NOT_STRUCTURE = bytes(set(range(256)) - set(b',"' + _CONTROL))
_LF, _CR, _COMMA = b"\n\r,"
_BESIDE_AN_END = b'\n\r," \t'
_ENDS = (b"\n", b"\r", b",", b'"', b" ", b"\t", b"")

#: Places in a block, or lines of it, by number.
Positions = NDArray[np.int64]


def block_at(data: mmap.mmap, start: int, file: str) -> bytes:
    """Whole lines from `start` on, about 1 MiB of them."""
    end = min(start + _BLOCK, len(data))
    if end < len(data):
        end = data.rfind(b"\n", start, end) + 1 or data.find(b"\n", end) + 1 or len(data)
    if end - start > _LONGEST_LINE:
        raise Refused(Reason.LINE_TOO_LONG, file=file, limit=f"{_LONGEST_LINE >> 20} MiB")
    return data[start:end]


def structure_of(block: bytes, line_end: bytes) -> bytes:
    """A block without its text: commas, quotes, line ends, and what other controls it has.

    A last line without a line end is given one.
    """
    structure = block.translate(None, _NOT_STRUCTURE)
    return structure if block.endswith(b"\n") else structure + line_end


def quoted_row_pattern(width: int, line_end: bytes) -> re.Pattern[bytes]:
    """A pattern for one line of `width` cells, quoted or not, that nothing has to be done about."""
    cell = rb'(?:"[^"\x00-\x1f\x7f]*+(?:""[^"\x00-\x1f\x7f]*+)*+"|[^",\x00-\x1f\x7f]*+)'
    return re.compile(b",".join([cell] * width) + b"(?:" + line_end + b")?")


def line_starts(block: bytes) -> Positions:
    """Where each line of a block begins, and the last one ends."""
    ends = np.flatnonzero(np.frombuffer(block, np.uint8) == _LF) + 1
    last = [] if block.endswith(b"\n") else [len(block)]
    return np.concatenate(([0], ends, last)).astype(np.int64)


def lines_of_another_end(block: bytes, line_end: bytes) -> Positions:
    """Which lines of a block of a file of CRLF end in another way; none in a file of LF.

    The structure of a block does not tell: text between CR and LF is taken out of it.
    """
    if line_end == b"\n":
        return np.empty(0, np.int64)
    ends = line_starts(block)[1:]
    if not block.endswith(b"\n"):
        ends = ends[:-1]
    before = np.frombuffer(block, np.uint8)[np.maximum(ends - len(line_end), 0)]
    return np.flatnonzero(before != _CR)


def odd_lines(structure: bytes, shape: bytes) -> Positions:
    """Which lines of a block have another structure than `shape`, that of a plain line."""
    marks = np.frombuffer(structure, np.uint8)
    ends = np.flatnonzero(marks == _LF)
    strange = (marks != _COMMA) & (marks != _LF)
    if shape.endswith(b"\r\n"):
        strange[ends - 1] = marks[ends - 1] != _CR
    of_another_length = np.flatnonzero(np.diff(ends, prepend=-1) != len(shape))
    return np.union1d(of_another_length, np.searchsorted(ends, np.flatnonzero(strange)))


def places_of(block: bytes, sought: bytes, most: int = 1 << 30) -> list[int]:
    """Where some bytes stand in a block, `most` of the places at most.

    Only the first byte is looked for, which is fast.
    """
    found: list[int] = []
    at = block.find(sought[:1])
    while at >= 0 and len(found) < most:
        if block.startswith(sought, at):
            found.append(at)
        at = block.find(sought[:1], at + 1)
    return found


def at_an_end(block: bytes, at: int) -> bool:
    """Whether a blank in a block may stand at the end of a cell."""
    return at == 0 or block[at - 1] in _BESIDE_AN_END or block[at + 1 : at + 2] in _ENDS


def is_utf_8(data: bytes) -> bool:
    """Whether some bytes are well-formed UTF-8."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
