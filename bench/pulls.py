"""Measures the pull of the big district from the simulator, beside the simulator's bare serving.

The bare client asks for the same pages, with the same headers, and throws them away.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2

from bench.timing import Run
from firstbell.oneroster.dictionary import FEED_TABLES
from firstbell.sources.rest.auth import Credentials, auth_of
from firstbell.sources.rest.method import Method
from firstbell.sources.rest.profile import CLASSLINK
from firstbell.sources.rest.settings import RestSettings
from firstbell.sources.rest.source import Rest


def measure(district: Path, timed: Callable[[list[str]], Run]) -> None:
    """Measures both once, and prints what came out.

    Args:
        district: the big district, whose rows can all be read.
        timed: runs a command to its end.
    """
    with _served(district) as place:
        runs = {
            name: timed([sys.executable, "-m", "bench.pulls", name, json.dumps(place)])
            for name in ("bare", "pull")
        }
    for name, run in runs.items():
        print(f"{name:24} {run.seconds:6.2f} s {run.peak:6.0f} MB")
    print(f"a pull takes {runs['pull'].seconds / runs['bare'].seconds:.2f} x the bare serving")


@contextmanager
def _served(district: Path) -> Iterator[Mapping[str, str]]:
    command = [sys.executable, "-m", "simulator", str(district)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout
    try:
        yield json.loads(server.stdout.readline())
    finally:
        server.terminate()
        server.wait()


def bare(place: Mapping[str, str]) -> None:
    """Asks for all pages, and throws them away."""
    credentials = Credentials(Method.OAUTH1_SHA256, place["secret"], place["key"])
    with httpx2.Client(base_url=f"{place['base']}/", auth=auth_of(credentials)) as client:
        for name in FEED_TABLES:
            offset, total = 0, 1
            while offset < total:
                asked: dict[str, str | int] = {
                    "limit": CLASSLINK.most,
                    "offset": offset,
                    "sort": "sourcedId",
                }
                with client.stream("GET", name, params=asked) as answer:
                    total = int(answer.headers["x-total-count"])
                    for _ in answer.iter_bytes():
                        pass
                offset += CLASSLINK.most


def pull(place: Mapping[str, str]) -> None:
    """Pulls the whole roster as a sync does."""
    settings = RestSettings(place["url"], key=place["key"])
    with TemporaryDirectory() as folder:
        Rest(settings, place["secret"], CLASSLINK).deliver(Path(folder), lambda part: None)


if __name__ == "__main__":
    {"bare": bare, "pull": pull}[sys.argv[1]](json.loads(sys.argv[2]))
