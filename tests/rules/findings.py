"""What a sync says about an example of a rule."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from firstbell.engine.policy import Policy
from firstbell.rules.example import AS_OF, Example, files_of
from tests.nights import District
from tests.ours import Ours, check_files


class Findings(NamedTuple):
    """The codes of all findings, and of the rules by which records were left out themselves."""

    findings: set[str]
    skips: set[str]


def findings_of(example: Example) -> Findings:
    """What a check of an example's files finds, or the sync of the night on which they come."""
    policy = Policy(AS_OF, onboarded=example.onboarded, never=example.never)
    ours = (_on_the_next_night if example.later else check_files)(files_of(example), policy)
    return Findings({finding.code for finding in ours.findings}, set(ours.skips))


def _on_the_next_night(files: Mapping[str, bytes], policy: Policy) -> Ours:
    with TemporaryDirectory() as folder:
        district = District(Path(folder))
        district.night(files_of(Example()), policy)
        return district.night(files, policy).ours
