"""Draws docs/run.svg: what `firstbell check` prints about the small district in examples/."""

import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parent.parent
WIDTH = 100

#: Has the reader's browser fetch a font from elsewhere.
_FONT = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)

_DAY = ("--as-of", "2026-11-24")
COMMAND = "check examples/seed-district --onboarded examples/onboarded.txt"


def output() -> str:
    """What the command prints on a terminal, colours included."""
    environment = os.environ | {
        "FORCE_COLOR": "1",
        "COLUMNS": str(WIDTH),
        "TERM": "xterm-256color",
        "PYTHONIOENCODING": "utf-8",
    }
    with TemporaryDirectory() as reports:
        run = subprocess.run(
            [sys.executable, "-m", "firstbell", *COMMAND.split(), *_DAY, "--out", reports],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        if run.returncode > 1:
            raise SystemExit(run.stderr)
        return run.stdout.replace(reports, "firstbell-report")


def draw(printed: str) -> str:
    """The picture of a terminal that shows the command and what it printed."""
    console = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True)
    console.print(Text(f"$ firstbell {COMMAND}", style="bold"))
    console.print(Text.from_ansi(printed.rstrip()))
    picture = _FONT.sub("", console.export_svg(title="firstbell check", unique_id="firstbell"))
    return picture.replace("<svg ", '<svg xml:space="preserve" ', 1)  # or some eat the indents


if __name__ == "__main__":
    (ROOT / "docs" / "run.svg").write_text(draw(output()), encoding="utf-8", newline="\n")
