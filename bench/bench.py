"""Measures `firstbell check` beside DuckDB alone, and once beside frictionless.

    make bench                              the district of 3.5 million rows, and its nights
    .venv/bin/python -m bench.bench frictionless     the comparison with frictionless
    .venv/bin/python -m bench.bench pulls            the pull of the clean district from an API

Each command is a process of its own, and takes turns with the others, so that a slow minute of the
machine is slow for all. What is printed goes to docs/benchmarks.md by hand, with its date.
"""

import os
import platform
import statistics
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from bench import pulls
from bench.nights import measure
from bench.timing import Run, timed
from firstbell.generate import District, generate
from firstbell.oneroster.dictionary import Version

HERE = Path(__file__).parent
DISTRICTS = HERE.parent / ".bench"
RUNS = 3

#: 1,000 schools, 500,000 users, 60,000 classes, 3,000,000 enrollments.
BIG = District(1000, 470_000, 0.01, 1, Version.V1_1, class_size=50, classes_per_student=6.3)
CLEAN = District(1000, 470_000, 0.0, 1, Version.V1_1, class_size=50, classes_per_student=6.3)
SMALL = District(400, 280_000, 0.01, 1, Version.V1_1)


def main() -> None:
    """Measures, and prints what came out."""
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores,", end=" ")
    print(f"{platform.system()}, Python {platform.python_version()}, DuckDB {version('duckdb')}")
    if sys.argv[1:] == ["frictionless"]:
        beside_frictionless()
    elif sys.argv[1:] == ["pulls"]:
        pulls.measure(made_up("clean", CLEAN), timed)
    else:
        beside_duckdb()
        pulls.measure(made_up("clean", CLEAN), timed)
        district = made_up("defects", BIG)
        measure(district, DISTRICTS, lambda command: timed(command).seconds, check(district))


def beside_duckdb() -> None:
    """`check` on the district with defects and on the clean one, beside the bare read of each."""
    defects, clean = made_up("defects", BIG), made_up("clean", CLEAN)
    commands = {
        "bare read, 1 % defects": bare(defects),
        "bare read, no defects": bare(clean),
        "check, 1 % defects": check(defects),
        "check, no defects": check(clean),
    }
    runs = in_turns(commands)
    for name, run in runs.items():
        print(
            f"{name:24} {run.seconds:6.2f} s {run.processor_seconds:6.2f} s cpu {run.peak:6.0f} MB"
        )
    reads_all = runs["bare read, no defects"].seconds
    print("DuckDB alone loses the rows behind stray quotes, so that only the read of the clean")
    print("district, as large, reads all rows:")
    for name in ("check, 1 % defects", "check, no defects"):
        print(f"{name:24} {runs[name].seconds / reads_all:6.2f} x the bare read, no defects")
    name = "check, 1 % defects"
    own = runs[name].seconds / runs["bare read, 1 % defects"].seconds
    print(f"{name:24} {own:6.2f} x the bare read of the same files")


def beside_frictionless() -> None:
    """`check` beside frictionless with the same required, vocabulary and foreign-key checks."""
    district = made_up("small", SMALL)
    rows = sum(path.read_bytes().count(b"\n") for path in district.glob("*.csv"))
    commands = {
        "frictionless": [sys.executable, str(HERE / "by_frictionless.py"), str(district)],
        "check": check(district),
    }
    runs = in_turns(commands, runs=1)
    for name, run in runs.items():
        print(f"{name:24} {run.seconds:6.2f} s  {rows / run.seconds:12,.0f} rows a second")
    print(f"check is {runs['frictionless'].seconds / runs['check'].seconds:.0f} times faster")


def made_up(name: str, district: District) -> Path:
    """A made-up district on disk, made when it is not there yet."""
    folder = DISTRICTS / name
    if not (folder / "generated.json").exists():
        begun = time.perf_counter()
        generate(district, folder)
        print(f"made up {folder.name} in {time.perf_counter() - begun:.1f} s")
    return folder


def bare(district: Path) -> list[str]:
    """The command that has DuckDB read the files into tables."""
    return [sys.executable, str(HERE / "bare_read.py"), str(district)]


def check(district: Path) -> list[str]:
    """The command under test, reports and all."""
    out = DISTRICTS / "report"
    return [sys.executable, "-m", "firstbell", "check", str(district), "--out", str(out)]


def in_turns(commands: dict[str, list[str]], runs: int = RUNS) -> dict[str, Run]:
    """The median run of each command; one round is not counted."""
    measured: dict[str, list[Run]] = {name: [] for name in commands}
    for round_ in range(runs + (runs > 1)):
        for name, command in commands.items():
            run = timed(command)
            if round_ or runs == 1:
                measured[name].append(run)
    return {name: median(found) for name, found in measured.items()}


def median(runs: Sequence[Run]) -> Run:
    """The run in the middle by seconds, with the highest peak of all."""
    seconds = statistics.median_low(run.seconds for run in runs)
    middle = next(run for run in runs if run.seconds == seconds)
    return Run(middle.seconds, middle.processor_seconds, max(run.peak for run in runs))


if __name__ == "__main__":
    main()
