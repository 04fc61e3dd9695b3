"""What a sync says about an example of a rule."""

from typing import NamedTuple

from firstbell.engine.policy import Policy
from firstbell.rules.example import AS_OF, Example, files_of
from tests.ours import check_files


class Findings(NamedTuple):
    """The codes of all findings, and of the rules by which records were left out themselves."""

    findings: set[str]
    skips: set[str]


def findings_of(example: Example) -> Findings:
    """What a check of an example's files finds."""
    policy = Policy(AS_OF, onboarded=example.onboarded, never=example.never)
    ours = check_files(files_of(example), policy)
    return Findings({finding.code for finding in ours.findings}, set(ours.skips))
