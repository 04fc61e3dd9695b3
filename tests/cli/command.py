"""Runs the command as a person would: in a process of its own, its output piped."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


def firstbell(
    *arguments: str | Path, folder: Path, encoding: str = "utf-8", **environment: str
) -> Ran:
    """Runs `firstbell` in a folder.

    Args:
        arguments: those of the command line.
        folder: where it runs.
        encoding: of the console.
        environment: variables to set beside those of this process.
    """
    done = subprocess.run(
        [sys.executable, "-m", "firstbell", *map(str, arguments)],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": str(_ROOT / "src"),
            "PYTHONIOENCODING": encoding,
            **environment,
        },
        capture_output=True,
        check=False,
    )
    return Ran(done.returncode, done.stdout.decode(encoding), done.stderr.decode(encoding))
