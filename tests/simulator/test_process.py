import json
import subprocess
import sys
from pathlib import Path

from simulator import Roster, write
from tests.simulator.pulling import bearer, get


def test_a_folder_is_served_by_a_process_of_its_own(roster: Roster, tmp_path: Path) -> None:
    write(roster, tmp_path)
    command = [sys.executable, "-m", "simulator", str(tmp_path), "--classlink", "2030-01-01"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            where = json.loads(server.stdout.readline())
            headers = bearer(where["bearer"])
            counts = [
                get(f"{where['proxy']}/{name}", headers=headers).headers["x-total-count"]
                for name in ("users", "classes")
            ]
        finally:
            server.terminate()
    assert counts == [str(len(roster.records("users"))), "0"]
    assert server.returncode == 0
