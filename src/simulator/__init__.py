"""A OneRoster REST server for tests and the demo; nothing else imports it, and it is not installed.

It serves a district that stands in a folder of CSVs as OneRoster 1.1 or 1.2, and on demand it
fails in all the ways that servers of districts do.
"""

from simulator.faults import Fault, When
from simulator.gate import Account
from simulator.mixtures import random_faults
from simulator.roster import Roster
from simulator.server import simulated
from simulator.simulator import Manners, Simulator, classlink
from simulator.writing import write

__all__ = [
    "Account",
    "Fault",
    "Manners",
    "Roster",
    "Simulator",
    "When",
    "classlink",
    "random_faults",
    "simulated",
    "write",
]
