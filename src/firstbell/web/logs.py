"""How the web writes its log."""

import logging
from traceback import extract_tb, format_list
from types import TracebackType


class WithoutValues(logging.Formatter):
    """Says where an exception came from and of what kind it is, but not its text.

    A database puts the row that it refuses into the text, and with it people's names.
    """

    def __init__(self) -> None:
        """Puts the time, the level and the logger in front."""
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        """The places that an exception passed, and its kind."""
        kind, _, traceback = ei
        places = format_list(extract_tb(traceback)) if traceback else []
        return "".join([*places, kind.__name__ if kind else ""])
