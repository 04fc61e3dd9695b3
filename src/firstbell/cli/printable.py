"""Text from a delivery or a command line, as a terminal may show it."""

#: No id is shown longer than this; the reports have the whole of it.
_LONGEST = 40


def printable(text: str) -> str:
    r"""Text without what a terminal would take for commands, or nobody could see.

    >>> printable("A\x07\u200b1")
    'A\\x07\\u200b1'
    """
    return "".join(char if char.isprintable() else _escaped(ord(char)) for char in text)


def short(text: str, longest: int = _LONGEST) -> str:
    """An id or a name that fits on a line: cut when it is too long.

    >>> short("1234"), short("x" * 41, 10)
    ('1234', 'xxxxxxxxx…')
    """
    shown = printable(text)
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


def _escaped(code: int) -> str:
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
