"""How long a command takes, and how much memory."""

import os
import subprocess
import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one command."""

    seconds: float
    #: Processor time, of all cores together.
    processor_seconds: float
    #: The most memory it held, in MB.
    peak: float


def timed(command: list[str]) -> Run:
    """Runs a command to its end; a check that finds something to fix ends with 1."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, 1), f"{command} ended with {code}"
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
