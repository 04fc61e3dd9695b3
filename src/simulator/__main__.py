"""Serves a folder of CSVs until it is stopped: `python -m simulator FOLDER`."""

import argparse
import json
import signal
from datetime import date
from pathlib import Path

from simulator import Manners, Roster, classlink, simulated


def main() -> None:
    """Print one line of JSON that tells where and how to come in, then serve until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument(
        "--classlink", type=date.fromisoformat, metavar="DAY", help="behave as ClassLink on a day"
    )
    given = parser.parse_args()
    manners = classlink(given.classlink) if given.classlink else Manners()
    stops = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, stops)
    roster = Roster.read(given.folder)
    for name in roster.collections:
        roster.changed_after(name, "")  # nobody waits for the index
    with simulated(roster, manners, port=given.port) as simulator:
        where = {name: getattr(simulator, name) for name in ("url", "base", "proxy", "token_url")}
        account = {name: getattr(simulator.account, name) for name in simulator.account.__slots__}
        print(json.dumps(where | account), flush=True)  # noqa: T201
        signal.sigwait(stops)


if __name__ == "__main__":
    main()
