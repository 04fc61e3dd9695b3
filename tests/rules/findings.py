"""What a sync says about an example: the one place that knows what answers.

For now the naive reading answers; the engine will.
"""

from typing import NamedTuple

from firstbell.rules.example import AS_OF, Example, files_of
from tests.naive import _judge
from tests.naive.delivery import read_feed
from tests.naive.words import Roster
from tests.naive.writing import all_findings


class Findings(NamedTuple):
    """The codes of all findings, and of the rules by which records were left out themselves."""

    findings: set[str]
    skips: set[str]


def findings_of(example: Example) -> Findings:
    """What a check of an example's files finds."""
    feed = read_feed(files_of(example), [])
    onboarded = None if example.onboarded is None else set(example.onboarded)
    roster = Roster(feed.version, AS_OF, onboarded, example.never, "First Bell")
    roster.feed_level = feed.said
    _judge(roster, feed)
    skips = {
        record.left_out[2]
        for records in roster.records.values()
        for record in records
        if record.outcome == "skipped" and record.left_out is not None
        if record.left_out[:2] == (record.file, record.sourced_id)
    }
    return Findings({finding.code for finding in all_findings(roster, set())}, skips)
