"""A OneRoster REST server for tests and the demo; the project's code never imports it.

It serves a district that stands in a folder of CSVs as OneRoster 1.1 or 1.2, and on demand it
fails in all the ways that servers of districts do.
"""

from tests.simulator.faults import Fault, When
from tests.simulator.gate import Account
from tests.simulator.mixtures import random_faults
from tests.simulator.roster import Roster
from tests.simulator.server import simulated
from tests.simulator.simulator import Manners, Simulator, classlink
from tests.simulator.writing import write

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
